from datetime import datetime

import pytest

from companion_voice.engines.llm.rules.book import open_book
from companion_voice.engines.llm.rules.dates import date_said, time_said
from tests.engines.llm.rules.speaking import answer


@pytest.mark.parametrize(
    ("moment", "english", "french"),
    [
        ("2026-11-22T12:30", "half past noon", "midi trente"),
        ("2026-11-22T04:00", "four o'clock", "quatre heures"),
        ("2026-11-22T16:10", "ten past four", "seize heures dix"),
        ("2026-11-22T01:01", "one minute past one", "une heure une"),
        ("2026-11-22T21:21", "twenty-one minutes past nine", "vingt-et-une heures vingt-et-une"),
        ("2026-11-22T09:15", "a quarter past nine", "neuf heures quinze"),
        ("2026-11-22T23:45", "a quarter to midnight", "vingt-trois heures quarante-cinq"),
        ("2026-11-22T23:59", "one minute to midnight", "vingt-trois heures cinquante-neuf"),
    ],
)
def test_the_time_is_said_as_people_say_it(moment: str, english: str, french: str) -> None:
    for language, said in (("en", english), ("fr", french)):
        book = open_book(language)
        assert time_said(datetime.fromisoformat(moment), book.calendar, book.counting) == said


@pytest.mark.parametrize(("hour", "english", "french"), [("00", "midnight", "minuit"), ("12", "noon", "midi")])
def test_noon_and_midnight_are_not_counted_hours(hour: str, english: str, french: str) -> None:
    now = f"2026-11-22T{hour}:00:00+01:00"
    assert answer("what time is it", now=now).endswith(f" {english}.")
    assert answer("quelle heure est-il", language="fr", now=now).endswith(f" {french}.")


def test_every_minute_of_the_day_can_be_said() -> None:
    for language in ("en", "fr"):
        book = open_book(language)
        said = {
            time_said(datetime(2026, 11, 22, hour, minute), book.calendar, book.counting)  # noqa: DTZ001
            for hour in range(24)
            for minute in range(60)
        }
        assert len(said) == {"en": 12 * 60 + 60, "fr": 24 * 60}[language]


def test_the_first_of_the_month_has_its_own_word() -> None:
    first = datetime.fromisoformat("2027-03-01T08:00")
    assert date_said(first, open_book("fr").calendar)["day"] == "premier"
    assert date_said(first, open_book("en").calendar) == {
        "weekday": "Monday",
        "day": "first",
        "month": "March",
        "year": "2027",
    }
