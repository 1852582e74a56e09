"""What a person asks of the companion's memory by voice. Pure; knows no store and answers nothing.

Patterns live in `requests/`. Each must fit the whole of what was said apart from courtesies, so that talk *about*
forgetting ("I forgot my keys", "forget it") asks for nothing. What a request names stays in the person's own spelling.

Three things only mean something in their place, and whoever asks must look: `Confirm` and `Deny` after a question that
was read back; whatever is not `sure` after an answer from memory (`WhyDoYouThink`, `Correct`) or when something is
remembered about it (`WhatDoYouKnow`). Elsewhere they are ordinary talk.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.boundaries.words import plain

LANGUAGES: Final = ("en", "fr")
LONGEST: Final = 200
"""Characters beyond which an utterance is talk."""
HOUR: Final = 60
_PUNCTUATION = '.,;:!?…"«»“”()'


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="request", tag=True):
    """Something asked of the memory."""


class WhatDoYouKnow(Request, frozen=True):
    """Ask what is remembered."""

    about: str = ""
    """Of whom or what, in the person's words; empty: of the person."""
    sure: bool = True
    """False: it may be a question about the world ("what do you know about bees?")."""


class WhyDoYouThink(Request, frozen=True):
    """Ask where the companion knows something from."""

    about: str = ""
    """What, in the person's words; empty: what it just said."""
    sure: bool = True


class Correct(Request, frozen=True):
    """What the companion said or remembers is wrong."""

    value: str = ""
    """What it should be; empty with an empty `statement`: the person only says that it is wrong."""
    statement: str = ""
    """A whole statement that says what is right, to be taken as a fact that replaces another."""
    sure: bool = True


class Forget(Request, frozen=True):
    """Delete something."""

    scope: Literal["that", "minutes", "about", "everything"]
    minutes: int = 0
    about: str = ""


class Confirm(Request, frozen=True):
    """Yes."""


class Deny(Request, frozen=True):
    """No."""


class NeverRemember(Request, frozen=True):
    """Never keep anything about a topic."""

    topic: str


class AllowAgain(Request, frozen=True):
    """Lift such a rule."""

    topic: str


class OffRecord(Request, frozen=True):
    """Write nothing and read nothing until told."""


class OnRecord(Request, frozen=True):
    """Remember again."""


class Pin(Request, frozen=True):
    """Keep what was just said for ever."""


class LastTime(Request, frozen=True):
    """Ask what was talked about."""

    span: Literal["session", "week", "month"] = "session"


class Before(Request, frozen=True):
    """Ask what a fact was before it changed."""

    about: str
    """The person's words ("my address"), or a slot: `home`, `job`, `employer`."""


AnyRequest: TypeAlias = (
    WhatDoYouKnow
    | WhyDoYouThink
    | Correct
    | Forget
    | Confirm
    | Deny
    | NeverRemember
    | AllowAgain
    | OffRecord
    | OnRecord
    | Pin
    | LastTime
    | Before
)


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    request: str
    hears: str
    given: dict[str, str] = msgspec.field(default_factory=dict, name="with")


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: str
    after: str
    fragments: dict[str, str]
    numbers: dict[str, int]
    myself: str
    rows: tuple[_Row, ...]


class _Pattern(NamedTuple):
    regex: re.Pattern[str]
    request: str
    given: Mapping[str, str]


class _Grammar(NamedTuple):
    before: re.Pattern[str]
    after: re.Pattern[str]
    patterns: tuple[_Pattern, ...]
    numbers: Mapping[str, int]
    myself: frozenset[str]


class _Words(NamedTuple):
    """What was said as patterns see it, word by word, and as it was spelt."""

    plain: tuple[str, ...]
    spelt: tuple[str, ...]

    def between(self, start: int, end: int) -> str:
        """Return the spelling of the plain text's characters from `start` to `end`, which cut no word."""
        text = " ".join(self.plain)
        first = text[:start].count(" ")
        return " ".join(self.spelt[first : first + text[start:end].strip().count(" ") + 1])


def understand(said: str, language: str, name: str = "") -> AnyRequest | None:
    """Return what `said` asks of the memory, if anything; the companion's `name` may be said along."""
    if not said or len(said) > LONGEST:
        return None
    grammar = _grammar(language)
    for words in _readings(said, name):
        if request := _asked(words, grammar):
            return request
    return None


def _readings(said: str, name: str) -> Iterator[_Words]:
    """Yield what was said with the companion's name in it and, if it stands there, without."""
    pairs = [pair for token in said.split() for pair in _spelt(token)]
    yield _Words(tuple(word for word, _ in pairs), tuple(spelt for _, spelt in pairs))
    called = set(_bare(plain(name)).split())
    rest = [pair for pair in pairs if pair[0] not in called]
    if len(rest) < len(pairs):
        yield _Words(tuple(word for word, _ in rest), tuple(spelt for _, spelt in rest))


def _spelt(token: str) -> list[tuple[str, str]]:
    words = _bare(plain(token)).split()
    return [(words[0], token.strip(_PUNCTUATION))] if len(words) == 1 else [(word, word) for word in words]


def _asked(words: _Words, grammar: _Grammar) -> AnyRequest | None:
    text = " ".join(words.plain)
    opened, closed = grammar.before.match(text), grammar.after.search(text)
    start, end = opened.end() if opened else 0, closed.start() if closed else len(text)
    for first, last in dict.fromkeys(((start, end), (0, end), (start, len(text)), (0, len(text)))):
        for pattern in grammar.patterns:
            if first < last and (match := pattern.regex.fullmatch(text, first, last)):
                return _made(pattern, match, words, grammar)
    return None


def _made(pattern: _Pattern, match: re.Match[str], words: _Words, grammar: _Grammar) -> AnyRequest:
    caught = {
        group: words.between(*match.span(group)) for group, text in match.groupdict().items() if text and text.strip()
    }
    if _bare(plain(caught.get("about", ""))) in grammar.myself:
        del caught["about"]
    unit = caught.pop("unit", "")
    fields: dict[str, str | int] = {"request": pattern.request, **pattern.given, **caught}
    if unit:
        fields["minutes"] = _minutes(caught.get("minutes", ""), unit, grammar)
    request: AnyRequest = msgspec.convert(fields, AnyRequest, strict=False)
    return request


def _minutes(count: str, unit: str, grammar: _Grammar) -> int:
    """Return minutes of "ten" + "minutes", "" + "hour", "" + "half hour"."""
    named = grammar.numbers.get(_bare(plain(unit)))
    if named:
        return named
    word = _bare(plain(count))
    number = int(word) if word.isdigit() else grammar.numbers.get(word, 1)
    return number * (HOUR if _bare(plain(unit)).startswith("h") else 1)


@lru_cache
def _grammar(language: str) -> _Grammar:
    book = documents.read(Path(__file__).with_name("requests") / f"{language}.yaml", _Book)
    counts = sorted(book.numbers, key=len, reverse=True)
    fragments = book.fragments | {"count": rf"(?:\d{{1,3}}|{'|'.join(counts)})"}
    return _Grammar(
        before=re.compile(rf"(?:(?:{_either(book.before)}) )+"),
        after=re.compile(rf"(?: (?:{_either(book.after)}))+$"),
        patterns=tuple(
            _Pattern(re.compile(_expand(line, fragments)), row.request, row.given)
            for row in book.rows
            for line in _lines(row.hears)
        ),
        numbers={_bare(word): number for word, number in book.numbers.items()},
        myself=frozenset(_bare(word.strip()) for word in book.myself.split(",")),
    )


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda found: _expand(fragments[found[1]], fragments), _bare(pattern))


def _bare(text: str) -> str:
    """Return `text` without accents, which some recognisers and many typists leave out."""
    parts = unicodedata.normalize("NFD", text.replace("œ", "oe"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _either(text: str) -> str:
    return "|".join(f"(?:{_bare(line)})" for line in _lines(text))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
