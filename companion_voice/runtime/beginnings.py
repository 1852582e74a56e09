"""What a conversation begins with: the settings, the boundaries, the personas and what earlier ones left."""

from contextlib import suppress

from msgspec.structs import replace

from companion_voice import documents
from companion_voice.audio import wake_word
from companion_voice.boundaries import files as boundary_files
from companion_voice.boundaries import phrases
from companion_voice.boundaries.settings import Boundaries
from companion_voice.conversation.addressing import Addressing
from companion_voice.conversation.casting import played
from companion_voice.conversation.state import Setup
from companion_voice.errors import CardError, DocumentError
from companion_voice.events import Kind
from companion_voice.memory.places import Place
from companion_voice.persona import files
from companion_voice.persona.cards import files as cards
from companion_voice.persona.cards.lorebook import Budget, Lore
from companion_voice.persona.schema import Persona
from companion_voice.runtime import habits, obeying, selection
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.selection import Candidate
from companion_voice.runtime.standing import Standing
from companion_voice.runtime.way import Way
from companion_voice.settings import Address, Settings

_WAKES: dict[str, Address] = {"open": "always", "word": "wake_word", "push_to_talk": "push_to_talk"}


def addressing(settings: Settings, way: Way) -> Addressing:
    """Return how the person addresses the companion; whoever types or plays a recording always does.

    A boundary (`mic.wake`) may close an ear that the settings leave open, never the other way round.
    """
    if way.typed or way.recording:
        return Addressing()
    mode = settings.addressing.mode
    if mode == "always":
        mode = _WAKES[boundary_files.load().mic.wake]
    return Addressing(mode=mode, window=settings.addressing.window)


def with_past(setup: Setup, past: Standing, clock: Clock, *, remembers: bool) -> Setup:
    """Return the setup with what earlier conversations left. Raises `ConfigurationError` for boundaries of no use."""
    boundaries = boundary_files.load()
    return replace(
        setup,
        boundaries=boundaries,
        disclosures=past.disclosures,
        ledger=past.ledger,
        began=clock.began(),
        wall=clock.wall(),
        conversation=clock.wall(),
        remembers=remembers and boundaries.memory.enabled != "off",
        off_record=remembers and Place().off_the_record.exists(),
    )


def cast(wanted: str, boundaries: Boundaries) -> tuple[str, dict[str, Persona]]:
    """Return the key of the persona that is wanted, and by key all whose files can be read, within the boundaries.

    Raises as `files.load`.
    """
    key = files.place(wanted).stem
    found = {key: files.load(wanted)}
    for name, file in files.names().items():
        with suppress(DocumentError):  # `companion persona list` tells of it
            found.setdefault(name, documents.read(file, Persona))
    return key, obeying.played(found, key, boundaries)


def _books(key: str, cast: dict[str, Persona]) -> dict[str, tuple[tuple[Lore, ...], Budget]]:
    """Return the lorebooks that came with cards. Raises `CardError` where that of the persona `key` cannot be read."""
    found = {}
    for name, persona in cast.items():
        with suppress(*(() if name == key else (CardError,))):
            if cards.original(name):
                found[name] = cards.book(name, persona)
    return found


def setup(
    settings: Settings,
    key: str,
    cast: dict[str, Persona],
    languages: tuple[str, ...],
    chosen: dict[Kind, tuple[Candidate, ...]],
    way: Way,
    *,
    full_duplex: bool,
) -> Setup:
    """Return what the conversation begins with. Raises `CardError` where the persona's lorebook cannot be read."""
    spoken_to = addressing(settings, way)
    common = Setup(
        name="",
        head="",
        greeting="",
        farewell="",
        language=languages[0],
        languages=languages,
        phrases={code: phrases.load(code) for code in phrases.LANGUAGES},
        cast=cast,
        books=_books(key, cast),
        engines={kind: tuple(one.engine for one in several) for kind, several in chosen.items()},
        servers=selection.servers(chosen),
        sure_pause=settings.turn.sure_pause,
        hard_pause=settings.turn.hard_pause,
        unsure_pause=settings.turn.unsure_pause,
        patience=habits.load() if settings.turn.patience == "learned" else None,
        eager=settings.turn.eager,
        late=settings.turn.late_answer,
        addressing=spoken_to,
        wake_word=wake_word.spoken(settings.addressing.wake_word) if spoken_to.mode == "wake_word" else "",
        full_duplex=full_duplex,
        waits=way.waits,
        listens=not way.typed,
        aloud=not way.mute,
    )
    return played(common, key, languages)
