"""What only a persona has and the format has no field for, kept in a card's extensions and taken back. Pure.

What concerns the person (what it calls them, what it remembers, whether it may change by itself) is never written into
a card nor taken from one.
"""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from companion_voice.errors import CardError
from companion_voice.persona.cards import card, sieve
from companion_voice.persona.cards.card import Fields
from companion_voice.persona.cards.report import Note, left_out
from companion_voice.persona.cards.wording import Names
from companion_voice.persona.schema import Line, Name, Persona, Role, Tongue, Traits, VoiceChoice, said

EXTENSION = "companion-voice"
BEFORE = "before"
"""Where fields of a card stay that a changed persona has replaced."""
LONGEST = 400
"""Characters of a line."""


class Own(msgspec.Struct, frozen=True):
    """The fields of a persona that a card keeps for it."""

    languages: tuple[Tongue, ...] = ()
    greeting: dict[Tongue, Line] = {}
    """Where it greets in more than one language; the first of them is also the card's."""
    farewell: Line | dict[Tongue, Line] = ""
    pronouns: Name = ""
    role: Role = "companion"
    address: Literal["tu", "vous"] = "vous"
    traits: Traits = Traits()
    quirks: tuple[Line, ...] = ()
    opinions: dict[Name, Line] = {}
    avoids: tuple[Line, ...] = ()
    voice: VoiceChoice = VoiceChoice()


class Found(NamedTuple):
    """What a card kept, and a note of what was not of its type."""

    own: Own
    notes: tuple[Note, ...]


def found(extensions: Fields) -> Found:
    """Return what a card of ours keeps for itself; nothing, in any other."""
    raw = extensions.get(EXTENSION)
    if raw is None:
        return Found(Own(), ())
    try:
        own, unread = card.lenient(bytes(raw), Own)
    except CardError:
        return Found(Own(), (Note(f"extensions.{EXTENSION}", "kept", "is not of its type"),))
    return Found(own, tuple(Note(f"extensions.{EXTENSION}.{field}", "kept", "is not of its type") for field in unread))


def kept(persona: Persona) -> dict[str, Any]:
    """Return what a card keeps of `persona`, as JSON would say it."""
    values = {field: msgspec.to_builtins(getattr(persona, field)) for field in Own.__struct_fields__}
    if isinstance(persona.greeting, str):
        del values["greeting"]
    return {field: value for field, value in values.items() if value}


def added(persona: Persona, own: Own, names: Names) -> tuple[Persona, tuple[Note, ...]]:
    """Return `persona` with what a card of ours adds, but for lines that no card may bring in."""
    dropped: list[sieve.Dropped] = []

    def passing(lines: Iterable[str], *, about: bool) -> tuple[str, ...]:
        found = [
            sieve.sift(line, name=names.char, tongue=names.tongue, about=about, longest=LONGEST).dropped
            for line in lines
        ]
        dropped.extend(one for several in found for one in several)
        return tuple(line for line, several in zip(lines, found, strict=True) if not several)

    changes: dict[str, Any] = {field: getattr(own, field) for field in ("role", "address", "traits", "voice")}
    changes |= {field: passing(getattr(own, field), about=True) for field in ("quirks", "avoids")}
    changes["opinions"] = {about: line for about, line in own.opinions.items() if passing((line,), about=False)}
    changes["pronouns"] = "".join(passing((own.pronouns,), about=True))
    for field in ("greeting", "farewell"):
        lines = getattr(own, field)
        spoken = tuple(lines.values()) if isinstance(lines, dict) else (lines,)
        same = field == "farewell" or said(lines, persona.language) == persona.greeting
        if any(spoken) and same and passing(spoken, about=False) == spoken:
            changes[field] = lines
    return replace(persona, **changes), left_out(f"extensions.{EXTENSION}", dropped)
