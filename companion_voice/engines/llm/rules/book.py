"""The data file of one language, typed. Knows the shape of the file, not what is done with it.

Most of a book is lists that people edit, so they stand as text, one entry a line, which needs no quoting.
"""

from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from companion_voice import documents

LANGUAGES = ("en", "fr")
LARGEST = 128 * 1024

Rank: TypeAlias = Literal["filler", "talk", "ask", "grave"]


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a person may say, and what may be answered. The head of `en.yaml` explains the fields."""

    says: str
    hears: str = ""
    rank: Rank = "talk"
    does: str = ""
    otherwise: str = ""
    after: str = ""
    keeps: str = ""
    recalls: str = ""


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A subject of the first person, and how the verb after it changes."""

    who: str
    becomes: str
    """Polite and familiar, such as `vous tu`."""
    verbs: str
    """A line for each verb: as it stands, polite, familiar."""
    endings: str = ""
    """The same for the endings of verbs that are not in `verbs`; the first that fits is taken."""


class Reflection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the first person becomes the second."""

    unless: str
    """A pattern of clauses that cannot be turned round well."""
    between: str
    """Words that may stand between subject and verb."""
    unknown: Literal["keep", "refuse"]
    """What to do with a verb that no line covers."""
    subjects: tuple[Subject, ...]
    words: str
    """A line for each word: as it stands, polite, familiar. `_` is a space, `-` is nothing."""
    topics: str
    """The same for the words a noun follows."""
    repairs: str
    """`pattern = replacement` lines, applied to what comes out."""


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the time and the date are said."""

    hours: str
    minutes: str
    """`minutes = phrase` lines; the first whose minutes (`5 10` or `2-29`) fit is taken."""
    weekdays: str
    months: str
    days: str


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All a partner hears and says in one language."""

    language: str
    contractions: str
    openers: str
    closers: str
    joints: str
    questions: str
    familiar: str
    """Words that show that the person says tu."""
    stopwords: str
    lists: dict[str, str]
    rules: dict[str, str]
    reflection: Reflection
    asking: dict[str, str]
    """Patterns of the companion's questions that `after` waits for."""
    quoted: str
    """How words are given back as they were said; `{}` is their place."""
    listed: str
    """What stands between several things told in a row."""
    joins: str
    """`pattern = replacement` lines, applied to a filled phrase, where `~` stands before what was filled in."""
    counting: str
    calendar: Calendar
    manners: dict[str, str]
    """What a persona adds, by the slider that makes it do so."""
    casual: str
    """`pattern = replacement` lines that make what is said casual."""
    roles: dict[str, str]
    """The move that a role makes where nothing else fits."""
    offers: dict[str, str]
    """Offers the person can accept with a yes, by the move that keeps them."""
    stock: dict[str, str]
    moves: dict[str, Move]


@cache
def open_book(language: str) -> Book:
    """Return the book of `language`, or the English one. Raises `ConfigurationError`."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return documents.read(Path(__file__).with_name(f"{known}.yaml"), Book, largest=LARGEST)


@cache
def lines(text: str) -> tuple[str, ...]:
    """Return the entries of a list that stands as text."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the two sides of `left = right` lines; `_` at an edge of the right side is a space."""
    cut = (line.partition(" = ") for line in lines(text))
    return tuple((left.strip(), right.replace("_", " ")) for left, _, right in cut)


@cache
def words(text: str) -> tuple[str, ...]:
    """Return the words of a list that stands as running text."""
    return tuple(text.split())
