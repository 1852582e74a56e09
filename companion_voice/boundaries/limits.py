"""How long the companion is used, and what is said about it. Pure.

A ledger counts use by the clock that cannot be set, so that a restart or a change of the wall clock neither loses nor
invents minutes. Nothing here ends a conversation: it suggests, and while a crisis lasts it is silent.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from companion_voice.boundaries import data
from companion_voice.boundaries.moments import Moment, at_least
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.understanding import matches

Kind: TypeAlias = Literal["soft", "firm", "cap", "quiet"]
GAP = 15 * 60.0
"""Seconds without a turn after which use is no longer continuous and a pause is not counted."""
DAYS_KEPT = 31
WEEK = 7
NIGHT = "23:00-06:00"


class Day(msgspec.Struct, frozen=True):
    """One day's use."""

    seconds: float = 0.0
    sessions: int = 0
    at_night: float = 0.0
    """Of those seconds, the ones between 23:00 and 06:00."""


class Ledger(msgspec.Struct, frozen=True):
    """What is known of the person's use: durations and dates, never words. Kept across restarts."""

    days: dict[str, Day] = msgspec.field(default_factory=dict)
    """By local date."""
    last: Moment | None = None
    """When the companion was last used."""
    stretch: float = 0.0
    """Seconds of continuous use until then."""
    told: tuple[Kind, ...] = ()
    """What was already said in this stretch, or for the cap and quiet hours on this day."""
    told_on: str = ""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `limits/<language>.yaml` holds."""

    soft: str
    firm: str
    cap: str
    quiet: str
    contract: str
    report: str
    units: dict[str, tuple[str, str]]
    """What is counted: for one, and for several."""
    nothing: str
    off: str
    """That the person wants no report."""
    asks: tuple[str, ...]
    """How people ask for the report, in the whole of what they say (see understanding.py)."""


def used(ledger: Ledger, now: Moment) -> Ledger:
    """Return the ledger after a turn at `now`."""
    passed = at_least(ledger.last, now) if ledger.last else GAP + 1
    goes_on = passed <= GAP
    day = ledger.days.get(now.day, Day())
    counted = passed if goes_on else 0.0
    day = Day(
        seconds=day.seconds + counted,
        sessions=day.sessions + (not goes_on or not day.sessions),
        at_night=day.at_night + (counted if _within(now.minute, NIGHT) else 0.0),
    )
    stretch = ledger.stretch + counted if goes_on else 0.0
    kept = dict(sorted({**ledger.days, now.day: day}.items())[-DAYS_KEPT:])
    told = tuple(kind for kind in ledger.told if _still_told(kind, ledger, now, goes_on=goes_on))
    return Ledger(days=kept, last=now, stretch=stretch, told=told, told_on=now.day)


def due(ledger: Ledger, now: Moment, settings: Boundaries, *, crisis: bool = False) -> Kind | None:
    """Return what should be suggested now, the weightiest first, or None; never anything in a crisis."""
    time = settings.time
    today = ledger.days.get(now.day, Day())
    reached: dict[Kind, bool] = {
        "cap": bool(time.daily_cap) and today.seconds >= time.daily_cap * 60,
        "firm": ledger.stretch >= time.break_firm * 60,
        "soft": bool(time.break_soft) and ledger.stretch >= time.break_soft * 60,
        "quiet": is_quiet(settings, now.minute),
    }
    if crisis:
        return None
    return next((kind for kind, is_reached in reached.items() if is_reached and kind not in ledger.told), None)


def is_quiet(settings: Boundaries, minute: int) -> bool:
    """Tell whether a local minute of the day lies in the person's quiet hours."""
    return _within(minute, settings.time.quiet_hours)


def said(ledger: Ledger, kind: Kind, now: Moment) -> Ledger:
    """Return the ledger after `kind` was said; a firm suggestion makes a soft one needless."""
    told: tuple[Kind, ...] = ("soft", "firm") if kind == "firm" else (kind,)
    return msgspec.structs.replace(ledger, told=(*ledger.told, *told), told_on=now.day)


def text(kind: Kind, ledger: Ledger, settings: Boundaries, language: str) -> str:
    """Return the words of a suggestion, with the sentence the person wrote to themselves where there is one."""
    words = _words(language)
    sentence: str = getattr(words, kind).format(minutes=round(ledger.stretch / 60), cap=settings.time.daily_cap)
    own = settings.time.self_contract
    return f"{sentence} {words.contract.format(sentence=own)}" if kind == "cap" and own else sentence


def asked(said: str, language: str) -> bool:
    """Tell whether the person asks how long they have talked."""
    return matches(_words(language).asks, said)


def answer(ledger: Ledger, settings: Boundaries, language: str, *, today: str) -> str:
    """Return the weekly report, or that the person wants none. `today`: local date, ISO 8601."""
    if settings.time.weekly_report == "off":
        return _words(language).off
    return report(ledger, language, today=today)


def report(ledger: Ledger, language: str, *, today: str) -> str:
    """Return the use of the seven days until `today` in one or two sentences."""
    begin = (date.fromisoformat(today) - timedelta(days=WEEK - 1)).isoformat()
    days = [day for on, day in ledger.days.items() if begin <= on <= today]
    words, seconds = _words(language), sum(day.seconds for day in days)
    if not seconds:
        return words.nothing
    counts = {"minutes": round(seconds / 60), "sessions": sum(day.sessions for day in days), "days": len(days)}
    counted = {unit: f"{count} {words.units[unit][count != 1]}" for unit, count in counts.items()}
    return words.report.format(**counted, night=round(100 * sum(day.at_night for day in days) / seconds))


def _still_told(kind: Kind, ledger: Ledger, now: Moment, *, goes_on: bool) -> bool:
    return goes_on if kind in ("soft", "firm") else ledger.told_on == now.day


def _within(minute: int, hours: str) -> bool:
    if not hours:
        return False
    begin, end = ([int(part) for part in clock.split(":")] for clock in hours.split("-"))
    first, last = begin[0] * 60 + begin[1], end[0] * 60 + end[1]
    return first <= minute < last if first <= last else minute >= first or minute < last


@lru_cache(maxsize=2)
def _words(language: str) -> Words:
    return data.shipped(Words, "limits", language)
