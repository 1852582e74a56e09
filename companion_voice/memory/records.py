"""What passes between the parts of memory: frozen records, no behaviour. Knows no SQL."""

from typing import Literal, TypeAlias

import msgspec

Speaker: TypeAlias = Literal["user", "companion"]
Sensitivity: TypeAlias = Literal["ordinary", "health", "intimate", "belief", "money"]
Origin: TypeAlias = Literal["pattern", "model", "person"]
"""Who took a fact from the words: a pattern, a language model, or the person who corrected or pinned it."""

OWNER = "owner"
"""The person a memory belongs to when nobody else is named."""


class Turn(msgspec.Struct, frozen=True):
    """One side's words, as they were heard or said."""

    id: int
    key: str
    """The public name: `D1:3` of an import, else `t<id>`."""
    session: str
    person: str
    position: int
    """Order in the session; it decides, whatever the clock says."""
    who: Speaker
    name: str
    """The speaker's name, may be empty."""
    text: str
    """What was really heard or said."""
    said: str
    """What would have been said without an interruption; empty when that is `text`."""
    language: str
    time: str
    """ISO 8601 with offset."""
    time_us: int
    """The same moment in microseconds since 1970, UTC."""
    pinned: bool


class Fact(msgspec.Struct, frozen=True):
    """One thing a person told about, with the turn it rests on."""

    id: int
    key: str
    person: str
    subject: str
    """'me', a name, or a relation such as 'sister'."""
    slot: str
    value: str
    valid_from_us: int | None
    valid_until_us: int | None
    turn: int
    quote: str
    """The person's words, literally."""
    sensitivity: str
    confidence: float
    origin: str
    made_us: int
    pinned: bool


class NewFact(msgspec.Struct, frozen=True):
    """A fact before it is stored."""

    subject: str
    slot: str
    value: str
    quote: str
    sensitivity: str
    confidence: float
    valid_from_us: int | None
    valid_until_us: int | None
    closes: bool
    """Whether a new value ends the validity of the old one (a slot with one value at a time)."""


class Recalled(msgspec.Struct, frozen=True):
    """One find of a search."""

    kind: Literal["turn", "fact"]
    key: str
    text: str
    time: str
    score: float
    """Comparable within one answer."""
    turns: tuple[str, ...]
    """Keys of the turns it rests on."""


class Recollection(msgspec.Struct, frozen=True):
    """The answer to a search, best first."""

    items: tuple[Recalled, ...]
    sure: bool
    """False below the bar: the companion says that it does not remember."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What forgetting removed: the keys that other rooms need to do the same, never a word of it."""

    what: str
    """Which kind of forgetting: `key`, `since`, `about`, `everything`, `guest`."""
    time: str
    turns: tuple[str, ...] = ()
    """Keys of the turns removed: persona changes and caches that rest on them go as well."""
    facts: tuple[str, ...] = ()
    summaries: int = 0
    sessions: tuple[str, ...] = ()
    """Sessions of which something was removed."""
    first_us: int | None = None
    last_us: int | None = None
    """From when to when the removed turns were spoken."""
    backups: int = 0
    """Backups that held the same words and were replaced by one without."""
    journals: int = 0
    """Lines of journals that lost the same words."""
    unstruck: tuple[str, ...] = ()
    """Journals that may still hold them, because they cannot be read or changed."""


class Struck(msgspec.Struct, frozen=True):
    """What forgetting did outside of the memory."""

    lines: int = 0
    unstruck: tuple[str, ...] = ()
    """Files that may still hold the words."""


class Rule(msgspec.Struct, frozen=True):
    """Something never to be remembered."""

    id: int
    person: str
    topic: str
    made_us: int


class Person(msgspec.Struct, frozen=True):
    """Somebody of the household, or a guest whose memory ends."""

    id: str
    name: str
    guest: bool
    expires_us: int | None


class Statistics(msgspec.Struct, frozen=True):
    """How much is remembered, and how much room it takes (bytes)."""

    turns: int
    facts: int
    summaries: int
    sessions: int
    people: int
    rules: int
    text_bytes: int
    file_bytes: int
