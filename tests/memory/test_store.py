"""What is said is on the disk when it was said, in its order, and only if the person wants it."""

import sqlite3
from datetime import timedelta

import pytest

from companion_voice.errors import MemoryFullError, MemoryUnknownError, StoreError
from companion_voice.memory.records import NewFact


def told(memory, session, *texts):
    return [memory.add_turn(session, "user", text) for text in texts]


def other_eyes(folder):
    """Return the texts that another connection sees."""
    with sqlite3.connect(f"file:{folder}/memory.db?mode=ro", uri=True) as other:
        found = [row[0] for row in other.execute("SELECT text FROM turns ORDER BY session, position")]
    other.close()
    return found


def test_a_turn_is_committed_before_add_turn_returns(memory, session, folder):
    memory.add_turn(session, "user", "Hello.")
    assert other_eyes(folder) == ["Hello."]
    memory.add_turn(session, "companion", "Hello, An", said="Hello, Anna!")
    assert other_eyes(folder) == ["Hello.", "Hello, An"]


def test_both_what_was_heard_and_what_would_have_been_said_are_kept(memory, session):
    turn = memory.add_turn(session, "companion", "Once there", said="Once there was a lighthouse.")
    assert memory.turn(turn.key) == turn
    assert (turn.text, turn.said) == ("Once there", "Once there was a lighthouse.")
    assert memory.add_turn(session, "companion", "Yes.", said="Yes.").said == ""


def test_a_clock_that_jumps_back_changes_no_order_and_loses_nothing(memory, session, clock):
    told(memory, session, "One.", "I live in Paris.")
    clock.turn(days=-400)
    told(memory, session, "I live in Lyon now.", "Four.")
    assert [turn.text for turn in memory.turns()] == ["One.", "I live in Paris.", "I live in Lyon now.", "Four."]
    assert [turn.position for turn in memory.turns()] == [0, 1, 2, 3]
    assert [fact.value for fact in memory.facts()] == ["Lyon"]


def test_a_session_goes_on_after_a_restart(reopen, clock):
    for text in ("One.", "Two."):
        memory = reopen()
        memory.add_turn(memory.begin_session("s1", persona="ada"), "user", text)
        memory.close()
    assert [(turn.position, turn.text) for turn in reopen().turns()] == [(0, "One."), (1, "Two.")]


def test_facts_come_from_the_person_and_never_from_the_companion(memory, session):
    memory.add_turn(session, "companion", "My sister's name is Eve.")
    told(memory, session, "My sister's name is Mary.")
    assert [(fact.subject, fact.slot, fact.value) for fact in memory.facts()] == [("sister", "name", "Mary")]
    fact, turn = memory.why("f1")
    assert fact.quote in turn.text
    assert turn.key == "t2"


def test_a_new_value_closes_the_old_one_and_overwrites_nothing(memory, session, clock):
    told(memory, session, "I live in Paris.")
    clock.turn(days=10)
    told(memory, session, "I live in Lyon now.")
    assert [fact.value for fact in memory.facts()] == ["Lyon"]
    old, new = memory.facts(past=True)
    assert old.value == "Paris"
    assert old.valid_until_us == new.made_us


def test_a_correction_keeps_the_wrong_value_as_past(memory, session):
    told(memory, session, "My sister's name is Mary.")
    right = memory.correct("f1", "Marie")
    assert (right.value, right.origin) == ("Marie", "person")
    assert [fact.value for fact in memory.facts()] == ["Marie"]
    assert [fact.value for fact in memory.facts(past=True)] == ["Mary", "Marie"]


def test_what_was_told_is_recalled(memory, session):
    told(memory, session, "My sister's name is Mary.", "The weather is fine today.")
    found = memory.recall("What is my sister called?")
    assert "Mary" in found.items[0].text


def test_off_the_record_nothing_is_written_and_nothing_read_even_after_a_restart(memory, session, folder, reopen):
    told(memory, session, "My sister's name is Mary.")
    memory.go_off_the_record(off=True)
    assert memory.add_turn(session, "user", "My brother's name is Paul.") is None
    memory.close()
    memory = reopen()
    assert memory.is_off_the_record
    assert (memory.recall("sister").items, memory.facts(), memory.turns()) == ((), (), ())
    memory.go_off_the_record(off=False)
    assert [turn.text for turn in memory.turns()] == ["My sister's name is Mary."]
    assert other_eyes(folder) == ["My sister's name is Mary."]


@pytest.mark.parametrize("words", ["my health", "ma santé", "health"])
def test_what_is_never_to_be_remembered_is_neither_written_nor_read(memory, session, folder, words):
    told(memory, session, "I have diabetes.", "I like apples.")
    memory.never(words)
    assert memory.add_turn(session, "user", "I am diabetic and my doctor gave me insulin.") is None
    assert other_eyes(folder) == ["I have diabetes.", "I like apples."]
    assert [turn.text for turn in memory.turns()] == ["I like apples."]
    assert all("diabetes" not in item.text for item in memory.recall("Do I have diabetes?").items)
    assert all(fact.sensitivity != "health" for fact in memory.facts(past=True))
    assert memory.allow(words)
    assert len(memory.turns()) == 2
    assert not memory.allow(words)


def test_a_free_topic_can_be_forbidden_and_a_rule_is_kept_once(memory, session):
    memory.never("my divorce")
    memory.never("my divorce")
    assert len(memory.rules()) == 1
    assert memory.add_turn(session, "user", "The divorce was last year.") is None


def test_a_fact_from_a_model_needs_the_persons_own_words(memory, session):
    told(memory, session, "The old boat down there belongs to me.")
    found = NewFact(
        "me", "owns", "boat", "old boat down there belongs to me", "ordinary", 0.6, None, None, closes=False
    )
    assert memory.learn("t1", found, origin="model").value == "boat"
    invented = NewFact("me", "owns", "car", "my car", "ordinary", 0.6, None, None, closes=False)
    with pytest.raises(StoreError):
        memory.learn("t1", invented, origin="model")
    memory.add_turn(session, "companion", "my car")
    with pytest.raises(StoreError):
        memory.learn("t2", invented, origin="model")


def test_what_was_said_with_a_full_disk_waits_in_ram_and_is_written_in_order(memory, session, folder):
    told(memory, session, "Before.")
    pages = memory._db.execute("PRAGMA page_count").fetchone()[0]
    memory._db.execute(f"PRAGMA max_page_count = {pages}")
    long = "word " * 2_000
    for _ in range(2):
        with pytest.raises(MemoryFullError):
            told(memory, session, long)
    assert memory.waiting == 2
    assert other_eyes(folder) == ["Before."]
    memory._db.execute(f"PRAGMA max_page_count = {pages + 10_000}")
    told(memory, session, "After.")
    assert other_eyes(folder) == ["Before.", long, long, "After."]
    assert memory.waiting == 0


def test_closing_a_full_memory_says_what_is_lost(reopen):
    memory = reopen()
    session = memory.begin_session("s1", persona="ada")
    memory._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(MemoryFullError):
        told(memory, session, "word " * 2_000)
    with pytest.raises(MemoryFullError, match="last 1 things said are lost"):
        memory.close()
    memory._intake.waiting.clear()


def test_pins_are_kept(memory, session):
    told(memory, session, "My sister's name is Mary.")
    memory.pin("f1")
    memory.pin("t1")
    assert memory.facts()[0].pinned
    assert memory.turn("t1").pinned
    memory.pin("f1", on=False)
    assert not memory.facts()[0].pinned
    with pytest.raises(MemoryUnknownError):
        memory.pin("f9")


def test_times_are_kept_with_their_offset(memory, session, clock):
    clock.now = clock.now.astimezone(tz=None) + timedelta(microseconds=7)
    turn = told(memory, session, "Hello.")[0]
    assert turn.time == clock.now.isoformat()
    assert turn.time_us % 1_000_000 == 7


def test_a_conversation_is_summed_up_in_the_persons_words_with_their_turns(memory, session):
    told(memory, session, "My sister Mary moved to Lyon in May.", "My dog Rex has been ill for three weeks now.")
    summary = memory.summarise(memory.turns(), "session")
    assert memory.last_summary("session") == summary
    assert {key for sentence in summary.sentences for key in sentence.turns} <= {"t1", "t2"}
    memory.summarise(memory.turns(), "session")
    assert memory.statistics().summaries == 1
    memory.forget(memory.choose_key(summary.sentences[0].turns[0]))
    assert memory.last_summary("session") is None
