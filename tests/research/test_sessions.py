"""A journal as records: turns, latencies, what was heard, what the program did."""

import pytest

from companion_voice.errors import JournalError
from companion_voice.research import sessions
from companion_voice.research.records import Behaviour
from tests.research import playing
from tests.scenarios import theatre


@pytest.fixture
def recorded(tmp_path):
    def read(name=None, **how):
        score = theatre.load(next(one for one in playing.SCORES if one.stem == name)) if name else playing.TALK
        playing.journal(tmp_path / "journal.jsonl", score, **how)
        return sessions.read(tmp_path / "journal.jsonl")

    return read


def test_turns_come_in_their_order_each_with_its_voice(recorded):
    turns = recorded().turns
    assert [turn.turn for turn in turns] == [*range(1, 9)]
    assert [turn.speaker for turn in turns] == [
        "system", "companion", "person", "companion", "person", "companion", "person", "companion",
    ]  # fmt: skip
    assert turns[0].text.startswith("I am a program")
    assert turns[3].text == "Paris is big. It has many bridges."
    assert [turn.source for turn in turns[1:4]] == ["rule", "text", "model"]


def test_a_session_ends_as_it_ended(recorded):
    assert recorded().session.end == "goodbye"


def test_a_journal_that_just_ceases_is_an_open_session(tmp_path):
    played = theatre.perform(playing.TALK)
    written = playing.opened(tmp_path / "open.jsonl", played)
    playing.observe(written, played, last=12)
    written.leave()
    assert sessions.read(tmp_path / "open.jsonl").session.end == "open"


def test_latency_counts_from_the_last_sound_of_the_person(recorded):
    turn = next(turn for turn in recorded("simple_turn").turns if turn.text == "It has been quiet today.")
    assert turn.latency == pytest.approx(0.6, abs=0.01)


def test_what_was_cut_short_says_what_was_heard(recorded):
    turn = next(turn for turn in recorded("interrupted").turns if turn.interrupted)
    assert turn.text == "Once there was a lighthouse. It had a keeper. She counted ships."
    assert turn.heard == "Once there was a lighthouse. It had a"


def test_a_sound_that_bridges_a_late_answer_is_a_cue_and_no_turn(recorded):
    found = recorded("late_answer")
    assert [event.detail for event in found.events if event.what == "cue"] == ["V01"]
    assert len([turn for turn in found.turns if turn.speaker == "companion"]) == 2


def test_memories_that_entered_an_answer_are_counted(recorded):
    turn = next(turn for turn in recorded("remembered").turns if turn.text == "Mary, you told me.")
    assert turn.recalled == 1


def test_what_the_guard_did_is_told_with_its_rule(recorded):
    assert [event.what for event in recorded("guarded").events].count("guard") >= 1


def test_a_fault_names_what_failed(recorded):
    assert [event.detail for event in recorded("voice_dies").events if event.what == "fault"] == ["tts"]


def test_what_is_announced_is_said_once(recorded):
    texts = [turn.text for turn in recorded("model_dies").turns]
    assert texts.count("I lost my thread for a moment. Here I am again.") == 1


def test_the_voice_is_told_as_it_was_chosen(recorded):
    found = recorded(voice={"voice": "en-gb", "speed": "1.2"})
    assert [event.detail for event in found.events if event.what == "cue"] == [
        "V03 voice=en-gb speed=1.2",
        "V05 voice en-gb",
    ]


@pytest.mark.parametrize("name", ["simple_turn", "interrupted", "thinking_pause", "remembered", "goodbye"])
def test_measures_are_the_same_at_every_level(recorded, tmp_path, name):
    whole = recorded(name)
    (tmp_path / "journal.jsonl").unlink()
    measured = recorded(name, level="metrics")
    assert [(t.speaker, t.at, t.words, t.characters, t.latency, t.source, t.interrupted) for t in whole.turns] == [
        (t.speaker, t.at, t.words, t.characters, t.latency, t.source, t.interrupted) for t in measured.turns
    ]
    assert {turn.text for turn in measured.turns} == {None}


def test_labels_come_back_in_the_turns_they_were_found_in(recorded):
    def label(turns, events):
        return [
            Behaviour(session=turn.session, turn=turn.turn, code="B01", kind="rule", rule="test")
            for turn in turns
            if "program" in (turn.text or "")
        ]

    turns = recorded(level="labels", label=label).turns
    assert [(turn.turn, [one.turn for one in turn.labels]) for turn in turns if turn.labels] == [(1, [1])]
    assert {turn.text for turn in turns} == {None}


def test_a_changed_journal_has_no_records(recorded, tmp_path):
    recorded()
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Paris", b"Perth", 1))
    with pytest.raises(JournalError, match="line"):
        sessions.read(path)
