"""What the companion says about its memory: facts, where they come from, questions before forgetting, receipts."""

from datetime import datetime, timedelta
from typing import get_args

import msgspec
import pytest

from companion_voice.memory import answers
from companion_voice.memory.facts import extract
from companion_voice.memory.records import Fact, Turn

NOW = datetime.fromisoformat("2026-11-22T20:00:00+01:00")


def us(moment):
    return round(moment.timestamp() * 1_000_000)


def told(text, language="en", *, time="2026-05-03T10:00:00+02:00", turn_id=1):
    moment = datetime.fromisoformat(time)
    turn = Turn(
        turn_id, f"t{turn_id}", "s1", "owner", 1, "user", "", text, "", language, time, us(moment), pinned=False
    )
    facts = [
        Fact(
            i, f"f{i}", "owner", new.subject, new.slot, new.value, new.valid_from_us, new.valid_until_us, turn_id,
            new.quote, new.sensitivity, new.confidence, "pattern", us(moment), pinned=False,
        )
        for i, new in enumerate(extract(turn))
    ]  # fmt: skip
    return facts, {turn_id: turn}


def known(text, language="en", about="", **when):
    facts, turns = told(text, language, **when)
    assert facts
    return answers.known(facts, turns, about=about, language=language, now_us=us(NOW))


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "My sister is called Mary.", "Your sister is called Mary: you told me on 3 May."),
        ("en", "I live in Lyon.", "You live in Lyon: you told me on 3 May."),
        ("en", "I like to read.", "You like to read: you told me on 3 May."),
        ("en", "I'm allergic to nuts.", "You told me on 3 May: “I'm allergic to nuts”."),
        ("en", "My parents live in Cork.", "You told me on 3 May: “My parents live in Cork”."),
        ("fr", "Ma sœur s'appelle Marie.", "Votre sœur s'appelle Marie, vous me l'avez dit le 3 mai."),
        ("fr", "J'habite en Bretagne.", "Vous m'avez dit le 3 mai : « J'habite en Bretagne »."),
        ("fr", "J'aime le jazz.", "Vous aimez le jazz, vous me l'avez dit le 3 mai."),
        ("fr", "je déteste me lever tôt", "Vous m'avez dit le 3 mai : « je déteste me lever tôt »."),
    ],
)
def test_a_fact_is_said_with_the_day_it_was_told(language, text, said):
    assert known(text, language) == said


def test_a_relation_that_french_would_have_to_guess_is_quoted():
    said = known("Ma cousine Léna habite à Oslo.", "fr")
    assert "« Ma cousine Léna habite à Oslo »" in said


@pytest.mark.parametrize(
    ("time", "en", "fr"),
    [
        ("2026-11-22T08:00:00+01:00", "today", "aujourd'hui"),
        ("2026-11-21T23:50:00+01:00", "yesterday", "hier"),
        ("2026-11-17T12:00:00+01:00", "on Tuesday", "mardi"),
        ("2026-05-01T12:00:00+02:00", "on 1 May", "le 1er mai"),
        ("2023-05-08T13:56:00+00:00", "on 8 May 2023", "le 8 mai 2023"),
        ("2026-11-30T12:00:00+01:00", "on 30 November 2026", "le 30 novembre 2026"),
    ],
)
def test_days_are_said_as_people_say_them(time, en, fr):
    assert known("My name is Anna.", time=time) == f"Your name is Anna: you told me {en}."
    assert known("Je m'appelle Anna.", "fr", time=time) == f"Vous vous appelez Anna, vous me l'avez dit {fr}."


def test_a_list_stops_at_four_and_says_how_many_more():
    facts, turns = told("I like jazz. I like tea. I like cats. I like rain. I like bread. I like snow.")
    said = answers.known(facts, turns, about="", language="en", now_us=us(NOW))
    assert said.count("You like") == 4
    assert said.endswith("And 2 more; the command “companion memory list” shows all.")


@pytest.mark.parametrize(
    ("language", "unknown"), [("en", "I do not remember that."), ("fr", "Je ne m'en souviens pas.")]
)
def test_what_is_not_known_is_said(language, unknown):
    assert answers.say("unknown", language) == unknown
    assert "Mary" in answers.known([], {}, about="Mary", language=language, now_us=0)
    assert answers.known([], {}, about="", language=language, now_us=0)


def test_why_gives_the_quote_and_the_day():
    facts, turns = told("Well, my sister's name is Mary.")
    assert (
        answers.why(facts[0], turns, language="en", now_us=us(NOW))
        == "You told me on 3 May: “my sister's name is Mary”."
    )
    assert answers.recalled(turns[1], language="fr", now_us=us(NOW)) == (
        "Vous m'avez dit le 3 mai : « Well, my sister's name is Mary »."
    )


def test_what_was_before_and_what_was_put_right():
    facts, turns = told("I live in Lyon.")
    assert (
        answers.before(facts[0], turns, language="en", now_us=us(NOW))
        == "Before, on 3 May, you told me: “I live in Lyon”."
    )
    assert answers.corrected(facts[0], language="en") == "I have put that right: you live in Lyon."
    facts, _ = told("J'habite en Bretagne.", "fr")
    assert answers.corrected(facts[0], language="fr") == "C'est corrigé. Vous avez dit : « J'habite en Bretagne »."
    right = msgspec.structs.replace(facts[0], value="Nantes", origin="person")
    assert answers.corrected(right, language="fr") == "C'est corrigé : « Nantes »."


@pytest.mark.parametrize(
    ("language", "scope", "facts", "turns", "said"),
    [
        ("en", "about", 3, 12, "Forget everything about “Mary”: 12 things said and 3 facts? Say yes."),
        ("en", "that", 0, 1, "Forget what was just said: 1 thing said? Say yes."),
        ("en", "minutes", 1, 2, "Forget the last 10 minutes: 2 things said and 1 fact? Say yes."),
        ("fr", "about", 3, 12, "J'oublie tout sur « Mary » : 12 phrases dites et 3 choses retenues ? Dites oui."),
        ("fr", "minutes", 0, 2, "J'oublie les 10 dernières minutes : 2 phrases dites ? Dites oui."),
        ("en", "everything", 0, 0, "There is nothing of that in my memory."),
    ],
)
def test_forgetting_is_read_back(language, scope, facts, turns, said):
    assert answers.read_back(scope, facts=facts, turns=turns, language=language, about="Mary", minutes=10) == said


@pytest.mark.parametrize(
    ("language", "facts", "turns", "said"),
    [
        ("en", 3, 12, "Done: 12 things said and 3 facts are gone."),
        ("en", 0, 1, "Done: 1 thing said is gone."),
        ("fr", 3, 12, "C'est fait : 12 phrases dites et 3 choses retenues en moins."),
        ("fr", 0, 0, "Je n'ai rien de tel en mémoire."),
    ],
)
def test_a_receipt_counts_what_is_gone(language, facts, turns, said):
    assert answers.receipt(facts=facts, turns=turns, language=language) == said


def test_last_time_quotes_the_persons_sentences():
    _, turns = told("I moved to Lyon.", time="2026-11-21T10:00:00+01:00")
    said = answers.last_time(["I moved to Lyon."], turns[1], span="session", language="en", now_us=us(NOW))
    assert said == "Last time, yesterday, we talked about this. You said: “I moved to Lyon”."
    assert answers.last_time([], None, span="week", language="fr", now_us=0) == (
        "Je ne me souviens d'aucune conversation passée."
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_fixed_sentence_exists(language):
    for name in get_args(answers.Fixed):
        assert answers.say(name, language)
    assert "my health" in answers.never("my health", language=language)
    assert "my health" in answers.allowed("my health", language=language)


def test_a_long_quote_is_cut_at_a_word():
    _, turns = told("word " * 100)
    said = answers.recalled(turns[1], language="en", now_us=us(NOW + timedelta(days=1)))
    assert len(said) < 220
    assert said.endswith("word …”.")
