"""Dates in questions: what they mean, in both languages, whenever they are asked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.memory.recall.dates import Span, span
from companion_voice.memory.recall.words import load

SATURDAY = date(2024, 6, 15)
DATE_WORDS = [
    "in", "on", "last", "this", "ago", "two", "weeks", "may", "3", "31", "february", "2023", "summer", "christmas",
    "yesterday", "monday", "of",
]  # fmt: skip


def meant(text, language, today=SATURDAY):
    found = span(text, today, load(language).dates)
    return found and (str(found.first), str(found.last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("What did I say yesterday?", "2024-06-14", "2024-06-14"),
        ("the day before yesterday", "2024-06-13", "2024-06-13"),
        ("What did we talk about last Tuesday?", "2024-06-11", "2024-06-11"),
        ("and last Saturday", "2024-06-08", "2024-06-08"),
        ("Where was I last week?", "2024-06-03", "2024-06-09"),
        ("Where was I this week?", "2024-06-10", "2024-06-16"),
        ("what did I cook last weekend", "2024-06-07", "2024-06-09"),
        ("What happened last month?", "2024-05-01", "2024-05-31"),
        ("What happened last year?", "2023-01-01", "2023-12-31"),
        ("What did I do two weeks ago?", "2024-05-29", "2024-06-04"),
        ("10 days ago", "2024-06-05", "2024-06-05"),
        ("a couple of months ago", "2024-04-01", "2024-05-01"),
        ("Where did I go in May 2023?", "2023-05-01", "2023-05-31"),
        ("Where did I go in May?", "2024-05-01", "2024-05-31"),
        ("What did I plan in August?", "2023-08-01", "2023-08-31"),
        ("What happened last spring?", "2024-03-01", "2024-05-21"),
        ("What happened last summer?", "2023-06-01", "2023-08-21"),
        ("What happened this summer?", "2024-06-01", "2024-08-21"),
        ("What happened last winter?", "2023-12-01", "2024-02-21"),
        ("in the summer of 2022", "2022-06-01", "2022-08-21"),
        ("during winter 2023", "2023-12-01", "2024-02-21"),
        ("What did I get last Christmas?", "2023-12-22", "2023-12-28"),
        ("What did I say on 3 May 2023?", "2023-05-03", "2023-05-03"),
        ("on May 3rd, 2023", "2023-05-03", "2023-05-03"),
        ("the 3rd of May", "2024-05-03", "2024-05-03"),
        ("Who was I in 2021?", "2021-01-01", "2021-12-31"),
    ],
)
def test_english_dates(text, first, last):
    assert meant(text, "en") == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Qu'est-ce que j'ai dit hier ?", "2024-06-14", "2024-06-14"),
        ("et avant-hier", "2024-06-13", "2024-06-13"),
        ("De quoi avons-nous parlé mardi dernier ?", "2024-06-11", "2024-06-11"),
        ("Où étais-je la semaine dernière ?", "2024-06-03", "2024-06-09"),
        ("le mois dernier", "2024-05-01", "2024-05-31"),
        ("l'année dernière", "2023-01-01", "2023-12-31"),
        ("Que faisais-je il y a deux semaines ?", "2024-05-29", "2024-06-04"),
        ("il y a un an", "2023-03-17", "2023-09-15"),
        ("Où suis-je allé en mai ?", "2024-05-01", "2024-05-31"),
        ("en août 2022", "2022-08-01", "2022-08-31"),
        ("Que s'est-il passé l'été dernier ?", "2023-06-01", "2023-08-21"),
        ("au printemps", "2024-03-01", "2024-05-21"),
        ("à l'automne 2022", "2022-09-01", "2022-11-21"),
        ("le 3 mai 2023", "2023-05-03", "2023-05-03"),
        ("le 1er janvier", "2024-01-01", "2024-01-01"),
        ("à Noël", "2023-12-22", "2023-12-28"),
        ("en 2021", "2021-01-01", "2021-12-31"),
    ],
)
def test_french_dates(text, first, last):
    assert meant(text, "fr") == (first, last)


@pytest.mark.parametrize("text", ["May I ask who you are?", "I march on", "We fall in love", "What is my name?"])
def test_what_is_no_date_narrows_nothing(text):
    assert meant(text, "en") is None


@pytest.mark.parametrize("text", ["Ne pas perdre le nord", "Il a été malade", "Une semaine de vacances ?"])
def test_what_is_no_date_in_french_narrows_nothing(text):
    assert meant(text, "fr") is None


def test_a_leap_day_asked_in_another_year_is_the_last_of_that_february():
    assert meant("on 29 February", "en", date(2023, 6, 1)) == ("2023-02-28", "2023-02-28")


@given(
    today=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    words=st.lists(
        st.sampled_from(DATE_WORDS),
        max_size=6,
    ),
)
def test_a_span_never_ends_before_it_begins(today, words):
    found = span(" ".join(words), today, load("en").dates)
    assert found is None or found.first <= found.last


@given(
    text=st.text(max_size=60),
    today=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    language=st.sampled_from(["en", "fr"]),
)
def test_no_text_whatever_breaks_it(text, today, language):
    assert isinstance(span(text, today, load(language).dates), Span | None)
