"""Each turn is read by a model once, what it says is kept only if the person said it, and nothing survives forgetting."""

import json

import pytest

from companion_voice.errors import MemoryUnknownError
from companion_voice.memory import readings

SAID = "Well, my sister welds ships."


def form(quote="my sister welds ships", value="welds ships", slot="job", subject="sister"):
    fact = {"subject": subject, "slot": slot, "value": value, "quote": quote}
    return json.dumps({"facts": [fact]}).encode()


NOTHING = b'{"facts": []}'


def test_turns_are_read_once_in_the_order_they_were_said_also_after_a_restart(reopen):
    memory = reopen()
    session = memory.begin_session("s1", persona="ada")
    memory.add_turn(session, "user", SAID)
    memory.add_turn(session, "companion", "My brother welds ships.")
    memory.add_turn(session, "user", "It rains.")
    first = memory.unread()
    assert first.text == SAID
    memory.read(first.key, NOTHING)
    memory.close()
    memory = reopen()
    second = memory.unread()
    assert second.text == "It rains."
    memory.read(second.key, b"no form at all")
    assert memory.unread() is None


def test_what_a_model_found_is_a_fact_of_less_weight_that_says_where_it_comes_from(memory, session):
    turn = memory.add_turn(session, "user", SAID)
    (found,) = memory.read(turn.key, form())
    fact, source = memory.why(found.key)
    assert (fact.origin, fact.quote, source) == ("model", "my sister welds ships", turn)
    assert fact.confidence < 0.8
    assert memory.facts() == (found,)


def test_what_was_not_said_is_not_kept_and_the_turn_is_read_all_the_same(memory, session):
    turn = memory.add_turn(session, "user", SAID)
    assert memory.read(turn.key, form(quote="my sister sells ships", value="sells ships")) == ()
    assert memory.facts() == ()
    assert memory.unread() is None


def test_what_a_pattern_took_or_is_known_is_not_kept_twice(memory, session):
    turn = memory.add_turn(session, "user", "I live in Rome.")
    assert memory.read(turn.key, form("I live in Rome", "Rome", "home", "me")) == ()
    again = memory.add_turn(session, "user", "Well, I live in Rome, you know.")
    memory.read(again.key, form("I live in Rome", "rome", "home", "me"))
    assert len({fact.value.casefold() for fact in memory.facts()}) == 1


def test_a_model_contradicts_nothing_that_is_held_and_the_person_may_contradict_it(memory, session):
    memory.add_turn(session, "user", "I live in Rome.")
    turn = memory.add_turn(session, "user", "Well, my place in Paris is small, and my sister welds ships.")
    assert memory.read(turn.key, form("my place in Paris is small", "Paris", "home", "me")) == ()
    assert [fact.value for fact in memory.facts()] == ["Rome"]
    job = memory.add_turn(session, "user", "At my work in the bakery it was hot.")
    (learnt,) = memory.read(job.key, form("my work in the bakery", "bakery", "job", "me"))
    memory.add_turn(session, "user", "I work as a nurse.")
    assert memory.why(learnt.key)[0].valid_until_us is not None
    assert "nurse" in [fact.value.split()[-1] for fact in memory.facts()]


def test_nothing_off_the_record_is_read_or_learnt(memory, session):
    turn = memory.add_turn(session, "user", SAID)
    memory.go_off_the_record(off=True)
    assert memory.unread() is None
    assert memory.read(turn.key, form()) == ()
    assert memory.add_turn(session, "user", "My brother welds ships.") is None
    memory.go_off_the_record(off=False)
    assert memory.facts() == ()
    assert memory.unread() == turn


def test_a_forbidden_topic_is_neither_shown_to_a_model_nor_learnt(memory, session):
    turn = memory.add_turn(session, "user", "Well, my sister takes insulin for her diabetes.")
    memory.never("my health")
    assert memory.unread() is None
    assert memory.read(turn.key, form("my sister takes insulin", "insulin", "health")) == ()


def test_forgetting_takes_what_was_learnt_and_the_mark_along(memory, session, folder):
    turn = memory.add_turn(session, "user", "Well, my sister welds zyqxwort.")
    memory.read(turn.key, form("my sister welds zyqxwort", "welds zyqxwort"))
    memory.forget(memory.choose_key(turn.key))
    assert memory.facts(past=True) == ()
    assert memory._db["readings"].count == 0
    assert not any(b"zyqxwort" in file.read_bytes() for file in folder.iterdir())
    with pytest.raises(MemoryUnknownError):
        memory.read(turn.key, form())


def test_each_person_is_read_apart(memory, session):
    turn = memory.add_turn(session, "user", SAID)
    anna = memory.add_person("Anna").id
    assert memory.unread(person=anna) is None
    memory.add_turn(memory.begin_session("s2", persona="ada", person=anna), "user", "It rains.")
    assert memory.unread(person=anna).text == "It rains."
    assert memory.unread() == turn


def test_of_a_long_past_only_the_latest_turns_are_read(memory, session, monkeypatch):
    monkeypatch.setattr(readings, "RECENT", 3)
    for number in range(5):
        memory.add_turn(session, "user", f"Sentence {number}.")
    assert memory.unread().text == "Sentence 2."
