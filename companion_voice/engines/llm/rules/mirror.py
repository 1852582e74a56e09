"""The person's words turned to the second person: "I lost my cat" becomes "you lost your cat".

A table of words, and tables of what the verb after "I" becomes; all stand in the book. Where a table does not
reach, nothing is returned rather than something crooked. Knows no phrase and no conversation.
"""

import re
from collections.abc import Iterable
from functools import cache

from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import Book, Subject, lines, open_book, pairs, words

LONGEST = 16
"""Words; hearing more than this given back is no pleasure."""
TELLING = 4
"""Letters of the shortest word worth taking up."""

_ELISION = re.compile(r"^[^\W\d_]{1,2}'")
_GAP = r"(?:(?<=')|\s+)"


@cache
def mirror_for(language: str, *, familiar: bool) -> "Mirror":
    """Return the mirror of a language's book."""
    return Mirror(open_book(language), familiar=familiar)


class _UnknownVerbError(Exception):
    """A verb that no line of the book covers."""


class Mirror:
    """Turns words of one language, in the polite or the familiar form (which differ in French only)."""

    def __init__(self, book: Book, *, familiar: bool) -> None:
        table = book.reflection
        self._column = 2 if familiar else 1
        self._small = frozenset(map(texts.fold, words(book.stopwords)))
        self._unless = re.compile(table.unless, re.IGNORECASE)
        self._words = self._rows(table.words)
        self._verbs = [_Verbs(subject, self._column, table.unknown) for subject in table.subjects]
        between = rf"(?:(?:{_either(table.between.split())}){_GAP})*"
        subjects = (
            rf"\b(?:{_either(s.who.split())}){_GAP}(?P<between{n}>{between})(?P<verb{n}>[^\W\d_][\w-]*)"
            for n, s in enumerate(table.subjects)
        )
        self._pattern = re.compile("|".join([*subjects, rf"\b(?:{_either(self._words)})"]), re.IGNORECASE)
        self._repairs = [(re.compile(left, re.IGNORECASE), right) for left, right in pairs(table.repairs)]
        self._articles = self._rows(table.topics)
        self._topic = re.compile(rf"\b({_either(self._articles)}){_GAP}([^\W\d_][\w'-]{{2,}})", re.IGNORECASE)

    def turned(self, text: str) -> str | None:
        """Return `text` in the second person, to stand within a sentence, or None where it would limp."""
        if not text or len(text.split()) > LONGEST or self._unless.search(text):
            return None
        try:
            turned = self._pattern.sub(self._swap, text)
        except _UnknownVerbError:
            return None
        for pattern, replacement in self._repairs:
            turned = pattern.sub(replacement, turned)
        first, *rest = turned.split()
        return " ".join([first.lower() if self.is_small(first) else first, *rest])

    def topic(self, text: str) -> str | None:
        """Return a thing `text` speaks of, with its article ("your exam"), or None where none stands clear."""
        found: list[tuple[int, str]] = []
        for match in self._topic.finditer(text):
            after = texts.words(text[match.end() :])
            if self.is_small(match[2]) or (after and not self.is_small(after[0])):
                continue
            article = match[1].lower()
            found.append((list(self._articles).index(article), _glued(self._articles[article], match[2])))
        # What stands first in the table makes the better topic (my exam, not the door); of equals, the last.
        return min(reversed(found), key=lambda candidate: candidate[0])[1] if found else None

    def word(self, text: str) -> str | None:
        """Return the most telling word of `text`, or None where it holds none, or is a sentence (it may be a verb)."""
        said = [_ELISION.sub("", word) for word in texts.words(text)]
        telling = [word for word in said if len(word) >= TELLING and not self.is_small(word)]
        return max(reversed(telling), key=len) if telling and not self.is_small(said[0]) else None

    def is_small(self, word: str) -> bool:
        """Say whether `word` means little by itself."""
        return texts.fold(_ELISION.sub("", word)) in self._small

    def _swap(self, match: re.Match[str]) -> str:
        for number, verbs in enumerate(self._verbs):
            if verb := match[f"verb{number}"]:
                between = self._pattern.sub(self._swap, match[f"between{number}"])
                return f"{verbs.subject} {between}{verbs.after(verb.lower())}"
        return self._words[match[0].lower()]

    def _rows(self, table: str) -> dict[str, str]:
        return {row[0]: row[self._column].replace("_", " ") for row in map(str.split, lines(table))}


class _Verbs:
    """What follows one subject of the first person."""

    def __init__(self, subject: Subject, column: int, unknown: str) -> None:
        self.subject = subject.becomes.split()[column - 1]
        self._known = {row[0]: row[column] for row in map(str.split, lines(subject.verbs))}
        self._endings = [(row[0], row[column]) for row in map(str.split, lines(subject.endings))]
        self._keeps_unknown = unknown == "keep"

    def after(self, verb: str) -> str:
        if verb in self._known:
            return self._known[verb]
        for ending, becomes in self._endings:
            if verb.endswith(ending):
                return verb.removesuffix(ending) + becomes
        if self._keeps_unknown:
            return verb
        raise _UnknownVerbError


def _either(entries: Iterable[str]) -> str:
    """Return a pattern for any of `entries`, whole words, or elided ones such as m'."""
    longest_first = sorted(entries, key=len, reverse=True)
    return "|".join(re.escape(entry) + ("" if entry.endswith("'") else r"(?![\w'-])") for entry in longest_first)


def _glued(article: str, noun: str) -> str:
    return f"{article}{noun}" if article.endswith("'") else f"{article} {noun}"
