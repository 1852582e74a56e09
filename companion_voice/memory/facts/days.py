"""Days as people say them, counted from the moment of the turn that names them. Knows no clock and no facts.

Words of a language are given (`Calendar`); what is found is a calendar day, and a moment is local midnight of the
turn's own offset, in microseconds since 1970 (UTC).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

import msgspec

DAY: Final = timedelta(days=1)
SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
LONG_MONTH, LAST_MONTH = 31, 12


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The words of a language for days; lists are separated by commas, alternatives by `|`, all without accents."""

    months: str
    weekdays: str
    ordinals: str
    """The days of a month in words, from the first."""
    numbers: str
    """Numbers in words, from one."""
    near: dict[str, str]
    """Days from today, such as `tomorrow: 1`."""
    seasons: dict[str, str]
    """What each season of `SEASONS` is called."""
    units: dict[str, str]
    """What `day`, `week`, `month` and `year` are called, in the plural or not."""
    said: str
    """How a day is written into a fact, from {weekday}, {day}, {month} and {year}."""
    said_months: str
    said_weekdays: str

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return what each word for a month, weekday, ordinal or number counts, from one."""
        found: dict[str, int] = {}
        for words in (self.months, self.weekdays, self.ordinals, self.numbers):
            for place, alternatives in enumerate(listed(words), start=1):
                found |= dict.fromkeys(alternatives.split("|"), place)
        return found

    def say(self, day: date) -> str:
        """Return `day` in words, such as "on Friday 27 November 2026"."""
        month, weekday = listed(self.said_months)[day.month - 1], listed(self.said_weekdays)[day.weekday()]
        return self.said.format(weekday=weekday, day=day.day, month=month, year=day.year)


def listed(words: str) -> list[str]:
    """Return the entries of a list with commas."""
    return [word.strip() for word in words.split(",")]


def day_ahead(groups: Mapping[str, str | None], calendar: Calendar, told: datetime) -> date | None:
    """Return the day that the groups `near`, `weekday`, or `day` and `month` of a match mean, from `told` on."""
    today = told.date()
    if near := groups.get("near"):
        return today + DAY * int(calendar.near[near])
    if weekday := groups.get("weekday"):
        away = (calendar.places[weekday] - 1 - today.weekday()) % 7
        return today + DAY * (away or 7)
    day, month = _number(groups.get("day"), calendar), _number(groups.get("month"), calendar)
    year = groups.get("year")
    if year:
        return _date(int(year), month, day)
    this = _date(today.year, month, day)
    return this if this and this >= today else _date(today.year + 1, month, day)


def begun(groups: Mapping[str, str | None], calendar: Calendar, told: datetime) -> date | None:
    """Return the past day that "in May", "in 2019", "last year", "two years ago" or "last spring" began with."""
    today = told.date()
    if year := groups.get("in_year"):
        return _date(int(year), 1, 1)
    if month := groups.get("in_month"):
        of_year = groups.get("of_year")
        place = calendar.places[month]
        return _date(int(of_year), place, 1) if of_year else _latest(place, today)
    said = groups.get("season") or groups.get("last") or groups.get("unit") or ""
    if season := _key(said, calendar.seasons):
        return _latest(SEASONS[season], today)
    unit = _key(said, calendar.units)
    return _back(today, unit, _number(groups.get("count"), calendar) or 1) if unit else None


def moment(day: date, told: datetime) -> int:
    """Return midnight at the beginning of `day` where `told` was said, in microseconds UTC."""
    return round(datetime.combine(day, time(), told.tzinfo).timestamp() * 1_000_000)


def _key(said: str, called: Mapping[str, str]) -> str:
    """Return what is called `said`, or nothing."""
    return next((key for key, words in called.items() if said in words.split("|")), "")


def _latest(month: int, today: date) -> date | None:
    return _date(today.year if month <= today.month else today.year - 1, month, 1)


def _back(today: date, unit: str, count: int) -> date | None:
    if unit == "day":
        return today - DAY * min(count, 40_000)
    if unit == "week":
        return today - DAY * 7 * min(count, 5_000)
    if unit == "year":
        return _date(today.year - count, 1, 1)
    months = today.year * 12 + today.month - 1 - count
    return _date(months // 12, months % 12 + 1, 1)


def _number(word: str | None, calendar: Calendar) -> int:
    """Return a number in digits ("3", "3rd") or in words; 0 when there is none."""
    if not word:
        return 0
    digits = "".join(letter for letter in word if letter.isdigit())
    return int(digits) if digits else calendar.places.get(word, 0)


def _date(year: int, month: int, day: int) -> date | None:
    """Return a date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
