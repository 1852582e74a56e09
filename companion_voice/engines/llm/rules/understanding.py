"""A turn cut into clauses, each matched against the book. Knows one turn at a time, nothing of the conversation.

hassil carries the matching: its templates say in one line what would take a page of regular expressions, and its
spans lead back to the person's own spelling. Three things are done here because hassil does not do them: cutting a
turn into clauses, undoing contractions and accents (recognised speech has them or not, as it happens), and choosing
among several matches, of which the one with the most literal text is taken.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hassil import Intents, recognize_all

from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import Book, Move, lines, pairs, words

LONGEST_CLAUSE = 40
"""Words; a longer clause is not matched (wildcards would take long over it), only reflected on."""
LONGEST_WORD = 40
"""Letters; what is longer is no word."""
LONGEST_TURN = 4_000
MOST_CLAUSES = 40
"""Characters and clauses of a turn that are looked at: its end, where the question is."""
TURNS_KEPT = 4_096
LARGEST_NUMBER = 1_000
LONGEST_ANSWER = 5
"""Words of an answer to "what is your name?" that is not a sentence."""
EXPECTED = "expected"
"""The name under which hassil is told what the turn before asked for."""


@dataclass(frozen=True)
class Clause:
    """A part of a turn that says one thing."""

    text: str
    """The person's words, contractions undone, punctuation gone; empty when there were none."""
    move: str = ""
    """The move of the book it matched, or empty."""
    slots: Mapping[str, str] = field(default_factory=dict)
    is_question: bool = False


@dataclass(frozen=True)
class _Match:
    move: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    literal: int = -1
    """Characters that no wildcard caught."""


class Ear:
    """Understands turns in the language of one book."""

    def __init__(self, book: Book) -> None:
        self._intents = _intents(book)
        self._telling = frozenset(name for name, move in book.moves.items() if move.keeps and move.rank == "talk")
        self._answers = frozenset(name for name, move in book.moves.items() if move.after)
        self._naming = frozenset(name for name, move in book.moves.items() if move.keeps and "{Value}" in move.says)
        self._contractions = dict(pairs(book.contractions))
        self._openers = re.compile(rf"(?:(?:{_either(book.openers)})\s+)+")
        self._closers = re.compile(rf"(?:\s+(?:{_either(book.closers)}))+$")
        self._joints = re.compile(book.joints, re.IGNORECASE)
        self._questions = re.compile(book.questions, re.IGNORECASE)
        # Kept results of a pure function, not memory of a conversation: each reply reads all earlier turns again.
        self.understand = lru_cache(maxsize=TURNS_KEPT)(self._understand)

    def _understand(self, turn: str, expected: str = "") -> tuple[Clause, ...]:
        """Return the clauses of `turn`, at least one; `expected` is what the turn before it asked for, if anything."""
        parts = [
            (part, "?" in sentence)
            for sentence in texts.sentences(texts.plain(turn[-LONGEST_TURN:]))
            for part in self._joints.split(sentence)
        ]
        found = [self._clause(part, expected, asked=asked) for part, asked in parts[-MOST_CLAUSES:]]
        return tuple(clause for clause in found if clause.text) or (Clause(""),)

    def _clause(self, part: str, expected: str, *, asked: bool) -> Clause:
        spoken = (word for word in texts.words(part) if len(word) <= LONGEST_WORD)
        said = " ".join(self._contractions.get(word.lower(), word) for word in spoken)
        bare = self._without_edges(said)
        begins_asking = bool(self._questions.match(texts.fold(bare)))
        # "What is my favourite colour" is no statement about what.
        matches = [
            match
            for variant in dict.fromkeys((bare, said) if len(said.split()) <= LONGEST_CLAUSE else ())
            for match in self._matches(variant, expected)
            if not (begins_asking and match.move in self._telling)
            and not (match.move in self._answers and len(said.split()) > LONGEST_ANSWER)
        ]
        best = max(matches, key=lambda match: match.literal, default=_Match())
        if best.move in self._naming:
            bare = bare.replace(best.slots["value"], texts.proper(best.slots["value"]))
        return Clause(bare, best.move, best.slots, asked or begins_asking)

    def _matches(self, said: str, expected: str) -> Iterator["_Match"]:
        for found in recognize_all(texts.fold(said), self._intents, intent_context={EXPECTED: expected}):
            spans = {entity.name: entity.text_span for entity in found.entities_list if entity.text_span}
            # hassil ends a listed value in the middle of a word: "hi" in "his name".
            if all(_is_whole(said, *span) for span in spans.values()):
                slots = {name: said[slice(*span)] for name, span in spans.items()}
                caught = sum(len(slots[entity.name]) for entity in found.entities_list if entity.is_wildcard)
                yield _Match(found.intent.name, slots, len(said) - caught)

    def _without_edges(self, said: str) -> str:
        """Return `said` without "well," before it and "please" after it."""
        folded = texts.fold(said)
        begin = opener.end() if (opener := self._openers.match(folded)) else 0
        end = closer.start() if (closer := self._closers.search(folded, begin)) else len(said)
        return said[begin:end]


def _intents(book: Book) -> Intents:
    """Return the book's templates, folded as turns will be."""
    heard = {name: [texts.fold(line) for line in lines(move.hears)] for name, move in book.moves.items()}
    values = {name: {"values": [texts.fold(line) for line in lines(entries)]} for name, entries in book.lists.items()}
    values["number"] = {"values": [texts.fold(word) for word in _numbers(book)]}
    wildcards = {name: {"wildcard": True} for name in _slots(heard) if name not in values}
    return Intents.from_dict(
        {
            "language": book.language,
            "intents": {name: {"data": [_block(book.moves[name], hears)]} for name, hears in heard.items() if hears},
            "lists": wildcards | values,
            "expansion_rules": {name: texts.fold(rule) for name, rule in book.rules.items()},
        }
    )


def _block(move: Move, hears: list[str]) -> dict[str, Any]:
    return {"sentences": hears, "requires_context": {EXPECTED: move.after} if move.after else {}}


def _is_whole(said: str, start: int, end: int) -> bool:
    """Say whether the span begins and ends where words do."""
    return not (said[:start][-1:].isalnum() or said[end : end + 1].isalnum())


def _slots(heard: Mapping[str, list[str]]) -> Iterator[str]:
    for templates in heard.values():
        for template in templates:
            yield from re.findall(r"\{(\w+)", template)


def _numbers(book: Book) -> Iterator[str]:
    yield from words(book.counting)
    yield from map(str, range(LARGEST_NUMBER))


def _either(entries: str) -> str:
    """Return a pattern for any of the entries of a list with commas."""
    return "|".join(re.escape(texts.fold(entry.strip())) for entry in entries.split(","))
