"""The plain statements of a language, as patterns. Reads `en.yaml` and `fr.yaml`; knows no turn.

A pattern is a regular expression over folded text (see `folded`), written with `{fragments}`: those of the file, any
of its lists as alternatives, and a few built here. It matches from the beginning of a clause.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from companion_voice import documents
from companion_voice.memory.facts.days import Calendar, listed
from companion_voice.memory.facts.folded import folded

LANGUAGES: Final = ("en", "fr")
KINDS: Final = ("name", "proper", "place", "thing", "exact")
"""What a value may be. A proper name has a capital, a place has one where capitals are written at all; there are words
that a place or a thing cannot begin with, and that no part of a name can be."""
LARGEST: Final = 128 * 1024


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to tell one thing."""

    slot: str
    """What is told; `{what}` is the group `what` in the person's words."""
    hears: str
    """Patterns, one a line."""
    single: bool = False
    """A new value ends the old one's validity."""
    sensitivity: str = "ordinary"
    confidence: float = 0.9


class Blocks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a plain statement something else: quoted, supposed, denied, told in jest."""

    turn: str
    """Anywhere in the turn."""
    before: str
    """Before the statement, in its sentence."""
    after: str
    """After the beginning of the statement, in its sentence."""


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything `extract` needs to know about a language."""

    relations: dict[str, str]
    """Family, friends and animals: the key that is stored, and what they are called."""
    unique: str
    """Relations of which a person has one."""
    slots: dict[str, str]
    """What a question calls a slot."""
    myself: str
    lists: dict[str, str]
    fragments: dict[str, str]
    articles: str
    """What a value may begin with and be checked without."""
    openers: str
    """What may stand before a statement without changing it."""
    joints: str
    """What begins a new clause."""
    questions: str
    """How a question begins when nobody writes its mark."""
    blocks: Blocks
    bans: dict[str, str]
    calendar: Calendar
    facts: tuple[Row, ...]


class Pattern(NamedTuple):
    """A compiled pattern and the row it is of."""

    regex: re.Pattern[str]
    row: Row


class Grammar(NamedTuple):
    """A book made ready for matching."""

    patterns: tuple[Pattern, ...]
    openers: re.Pattern[str]
    joints: re.Pattern[str]
    questions: re.Pattern[str]
    in_turn: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    relations: Mapping[str, str]
    """What somebody is called → the key that is stored."""
    unique: frozenset[str]
    slots: Mapping[str, str]
    myself: frozenset[str]
    bans: Mapping[str, frozenset[str]]
    articles: frozenset[str]
    calendar: Calendar


@lru_cache
def grammar(language: str) -> Grammar:
    """Return the grammar of `language`, one of `LANGUAGES`. Raises `DocumentError` where its file is broken."""
    book = documents.read(Path(__file__).with_name(f"{language}.yaml"), Book, largest=LARGEST)
    fragments = _fragments(book)
    blocks = book.blocks
    return Grammar(
        patterns=tuple(
            Pattern(re.compile(_expand(line, fragments)), row) for row in book.facts for line in _lines(row.hears)
        ),
        openers=re.compile(rf"(?:(?:{_either(book.openers, fragments)})[\s,]+)*"),
        joints=re.compile(_either(book.joints, fragments)),
        questions=re.compile(_either(book.questions, fragments)),
        in_turn=re.compile(_either(blocks.turn, fragments)),
        before=re.compile(_either(blocks.before, fragments)),
        after=re.compile(_either(blocks.after, fragments)),
        relations=_inverted(book.relations),
        unique=frozenset(listed(book.unique)),
        slots=_inverted(book.slots),
        myself=frozenset(listed(folded(book.myself))),
        bans={kind: frozenset(folded(words).split()) for kind, words in book.bans.items()},
        articles=frozenset(listed(book.articles)),
        calendar=book.calendar,
    )


def _inverted(called: Mapping[str, str]) -> dict[str, str]:
    return {word: key for key, words in called.items() for word in listed(folded(words))}


def _fragments(book: Book) -> dict[str, str]:
    calendar = book.calendar
    lists = {name: listed(folded(words)) for name, words in book.lists.items()}
    lists["relation"] = list(_inverted(book.relations))
    for name in ("months", "weekdays", "ordinals", "numbers"):
        lists[name] = [word for entry in listed(getattr(calendar, name)) for word in entry.split("|")]
    lists["near"] = list(calendar.near)
    lists["seasons"] = [word for words in calendar.seasons.values() for word in words.split("|")]
    lists["units"] = [word for words in calendar.units.values() for word in words.split("|")]
    alternatives = {name: f"(?:{'|'.join(_longest_first(words))})" for name, words in lists.items()}
    return alternatives | {name: _unaccented(text) for name, text in book.fragments.items()}


def _longest_first(words: list[str]) -> list[str]:
    return [re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=len, reverse=True)]


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    """Return `pattern` with its fragments, and theirs, put in."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: _expand(fragments[found[1]], fragments), _unaccented(pattern))


def _unaccented(pattern: str) -> str:
    """Return a pattern without accents, as the text it is held against; what is no letter stays."""
    return "".join(folded(letter) if letter.isalpha() and not letter.isascii() else letter for letter in pattern)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _either(text: str, fragments: Mapping[str, str]) -> str:
    return "|".join(f"(?:{_expand(line, fragments)})" for line in _lines(text)) or r"(?!)"
