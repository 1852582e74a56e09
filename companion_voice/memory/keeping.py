"""What the person lets the memory keep, and for how long. Pure; obeyed where memory is written, read and swept.

Knows nothing of how it was set: `asked` reads the boundaries, and a memory that nobody limits keeps everything.
"""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.boundaries.settings import Boundaries
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.people import GUEST_STAYS
from companion_voice.memory.records import NewFact, Rule

Sort: TypeAlias = Literal["facts", "preferences", "plans", "feelings", "third_parties"]
"""What a fact is about, as the person decides over it; the sensitive topics are decided over as topics."""
TOPICS: Final = {"health": "health", "sex": "intimate", "beliefs": "belief"}
"""The kinds of memory that are topics: where one is off, not even the words are kept."""
_SORTS: Final[tuple[Sort, ...]] = ("facts", "preferences", "plans", "feelings", "third_parties")


class Keeping(msgspec.Struct, frozen=True):
    """What may be kept; by default everything, as long as the memory lasts."""

    topics: tuple[str, ...] = ()
    """What is neither written nor read, as `topics.named` calls it or in free words."""
    withheld: frozenset[Sort] = frozenset()
    """Of what no facts are noted."""
    words: timedelta | None = None
    """How old the words of a conversation may become on which no memory rests."""
    memories: timedelta | None = None
    """How old anything may become that the person did not pin."""
    guest: timedelta = GUEST_STAYS
    """How long a guest's memory lasts."""

    def rules(self, person: str) -> tuple[Rule, ...]:
        """Return the topics as rules of a person's."""
        return tuple(Rule(0, person, topic, 0) for topic in self.topics)

    def allowed(self, found: Iterable[NewFact]) -> list[NewFact]:
        """Return the facts that may be noted."""
        return [new for new in found if sort(new) not in self.withheld]


Asked: TypeAlias = Callable[[], Keeping]
"""Tells what may be kept now: the person may change it at any time."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    preferences: tuple[str, ...]
    """Slots; the first word of a slot tells it ("favourite colour")."""
    third_parties: tuple[str, ...]
    """Slots that tell of others though the subject is the person."""
    feelings: tuple[str, ...]
    """What a quote says that tells a feeling, as patterns over text in lower case without accents."""


def asked(boundaries: Boundaries) -> Keeping:
    """Return what the person lets the memory keep."""
    settings = boundaries.memory
    kinds: dict[str, str] = msgspec.to_builtins(settings.kinds)
    off = tuple(topic for kind, topic in TOPICS.items() if kinds[kind] == "off")
    return Keeping(
        topics=(*settings.protected_topics, *off),
        withheld=frozenset(one for one in _SORTS if kinds[one] == "off"),
        words=timedelta(days=settings.transcript_days),
        memories=timedelta(days=settings.retention_days),
        guest=timedelta(hours=settings.guest_hours),
    )


def sort(new: NewFact) -> Sort:
    """Return what a fact is about."""
    words = _words()
    if new.subject != "me" or new.slot in words.third_parties:
        return "third_parties"
    if _feelings().search(folded(new.quote)):
        return "feelings"
    if new.slot.split()[0] in words.preferences:
        return "preferences"
    return "plans" if new.valid_until_us is not None else "facts"


@lru_cache
def _feelings() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_words().feelings)})\b")


@lru_cache
def _words() -> _Words:
    return documents.read(Path(__file__).with_suffix(".yaml"), _Words)
