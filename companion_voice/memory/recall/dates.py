"""Dates as people say them in a question ("last spring", "il y a deux semaines"), as a span of days. Pure.

The day it is asked is a parameter. How dates are said stands in the language's YAML; what they mean stands here.
"""

import calendar
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Literal, TypeAlias

import msgspec

from companion_voice.boundaries.words import plain

_Yearly: TypeAlias = Callable[[int], "Span"]
_InYear: TypeAlias = Callable[[_Yearly], "Span"]
Unit: TypeAlias = Literal["day", "week", "weekend", "month", "year"]
DAYS: dict[Unit, int] = {"day": 1, "week": 7, "weekend": 7, "month": 30, "year": 365}
AROUND: dict[Unit, int] = {"day": 0, "week": 3, "weekend": 3, "month": 15, "year": 91}
"""Days to both sides of so many units ago, for people round."""


_YEARLY = ("month", "season", "holiday")

LEAP_YEAR = 2024
"""A year that has every day."""


class Span(msgspec.Struct, frozen=True):
    """The days from `first` to `last`, both included."""

    first: date
    last: date


class Pattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of saying a date; `{month}` and the like stand for the words of that kind."""

    means: Literal["ago", "last", "this", "calendar"]
    pattern: str
    days: int | None = None


class DateWords(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """The words that a language says dates with."""

    months: dict[str, int]
    weekdays: dict[str, int]
    seasons: dict[str, int]
    units: dict[str, Unit]
    numbers: dict[str, int]
    holidays: dict[str, tuple[int, int]]
    ordinal: str
    patterns: tuple[Pattern, ...]


def span(text: str, today: date, words: DateWords, *, told: date | None = None) -> Span | None:
    """Return the days that a question speaks of, or None.

    A named month, season or day without a year ("in May") is the latest that had begun by the day `told`, when
    something was last told, else by `today`.
    """
    said = plain(text)
    for pattern, compiled in zip(words.patterns, _compiled(words), strict=True):
        if found := compiled.search(said):
            said_of = found.groupdict()
            yearly = pattern.means == "calendar" and any(map(said_of.get, _YEARLY))
            meant = _meaning(pattern, said_of, told if told and yearly else today, words)
            if meant:
                return meant
    return None


def _meaning(pattern: Pattern, said: dict[str, str | None], today: date, words: DateWords) -> Span | None:
    """Return what one found expression means, or None for a day that no calendar has."""
    if pattern.means == "calendar" or (pattern.means == "last" and not said.get("unit")):
        return _calendar(said, today, words, ended=pattern.means == "last")
    if pattern.days is not None:
        day = today - timedelta(days=pattern.days)
        return Span(day, day)
    unit = words.units[said["unit"] or ""]
    if pattern.means == "ago":
        return _ago(_number(said["number"] or "", words), unit, today)
    return _unit(unit, today, back=1 if pattern.means == "last" else 0)


def _ago(number: int, unit: Unit, today: date) -> Span | None:
    """Return the days around `number` units ago, or None for before all calendars."""
    if number * DAYS[unit] > (today - date.min).days - DAYS["year"]:
        return None
    middle = today - timedelta(days=number * DAYS[unit])
    around = timedelta(days=AROUND[unit])
    return Span(middle - around, min(middle + around, today))


def _unit(unit: Unit, today: date, *, back: int) -> Span:
    """Return the calendar unit that today is in, or the one before it."""
    if unit == "day":
        day = today - timedelta(days=back)
        return Span(day, day)
    if unit in ("week", "weekend"):
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return Span(monday if unit == "week" else monday + timedelta(days=4), monday + timedelta(days=6))
    if unit == "year":
        return Span(date(today.year - back, 1, 1), date(today.year - back, 12, 31))
    last = today.replace(day=1) - timedelta(days=1)
    return _month(last.year, last.month) if back else _month(today.year, today.month)


def _calendar(said: dict[str, str | None], today: date, words: DateWords, *, ended: bool) -> Span | None:
    """Return the named day, month, season, holiday, weekday or year; without a year the latest begun, or ended."""
    year = int(said.get("year") or 0) or None
    in_year = partial(_in_year, year, today, ended)
    if name := said.get("month"):
        return _month_or_day(words.months[name], said.get("day"), year, in_year)
    if name := said.get("season"):
        begins = words.seasons[name]
        return in_year(lambda year: _season(year, begins))
    if name := said.get("holiday"):
        month, day = words.holidays[name]
        return in_year(lambda year: _around(date(year, month, day)))
    if name := said.get("weekday"):
        last = today - timedelta(days=(today.weekday() - words.weekdays[name] - 1) % 7 + 1)
        return Span(last, last)
    return Span(date(year, 1, 1), date(year, 12, 31)) if year else None


def _month_or_day(month: int, day: str | None, year: int | None, in_year: _InYear) -> Span | None:
    """Return a month or one day of it; None when it has no such day in any year or in the year said."""
    if day is None:
        return in_year(lambda year: _month(year, month))
    number = int(day)
    if not 1 <= number <= calendar.monthrange(year or LEAP_YEAR, month)[1]:
        return None
    return in_year(lambda year: _day(year, month, number))


def _day(year: int, month: int, number: int) -> Span:
    """Return a day; for 29 February the last of the month where there is none."""
    day = date(year, month, min(number, calendar.monthrange(year, month)[1]))
    return Span(day, day)


def _in_year(year: int | None, today: date, ended: bool, of: _Yearly) -> Span:
    """Return the span of `year`, or without one of the latest year in which it has begun (or has ended)."""
    if year is not None:
        return of(year)
    this, before = of(today.year), of(today.year - 1)
    if ended:
        return next((span for span in (this, before) if span.last < today), of(today.year - 2))
    return this if this.first <= today else before


def _month(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _season(year: int, month: int) -> Span:
    """Return a season, from the first day of its first month; winter reaches into the next year."""
    ends = date(year + (month == 12), (month + 2) % 12 or 12, 21)  # noqa: PLR2004 - December
    return Span(date(year, month, 1), ends)


def _around(day: date) -> Span:
    return Span(day - timedelta(days=3), day + timedelta(days=3))


def _number(said: str, words: DateWords) -> int:
    return int(said) if said.isdigit() else words.numbers[said]


@lru_cache(maxsize=8)
def _compiled(words: DateWords) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a language with its words put in, bounded by word ends."""
    kinds = {
        "month": _any(words.months),
        "weekday": _any(words.weekdays),
        "season": _any(words.seasons),
        "unit": _any(words.units),
        "holiday": _any(words.holidays),
        "number": rf"\d{{1,3}}|{_any(words.numbers)}",
        "year": r"(?:19|20)\d\d",
    }
    groups = {kind: f"(?P<{kind}>{either})" for kind, either in kinds.items()}
    groups["day"] = rf"(?P<day>[0-3]?\d)(?:{words.ordinal})?"
    return tuple(re.compile(rf"(?<!\w)(?:{_filled(p.pattern, groups)})(?!\w)") for p in words.patterns)


def _filled(pattern: str, groups: dict[str, str]) -> str:
    """Return a pattern with each `{kind}` replaced; a kind that stands twice is captured where it stands first."""
    for kind, group in groups.items():
        once = pattern.replace("{" + kind + "}", group, 1)
        pattern = once.replace("{" + kind + "}", group.replace(f"?P<{kind}>", "?:"))
    return pattern


def _any(names: Iterable[str]) -> str:
    """Return an alternation of names, longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
