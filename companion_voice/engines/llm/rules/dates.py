"""The time and the date in words people say. Knows no clock: it is told the moment."""

from datetime import date, datetime

from companion_voice.engines.llm.rules.book import Calendar, pairs, words


def time_said(moment: datetime, calendar: Calendar, counting: str) -> str:
    """Return the time of day, such as "a quarter past four"."""
    hours, numbers = calendar.hours.split(","), words(counting)
    phrase = next(said for minutes, said in pairs(calendar.minutes) if moment.minute in _minutes(minutes))
    return phrase.format(
        hour=hours[moment.hour].strip(),
        next=hours[(moment.hour + 1) % len(hours)].strip(),
        minute=numbers[moment.minute],
        left=numbers[60 - moment.minute] if moment.minute else "",
    )


def date_said(day: date, calendar: Calendar) -> dict[str, str]:
    """Return the slots `weekday`, `day`, `month` and `year`."""
    return {
        "weekday": words(calendar.weekdays)[day.weekday()],
        "day": words(calendar.days)[day.day - 1],
        "month": words(calendar.months)[day.month - 1],
        "year": str(day.year),
    }


def _minutes(written: str) -> set[int]:
    """Return the minutes of `5 10 20` or `2-29`."""
    found: set[int] = set()
    for part in written.split():
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found
