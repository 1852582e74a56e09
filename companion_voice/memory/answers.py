"""What the companion says about its memory, in short spoken sentences. Pure: the moment is a parameter.

It is given the facts and turns and looks nothing up. Words live in `answers/`. A fact is said in the companion's words
where its value allows that, else the person's own are quoted; either way with the day it was told. Days are counted
where the turn was said (its own offset).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.memory.facts import is_relation
from companion_voice.memory.records import Fact, Turn

MOST: Final = 4
"""Facts that are said aloud at once."""
QUOTED: Final = 2
"""Sentences of a summary that are said aloud at once."""
LONGEST_QUOTE: Final = 160
"""Characters of a quotation that is said aloud; it ends at a word."""
NEAR_DAYS: Final = 6
"""Days within which the name of a weekday is enough."""
YEAR_DAYS: Final = 300
"""Days within which a day needs no year."""

Scope: TypeAlias = Literal["that", "minutes", "about", "everything"]
Span: TypeAlias = Literal["session", "week", "month"]
Turns: TypeAlias = Mapping[int, Turn]
"""The turns that facts rest on, by `Turn.id`."""


class _Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    one: str
    many: str

    def of(self, count: int) -> str:
        return self.one if count == 1 else self.many.format(count=count)


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is said in one language."""

    subjects: dict[str, str]
    plural: str
    mine: dict[str, str]
    theirs: dict[str, str]
    first_person: str
    fact: str
    quoted: str
    more: str
    nothing: str
    nothing_of_you: str
    unknown: str
    before: str
    nothing_before: str
    facts_counted: _Counted
    turns_counted: _Counted
    and_: str
    read_back: dict[Scope, str]
    gone: dict[Literal["one", "many"], str]
    nothing_to_forget: str
    cancelled: str
    corrected: str
    corrected_value: str
    corrected_quote: str
    which_is_right: str
    never: str
    allowed: str
    off_record: str
    on_record: str
    pinned: str
    nothing_to_pin: str
    last: dict[Span, str]
    nothing_last: str
    unavailable: str
    no_room: str
    lingering: str
    in_journals: str
    day: dict[Literal["today", "yesterday", "near", "year", "far"], str]
    first_of_month: str
    weekdays: str
    months: str
    quotation: str


Fixed: TypeAlias = Literal[
    "nothing_of_you",
    "unknown",
    "nothing_before",
    "nothing_to_forget",
    "cancelled",
    "which_is_right",
    "off_record",
    "on_record",
    "pinned",
    "nothing_to_pin",
    "nothing_last",
    "unavailable",
    "no_room",
    "lingering",
    "in_journals",
]


def say(what: Fixed, language: str) -> str:
    """Return a sentence that is always the same, such as `unknown` ("I do not remember that.")."""
    sentence: str = getattr(_words(language), what)
    return sentence


def known(facts: Sequence[Fact], turns: Turns, *, about: str, language: str, now_us: int) -> str:
    """Return what is remembered `about` somebody (empty: the person), at most `MOST` facts and how many more."""
    words = _words(language)
    if not facts:
        return words.nothing.format(about=about) if about else words.nothing_of_you
    said = [_told(fact, turns[fact.turn], words, now_us) for fact in facts[:MOST]]
    more = [words.more.format(count=len(facts) - MOST)] if len(facts) > MOST else []
    return " ".join([*said, *more])


def noted(fact: Fact, *, language: str) -> str:
    """Return a fact as something new: in the companion's words, or quoted."""
    words = _words(language)
    return _sentence(fact, words) or words.quotation.format(text=_shortened(fact.quote))


def why(fact: Fact, turns: Turns, *, language: str, now_us: int) -> str:
    """Return where a fact comes from: the person's own words and the day."""
    words = _words(language)
    return words.quoted.format(when=_when(turns[fact.turn], words, now_us), quote=_shortened(fact.quote))


def recalled(turn: Turn, *, language: str, now_us: int) -> str:
    """Return a turn of the person as a dated quotation."""
    words = _words(language)
    return words.quoted.format(when=_when(turn, words, now_us), quote=_shortened(turn.text))


def before(fact: Fact, turns: Turns, *, language: str, now_us: int) -> str:
    """Return what a fact was before it changed: the older `fact`, quoted."""
    words = _words(language)
    return words.before.format(when=_when(turns[fact.turn], words, now_us), quote=_shortened(fact.quote))


def corrected(fact: Fact, *, language: str) -> str:
    """Return that `fact` is what holds now."""
    words = _words(language)
    sentence = _sentence(fact, words)
    if sentence:
        return words.corrected.format(sentence=sentence)
    if fact.origin == "person":  # its quote is what the person said before they put it right
        return words.corrected_value.format(value=fact.value)
    return words.corrected_quote.format(quote=_shortened(fact.quote))


def read_back(scope: Scope, *, facts: int, turns: int, language: str, about: str = "", minutes: int = 0) -> str:
    """Return the question that must be answered with yes before anything is forgotten."""
    words = _words(language)
    if not facts and not turns:
        return words.nothing_to_forget
    return words.read_back[scope].format(counted=_counted(facts, turns, words), about=about, minutes=minutes)


def receipt(*, facts: int, turns: int, language: str) -> str:
    """Return how much is gone."""
    words = _words(language)
    if not facts and not turns:
        return words.nothing_to_forget
    return words.gone["one" if facts + turns == 1 else "many"].format(counted=_counted(facts, turns, words))


def never(topic: str, *, language: str) -> str:
    """Return that nothing about `topic` (the person's words) will be kept or looked at."""
    return _words(language).never.format(topic=topic)


def allowed(topic: str, *, language: str) -> str:
    """Return that `topic` may be remembered again."""
    return _words(language).allowed.format(topic=topic)


def last_time(sentences: Sequence[str], first: Turn | None, *, span: Span, language: str, now_us: int) -> str:
    """Return what was talked about: sentences of a summary, whose earliest turn is `first`."""
    words = _words(language)
    if not sentences or first is None:
        return words.nothing_last
    quotes = words.and_.join(words.quotation.format(text=_shortened(text)) for text in sentences[:QUOTED])
    return words.last[span].format(quotes=quotes, when=_when(first, words, now_us))


def _told(fact: Fact, turn: Turn, words: _Words, now_us: int) -> str:
    when = _when(turn, words, now_us)
    sentence = _sentence(fact, words)
    if not sentence:
        return words.quoted.format(when=when, quote=_shortened(fact.quote))
    return words.fact.format(sentence=sentence[0].upper() + sentence[1:], when=when)


def _sentence(fact: Fact, words: _Words) -> str:
    """Return a fact in the companion's words, or nothing where they would come out wrong."""
    template = (words.mine if fact.subject == "me" else words.theirs).get(fact.slot, "")
    unsaid = is_relation(fact.subject) and fact.subject not in words.subjects
    own = set(_listed(words.first_person)) & set(fact.value.lower().replace("'", "' ").split())
    if not template or own or unsaid or fact.subject in _listed(words.plural):
        return ""
    return template.format(who=words.subjects.get(fact.subject, fact.subject), value=fact.value)


def _counted(facts: int, turns: int, words: _Words) -> str:
    parts = [words.turns_counted.of(turns)] * bool(turns) + [words.facts_counted.of(facts)] * bool(facts)
    return words.and_.join(parts)


def _when(turn: Turn, words: _Words, now_us: int) -> str:
    """Return the day of a turn as one says it today; a turn from the future (a clock was set back) gets its date."""
    told = datetime.fromisoformat(turn.time)
    today = (datetime.fromtimestamp(0, told.tzinfo) + timedelta(microseconds=now_us)).date()
    return _day(told.date(), (today - told.date()).days, words)


def _day(day: date, ago: int, words: _Words) -> str:
    distance: Literal["today", "yesterday", "near", "year", "far"]
    if ago in (0, 1):
        distance = "yesterday" if ago else "today"
    elif 0 < ago <= NEAR_DAYS:
        distance = "near"
    else:
        distance = "year" if 0 < ago <= YEAR_DAYS else "far"
    return words.day[distance].format(
        weekday=_listed(words.weekdays)[day.weekday()],
        day=words.first_of_month if day.day == 1 else day.day,
        month=_listed(words.months)[day.month - 1],
        year=day.year,
    )


def _shortened(text: str) -> str:
    """Return a text short enough to be quoted aloud."""
    one_line = " ".join(text.split()).rstrip(".")
    if len(one_line) <= LONGEST_QUOTE:
        return one_line
    return one_line[:LONGEST_QUOTE].rsplit(" ", maxsplit=1)[0] + " …"


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]


@lru_cache
def _words(language: str) -> _Words:
    return documents.read(Path(__file__).with_name("answers") / f"{language}.yaml", _Words)
