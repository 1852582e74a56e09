"""Which engine does which work: what was asked for, else the best that is installed, and what to fall back on."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.boundaries.disclosure import Server
from companion_voice.boundaries.phrases import LANGUAGES
from companion_voice.engines import registry
from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.remote import address
from companion_voice.engines.remote.address import Address
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.events import Kind
from companion_voice.models import store
from companion_voice.models.store import Found
from companion_voice.persona.schema import Persona, VoiceChoice, said
from companion_voice.settings import Engine, Settings

BUILT_IN: dict[Kind, str] = {"stt": "pocketsphinx", "llm": "rules", "tts": "espeak"}
"""What works with nothing downloaded."""
_REMOTE = "openai"
"""Our own engine that is on a server; anybody else's is one as soon as it is given a `url`."""
_NEEDS_MODEL = {"faster-whisper", "llama-cpp", "piper", "smart-turn"}
ACCESS = ("url", "socket", "key_env", "key_file")
"""What of an engine's tuning says how its server is reached."""
_THREADS: dict[Kind, int] = {"stt": 2, "turn": 1, "llm": 2, "tts": 2}
"""The voice takes both processors for the tenth of a second a clause needs; the model stands back for it
(`engines.host`) and writes on while the clause is heard."""
_VERBS: dict[Kind, str] = {"stt": "hearing", "turn": "turns", "llm": "answering", "tts": "speaking"}


class Candidate(msgspec.Struct, frozen=True):
    """An engine and all it needs to load."""

    engine: str
    options: EngineOptions


def languages(settings: Settings, persona: Persona) -> tuple[str, ...]:
    """Return the codes of the languages a conversation with `persona` may be held in, the first one first."""
    match settings.language:
        case "persona":
            return persona.languages
        case "auto":
            return (*persona.languages, *(code for code in LANGUAGES if code not in persona.languages))
        case code:
            return (code,)


def candidates(kind: Kind, settings: Settings, persona: Persona, languages: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the engines to try for a kind of work, best first.

    Nothing, for an end-of-turn detector that is not installed: the length of a pause does instead. Raises
    `EngineError` or `ModelError` when what was asked for does not exist, and `ConfigurationError` when nothing that
    is installed can do the work.
    """
    choice: Engine = settings.turn.detector if kind == "turn" else getattr(settings, kind)
    if kind == "tts" and choice.engine == "auto" and not choice.model and persona.voice.engine in BUILT_IN.values():
        choice = Engine(engine=persona.voice.engine)
    if choice.url or choice.engine == _REMOTE:
        return _remote(kind, choice, persona, languages), *_instead(kind, settings, persona, languages)
    found = _asked_for(kind, choice, persona, languages)
    first = found.engine if found else choice.engine
    wanted: list[tuple[str, Found | None]] = [(first, found)] if first != "auto" else []
    if kind in BUILT_IN and first != BUILT_IN[kind]:
        wanted.append((BUILT_IN[kind], None))
    able = [one for one in wanted if one[0] != "pocketsphinx" or "en" in languages]
    if not able and kind != "turn":
        raise ConfigurationError(
            f"Nothing that is installed can hear {' or '.join(languages)}.",
            f"Get what it takes with `companion models pull --lang {languages[0]}`, or type: `companion talk --text`.",
        )
    return tuple(
        Candidate(
            engine, _options(kind, engine, model, persona, languages, choice.tuning if engine == able[0][0] else {})
        )
        for engine, model in able
    )


def choose(
    kinds: Sequence[Kind], settings: Settings, persona: Persona, languages: Sequence[str]
) -> dict[Kind, tuple[Candidate, ...]]:
    """Return the engines to try for each kind of work that can be done at all. Raises as `candidates`."""
    chosen = {kind: candidates(kind, settings, persona, languages) for kind in kinds}
    return {kind: several for kind, several in chosen.items() if several}


def describe(chosen: dict[Kind, tuple[Candidate, ...]]) -> str:
    """Return one line about what was taken and, where it is the plainest, how to get better."""
    parts = [f"{_VERBS[kind]}: {label(candidates[0])}" for kind, candidates in chosen.items()]
    plain = any(candidates[0].engine == BUILT_IN.get(kind) for kind, candidates in chosen.items())
    hosts = ", ".join(dict.fromkeys(server.host for server in servers(chosen).values() if server.host))
    leaving = f" — your words leave this computer, to {hosts}" if hosts else ""
    return " · ".join(parts) + leaving + (" — better ones: companion models pull" if plain else "")


def servers(chosen: dict[Kind, tuple[Candidate, ...]]) -> dict[Kind, Server]:
    """Return the servers that do any of the work."""
    found = {kind: (several[0].engine, server(several[0])) for kind, several in chosen.items()}
    return {kind: Server(engine, place.host if place.away else "") for kind, (engine, place) in found.items() if place}


def server(candidate: Candidate) -> Address | None:
    """Return where the server of an engine is, None for one that works here."""
    url = candidate.options.tuning.get("url")
    return address.read(url) if url else None


def parse(text: str) -> Engine:
    """Return the engine in `ENGINE` or `ENGINE:MODEL`, as typed on a command line."""
    engine, _, model = text.partition(":")
    return Engine(engine=engine or "auto", model=model)


def _remote(kind: Kind, choice: Engine, persona: Persona, languages: Sequence[str]) -> Candidate:
    """Return an engine that is on a server. Raises `ConfigurationError` where it is not fully said which."""
    if choice.engine in ("auto", *_NEEDS_MODEL, *BUILT_IN.values()):
        raise ConfigurationError(
            f"`{kind}.url` names a server, but `{kind}.engine` is {choice.engine}, which works on this computer.",
            f"Write `engine: {_REMOTE}` beside it, or take the `url` away.",
        )
    if not choice.url:
        raise ConfigurationError(
            f"`{kind}.engine` is {choice.engine}, but no `{kind}.url` says where its server is.",
            "Add it in `companion config edit`; docs/remote.md shows how.",
        )
    registry.load(kind, choice.engine)
    address.read(choice.url)
    access = {key: getattr(choice, key) for key in ("url", "key_env", "key_file")}
    tuning = (_speaking(persona) if kind == "tts" else {}) | choice.tuning | {k: v for k, v in access.items() if v}
    return Candidate(
        choice.engine, EngineOptions(model=choice.model, languages=tuple(languages), threads=1, tuning=tuning)
    )


def _instead(kind: Kind, settings: Settings, persona: Persona, languages: Sequence[str]) -> tuple[Candidate, ...]:
    """Return what does the work on this computer when a server fails; nothing where nothing can."""
    try:
        return candidates(kind, replace(settings, **{kind: Engine()}), persona, languages)
    except ConfigurationError:
        return ()


def _asked_for(kind: Kind, choice: Engine, persona: Persona, languages: Sequence[str]) -> Found | None:
    """Return the model that was asked for or is best, or None where no model is needed or here."""
    if choice.engine != "auto" and choice.engine not in registry.names(kind):
        registry.load(kind, choice.engine)  # raises, naming the nearest
    found: Found | None
    if choice.model:
        found = store.locate(kind, choice.model)
        return found if choice.engine == "auto" else Found(found.path, choice.engine, found.tuning)
    if choice.engine != "auto" and choice.engine not in _NEEDS_MODEL:
        return None
    found = _preferred(kind, persona, languages)
    if found is None and choice.engine in _NEEDS_MODEL:
        raise ModelError(f"{choice.engine} needs a model and none is installed.", "Get one with: companion models pull")
    return found


def _preferred(kind: Kind, persona: Persona, languages: Sequence[str]) -> Found | None:
    installed = [entry for entry in store.installed() if entry.kind == kind and languages[0] in entry.languages]
    if kind == "tts" and languages[0] in persona.languages:
        installed.sort(key=lambda entry: entry.name != said(persona.voice.piper, languages[0]))
    return store.found(installed[0]) if installed else None


def _options(
    kind: Kind, engine: str, found: Found | None, persona: Persona, languages: Sequence[str], own: dict[str, str]
) -> EngineOptions:
    """Return what an engine is told; `own` are the person's settings for it, which no other engine would know."""
    manner = _speaking(persona) if kind == "tts" else {}
    voice = said(persona.voice.espeak, languages[0])
    if engine == "espeak" and voice and languages[0] in persona.languages:
        manner["voice"] = voice
    return EngineOptions(
        model=str(found.path) if found else "",
        languages=tuple(languages),
        threads=_THREADS[kind],
        cache=str(paths.data_folder() / "cache") if kind == "llm" else "",
        tuning=manner | (found.tuning if found else {}) | own,
    )


def _speaking(persona: Persona) -> dict[str, str]:
    """Return how a persona speaks, as far as it differs from how voices speak by themselves."""
    usual = VoiceChoice()
    manner = {key: getattr(persona.voice, key) for key in ("speed", "pauses", "expressiveness")}
    return {key: str(value) for key, value in manner.items() if value != getattr(usual, key)}


def label(candidate: Candidate) -> str:
    """Return an engine's name, with its model's file name and its server where it has them."""
    name = candidate.options.model.rsplit("/", maxsplit=1)[-1]
    if place := server(candidate):
        name = f"{name} at {place.name}".lstrip()
    return f"{candidate.engine} ({name})" if name else candidate.engine


def described(chosen: Mapping[Kind, Sequence[Candidate]]) -> dict[Kind, str]:
    """Return all that tells which model does which work; the first line of each is its name."""
    return {kind: f"{label(one)}\n{one.options}" for kind, (one, *_) in chosen.items()}
