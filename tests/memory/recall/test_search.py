"""Recall on a real database: what is found, in which order, and how sure."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from companion_voice.memory.recall import postings
from tests.memory.recall.conftest import Remembered


def chatter(memory, count=20, **options):
    for number in range(count):
        memory.turn(
            f"The weather was {'grey' if number % 2 else 'bright'} again, page {number} of the diary.", **options
        )


def test_the_turn_that_says_it_comes_first(memory):
    chatter(memory, session="a")
    told = memory.turn("I adopted a lurcher from the shelter.", session="b")
    chatter(memory, session="c")
    assert memory.keys("Which dog was adopted at the shelter?")[0] == told.key


def test_an_answer_is_found_by_the_words_of_its_question(memory):
    chatter(memory, session="a")
    memory.turn("And how much did the cello cost?", who="companion", session="b")
    answer = memory.turn("Four hundred, on credit.", session="b")
    assert answer.key in memory.keys("What did the cello cost?")[:2]


def test_context_does_not_reach_into_another_conversation(memory):
    memory.turn("And how much did the cello cost?", who="companion", session="a")
    other = memory.turn("Four hundred, on credit.", session="b")
    same = memory.turn("Zanzibar!", session="b")
    assert not {other.key, same.key} & set(memory.keys("cello")[:1])
    scores = {item.key: item.score for item in memory.search("cello").items}
    assert scores.get(other.key, 0) < 0.5 * max(scores.values())


def test_whom_the_question_names_decides_between_two_who_say_the_same(memory):
    first = memory.turn("I would love to see Norway.", who="user", name="Nadia", session="a")
    second = memory.turn("I would love to see Norway.", who="companion", name="Tom", session="b")
    assert memory.keys("Would Nadia like Norway?")[0] == first.key
    assert memory.keys("Would Tom like Norway?")[0] == second.key


@pytest.mark.parametrize(("question", "who"), [("What did I say about Norway?", "user"), ("What did you say about Norway?", "companion"),
                                               ("Qu'est-ce que j'ai dit de Norway ?", "user"), ("Qu'as-tu dit de Norway ?", "companion")])  # fmt: skip
def test_i_is_the_person_and_you_is_the_companion(memory, question, who):
    said = {side: memory.turn("Norway is beautiful.", who=side, session=side).key for side in ("user", "companion")}
    assert memory.keys(question)[0] == said[who]


def test_a_date_in_the_question_narrows_the_search(memory):
    spring = memory.turn("We walked along the river.", session="a", time="2024-04-10T10:00:00+00:00")
    winter = memory.turn("We walked along the river.", session="b", time="2024-01-10T10:00:00+00:00")
    assert memory.keys("Where did we walk last spring?")[0] == spring.key
    assert memory.keys("Where did we walk in January?")[0] == winter.key


def test_a_question_of_nothing_but_a_date_gives_that_day(memory):
    chatter(memory, session="a", time="2024-05-01T10:00:00+00:00")
    tuesday = memory.turn("The plumber came.", session="b", time="2024-06-11T10:00:00+00:00")
    found = memory.search("What did we talk about last Tuesday?")
    assert found.items[0].key == tuesday.key
    assert found.sure


@pytest.mark.parametrize(("told", "question"), [("Nous mangions des crêpes à Quimper.", "Qu'a-t-on mangé à Quimper ?"),
                                                ("J'ai déménagé à Besançon", "Quand est-ce que j'ai demenage a besancon")])  # fmt: skip
def test_french_is_found_in_other_forms_and_without_accents(memory, told, question):
    chatter(memory)
    key = memory.turn(told, session="b").key
    assert memory.keys(question)[0] == key


def test_a_name_is_found_across_languages(memory):
    chatter(memory)
    key = memory.turn("Je vois Marie demain.", session="b").key
    assert memory.keys("When do I see Marie?", language="en")[0] == key


def test_a_word_of_like_meaning_is_found(memory):
    chatter(memory)
    key = memory.turn("Her children play in the garden.", session="b").key
    assert memory.keys("What do the kids do?")[0] == key


@pytest.mark.parametrize(("told", "heard"), [("Catherine", "Kathryn"), ("Philippe", "Filip"), ("Margaux", "Margot")])
def test_a_misheard_name_is_found(memory, told, heard):
    chatter(memory)
    key = memory.turn(f"Yesterday {told} rang the bell.", session="b").key
    assert memory.keys(f"What about {heard}?")[0] == key


def test_what_holds_comes_before_what_has_ended_unless_the_past_is_asked_for(memory):
    leeds, bristol = (memory.turn(f"I live in {city}.", session=city) for city in ("Leeds", "Bristol"))
    memory.fact(leeds, "home", "Leeds", until="2024-05-01T00:00:00+00:00")
    memory.fact(bristol, "home", "Bristol")

    def told(question):
        return [item.turns[0] for item in memory.search(question).items]

    assert told("Where do I live?") == [bristol.key, leeds.key]
    assert told("Where did I live before?") == [leeds.key, bristol.key]
    assert told("Where is my home?") == [bristol.key, leeds.key]
    assert told("Where was my home before?") == [leeds.key, bristol.key]


def test_every_find_names_the_turns_it_rests_on(memory):
    said = memory.turn("My sister is called Mary.", session="a")
    moved = memory.turn("I moved to Bristol.", session="b")
    fact = memory.fact(moved, "address", "Bristol")
    items = {item.key: item for item in memory.search("What is my sister called, and what is my address?").items}
    assert items[said.key].turns == (said.key,)
    assert items[fact.key].turns == (moved.key,)
    assert (items[fact.key].text, items[fact.key].time) == (moved.text, moved.time)


def test_a_turn_and_the_facts_from_it_are_one_find(memory):
    turn = memory.turn("My sister's name is Mary.")
    memory.fact(turn, "name", "Mary")
    found = memory.search("What is my sister's name?").items
    assert [item.turns for item in found] == [(turn.key,)]


def test_facts_do_not_crowd_out_what_was_said(memory):
    for number in range(12):
        turn = memory.turn(f"I like tea number {number}.", session=f"s{number}")
        memory.fact(turn, "preference", f"tea number {number}")
    kinds = [item.kind for item in memory.search("Which tea is my preference?").items]
    assert kinds.count("fact") == 2
    assert len(kinds) == 10


def test_scores_fall(memory):
    chatter(memory)
    scores = [item.score for item in memory.search("What was the weather on page 7?").items]
    assert scores == sorted(scores, reverse=True)


def test_nobody_is_told_what_another_person_said(memory):
    memory.turn("My password is swordfish.", person="guest-1", session="g")
    memory.turn("I like apples.", session="o")
    assert "t1" not in memory.keys("What is the swordfish password?")
    assert memory.keys("swordfish password", person="guest-1") == ["t1"]
    assert memory.search("swordfish", person="stranger").items == ()


def test_it_is_sure_of_what_was_said_and_not_of_what_was_not(memory):
    chatter(memory)
    memory.turn("The dentist pulled my wisdom tooth.", session="b")
    assert memory.search("What about my wisdom tooth and the dentist?").sure
    assert not memory.search("Which orchestra plays the tuba concerto in Vienna?").sure
    assert not memory.search("").sure


def test_a_common_word_over_the_budget_is_still_looked_for(memory, monkeypatch):
    monkeypatch.setattr(postings, "BUDGET", 3)
    monkeypatch.setattr(postings, "LEAST", 1)
    chatter(memory, 30, session="a")
    both = memory.turn("The weather spoiled the regatta.", session="b")
    chatter(memory, 30, session="c")
    assert memory.keys("How was the weather at the regatta?")[0] == both.key


@pytest.mark.parametrize(
    "query",
    ["", "?!", "the of and", '"', "a AND NEAR(", "stems:*", "x' OR 1=1 --", "\0", "été" * 500, "ß œ æ", "1" * 400],
)
def test_no_question_breaks_it(memory, query):
    chatter(memory, 3)
    assert len(memory.search(query).items) <= 10


@settings(max_examples=60)
@given(query=st.text(max_size=40))
def test_no_text_whatever_breaks_it(query):
    remembered = Remembered(Database(memory=True, execute_plugins=False))
    remembered.turn("The weather was grey.")
    assert len(remembered.search(query).items) <= 10
    remembered.db.close()
