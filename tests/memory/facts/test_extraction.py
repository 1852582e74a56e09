"""Facts by pattern: what is taken from a turn, what never is, and that every quote is the person's own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.memory.facts import extract, slot_of, subject_of
from companion_voice.memory.records import Turn

SUNDAY = "2026-11-22T20:00:00+01:00"


def turn(text, language="en", *, who="user", time=SUNDAY):
    us = round(datetime.fromisoformat(time).timestamp() * 1_000_000)
    return Turn(1, "t1", "s1", "owner", 1, who, "", text, "", language, time, us, pinned=False)


def taken(text, language="en"):
    return {(fact.subject, fact.slot, fact.value) for fact in extract(turn(text, language))}


def day(moment_us):
    return datetime.fromtimestamp(moment_us / 1_000_000, UTC).isoformat()[:16]


@pytest.mark.parametrize(
    ("language", "text", "facts"),
    [
        ("en", "My sister's name is Mary.", {("sister", "name", "Mary")}),
        ("en", "my sisters name is mary", {("sister", "name", "mary")}),
        ("en", "My brother Paul lives in Rome.", {("brother", "name", "Paul"), ("Paul", "home", "Rome")}),
        ("en", "im thirty four years old", {("me", "age", "thirty four")}),
        ("en", "I like cheese and wine.", {("me", "likes", "cheese and wine")}),
        ("en", "My favourite colour is green.", {("me", "favourite colour", "green")}),
        ("en", "my name is anna what's yours", {("me", "name", "anna")}),
        ("en", "My name is Anna, what's yours?", {("me", "name", "Anna")}),
        ("en", "Please remember that I'm allergic to nuts.", {("me", "allergy", "nuts")}),
        ("en", "remember that the key is under the pot", {("me", "note", "the key is under the pot")}),
        ("fr", "Je m'appelle Anna.", {("me", "name", "Anna")}),
        ("fr", "ma soeur s’appelle Zoé", {("sister", "name", "Zoé")}),
        ("fr", "Mon frère Paul habite à Rome.", {("brother", "name", "Paul"), ("Paul", "home", "Rome")}),
        ("fr", "j'aime les gens qui rient", {("me", "likes", "les gens qui rient")}),
        ("fr", "Ma couleur préférée est le vert.", {("me", "couleur préférée", "le vert")}),
        ("fr", "Souviens-toi que la clé est sous le pot.", {("me", "note", "la clé est sous le pot")}),
    ],
)
def test_a_plain_statement_is_a_fact(language, text, facts):
    assert taken(text, language) == facts


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "She said my name is Bob."),
        ("en", "“I live in Berlin”, it says here."),
        ("en", "My name isn't Bob."),
        ("en", "If my name is Bob then yours is Alice."),
        ("en", "Do you know my sister's name?"),
        ("en", "do you remember that my sister is called mary"),
        ("en", "Once upon a time there was a king, my name is Arthur he said."),
        ("en", "Let me tell you a joke. My wife's name is Misery."),
        ("en", "I used to live in Paris."),
        ("en", "I'm tired."),
        ("en", "call me later"),
        ("en", "I love you."),
        ("fr", "Elle a dit je m'appelle Brigitte."),
        ("fr", "« J'habite à Berlin », répond-il."),
        ("fr", "Je ne m'appelle pas Bob."),
        ("fr", "Si je m'appelle Bob alors toi c'est Alice."),
        ("fr", "Tu te souviens que ma sœur s'appelle Marie ?"),
        ("fr", "Il était une fois un roi, je m'appelle Arthur disait-il."),
        ("fr", "Je suis fatigué."),
        ("fr", "J'ai un chat dans la gorge."),
        ("fr", "je t'aime"),
    ],
)
def test_what_is_quoted_asked_denied_supposed_or_told_in_jest_is_none(language, text):
    assert not taken(text, language)


def test_nothing_is_ever_taken_from_the_companion():
    assert not extract(turn("Your sister's name is Mary. My name is Robin.", who="companion"))


@pytest.mark.parametrize(
    ("language", "text", "since"),
    [
        ("en", "I moved to Lyon in May.", "2026-04-30T23:00"),
        ("en", "I moved to Lyon in December.", "2025-11-30T23:00"),
        ("en", "I moved to Lyon in May 2019.", "2019-04-30T23:00"),
        ("en", "we moved to lyon two years ago", "2023-12-31T23:00"),
        ("en", "I moved to Lyon last year", "2024-12-31T23:00"),
        ("fr", "J'ai déménagé à Lyon en mai.", "2026-04-30T23:00"),
        ("fr", "on a déménagé à lyon l'an dernier", "2024-12-31T23:00"),
        ("fr", "Je me suis installé à Lyon au printemps.", "2026-02-28T23:00"),
    ],
)
def test_a_move_is_valid_from_the_last_such_month(language, text, since):
    (fact,) = extract(turn(text, language))
    assert (fact.slot, fact.value.lower(), day(fact.valid_from_us), fact.closes) == ("home", "lyon", since, True)


@pytest.mark.parametrize(
    ("language", "text", "slot", "value"),
    [
        ("en", "My exam is on Friday.", "exam", "on Friday 27 November 2026"),
        ("en", "my exam is on sunday", "exam", "on Sunday 29 November 2026"),
        ("en", "The wedding is on the fifth of June.", "wedding", "on Saturday 5 June 2027"),
        ("en", "I have a job interview tomorrow at 9 am.", "job interview", "on Monday 23 November 2026"),
        ("fr", "Mon examen est vendredi.", "examen", "le vendredi 27 novembre 2026"),
        (
            "fr",
            "J'ai rendez-vous chez le dentiste demain.",
            "rendez-vous chez le dentiste",
            "le lundi 23 novembre 2026",
        ),
    ],
)
def test_an_appointment_is_dated_from_the_turn_and_holds_until_its_day_is_over(language, text, slot, value):
    (fact,) = extract(turn(text, language))
    assert (fact.slot, fact.value) == (slot, value)
    told = datetime.fromisoformat(SUNDAY)
    ends = datetime.fromtimestamp(fact.valid_until_us / 1_000_000, told.tzinfo)
    assert (ends.hour, ends.minute) == (0, 0)
    assert ends > told


def test_a_day_that_no_calendar_has_is_no_fact():
    assert not taken("My exam is on the 31st of February.")


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("I live in Rome.", True),
        ("my mother's name is Ann", True),
        ("my brother's name is Tom", False),
        ("I like jazz.", False),
    ],
)
def test_only_what_one_has_one_of_closes_the_old_value(text, closes):
    assert [fact.closes for fact in extract(turn(text))] == [closes]


@pytest.mark.parametrize(
    ("text", "sensitivity"),
    [
        ("I'm allergic to nuts.", "health"),
        ("I'm Catholic.", "belief"),
        ("I earn 2,400 pounds a month.", "money"),
        ("remember that my hospital appointment was moved", "health"),
        ("I live in Rome.", "ordinary"),
    ],
)
def test_what_is_delicate_is_marked(text, sensitivity):
    assert [fact.sensitivity for fact in extract(turn(text))] == [sensitivity]


def test_an_unknown_language_is_read_as_english():
    assert extract(turn("My name is Anna.", "de"))


def test_a_long_text_that_is_read_out_tells_nothing():
    assert not extract(turn("My name is Anna. " * 500))


@pytest.mark.parametrize(
    ("language", "words", "subject"),
    [
        ("en", "my sister", "sister"),
        ("en", "mum", "mother"),
        ("en", "me", "me"),
        ("en", "Mary", "Mary"),
        ("fr", "ma soeur", "sister"),
        ("fr", "Maman", "mother"),
        ("fr", "moi", "me"),
        ("fr", "Zoé", "Zoé"),
    ],
)
def test_a_question_names_the_subject_that_is_stored(language, words, subject):
    assert subject_of(words, language) == subject


@pytest.mark.parametrize(
    ("language", "words", "slot"),
    [
        ("en", "my address", "address"),
        ("en", "phone number", "phone"),
        ("fr", "mon adresse", "address"),
        ("fr", "métier", "job"),
    ],
)
def test_a_question_names_the_slot_that_is_stored(language, words, slot):
    assert slot_of(words, language) == slot


WORDS = """my sister's name is|Mary|i live in|Paris|and|she said|if|ma sœur s'appelle|Zoé|j'habite à|“|»|?|.|,|’|
remember that|Straße|e\u0301|İ|ﬁ|👩‍👩‍👧|on Friday|le 31 février|my exam is"""
PIECES = st.sampled_from(WORDS.split("|"))


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=25).map(" ".join), st.sampled_from(["en", "fr"]))
def test_every_quote_stands_literally_in_the_turn(text, language):
    for fact in extract(turn(text, language)):
        assert fact.quote
        assert fact.quote in text
        assert fact.value
        assert "{" not in fact.slot
