"""What became of each part of a card, and why, for a person and for a program. Pure."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from companion_voice.persona.cards.sieve import MOST_DROPPED, Dropped

Outcome: TypeAlias = Literal["taken", "changed", "dropped", "kept"]
"""`kept`: not used, but not lost: it stays in the card beside the persona."""
_LONGEST_QUOTE = 90


class Note(msgspec.Struct, frozen=True):
    """What became of one part of a card."""

    field: str
    outcome: Outcome
    why: str

    def __str__(self) -> str:
        return f"{self.outcome:<8} {self.field:<26} {self.why}"


def left_out(field: str, dropped: Iterable[Dropped]) -> tuple[Note, ...]:
    """Return a note for each sentence that is not taken."""
    notes = tuple(Note(field, "dropped", f"“{quoted(one.sentence)}” {one.why}") for one in dropped)
    if len(notes) < MOST_DROPPED:
        return notes
    return (*notes, Note(field, "kept", f"after {MOST_DROPPED} such sentences the rest was not read"))


def quoted(text: str) -> str:
    """Return `text`, or the beginning of it."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE].rstrip()}…"
