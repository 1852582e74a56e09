"""Which persona speaks, and how another takes over in mid-conversation. Pure.

A change of persona changes who speaks and nothing that holds for all: what was disclosed, the boundaries, the person's
own settings. Each persona goes on where it was with the person.
"""

import re
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from companion_voice import documents
from companion_voice.boundaries.words import plain
from companion_voice.conversation.state import EngineState, Setup, State
from companion_voice.events import AnyCommand, PersonaTaken, StartEngine
from companion_voice.persona.head import head
from companion_voice.persona.schema import Persona, said

_ALIKE = 0.8
"""How like a persona's name, 0 to 1, a recogniser's spelling of it is ("Collette")."""
LONGEST = 120
"""Characters beyond which nobody merely asks for somebody."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody is asked for, and what is said then."""

    asks: tuple[str, ...]
    taken: str
    same: str
    refused: str


@lru_cache
def words(language: str) -> Words:
    """Return them for `language`. Raises `DocumentError` when the program's own file is broken."""
    return documents.read(Path(__file__).with_suffix(".yaml"), dict[str, Words])[language]


def played(setup: Setup, key: str, languages: tuple[str, ...], persona: Persona | None = None) -> Setup:
    """Return the setup in which the persona `key` of its cast, as its file says or as it has grown, speaks."""
    persona = persona or setup.cast[key]
    language = languages[0]
    own = language in persona.languages
    return replace(
        setup,
        name=persona.name,
        key=key,
        persona=persona,
        head=head(persona, setup.phrases[language], language),
        plain_head=" ".join(setup.phrases[language].plain_head.split()),
        greeting=said(persona.greeting, language) if own else "",
        farewell=said(persona.farewell, language) if own else "",
        language=language,
        languages=languages,
    )


def asked_for(state: State, text: str) -> str:
    """Return which of the cast is asked for in what the person said; empty when it is nobody."""
    spoken = plain(text)
    if len(spoken) > LONGEST:
        return ""
    for pattern in words(state.language).asks:
        if found := re.fullmatch(pattern, spoken):
            return _called(found["name"], state.setup.cast)
    return ""


def take_over(state: State, event: PersonaTaken) -> tuple[State, tuple[AnyCommand, ...]]:
    """Let another persona speak from now on, with its own voice and where it was with the person."""
    setup = played(state.setup, event.persona, event.languages)
    histories = state.histories | {state.setup.key: state.history}
    engines = state.engines | {kind: EngineState(candidates) for kind, candidates in event.engines.items()}
    speaks = setup.cast[event.persona].languages
    language = state.language if state.language in speaks else event.languages[0]
    state = replace(
        state,
        setup=setup,
        language=language,
        engines=engines,
        history=histories.pop(event.persona, ()),
        histories=histories,
        proposed=None,
        deciding=None,
    )
    return state, tuple(
        StartEngine(kind=kind, engine=candidates[0]) for kind, candidates in event.engines.items() if candidates
    )


def _called(name: str, cast: dict[str, Persona]) -> str:
    """Return who of the cast is called `name`, as far as a recogniser can be trusted to spell it."""
    likeness = {
        key: max(SequenceMatcher(None, name, plain(own), autojunk=False).ratio() for own in (persona.name, key))
        for key, persona in cast.items()
    }
    nearest = max(likeness, key=lambda key: likeness[key], default="")
    return nearest if nearest and likeness[nearest] >= _ALIKE else ""
