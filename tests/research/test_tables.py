"""Who may leave in an export, with how many of their words, and on which day."""

import pytest

from companion_voice.errors import ExportError
from companion_voice.research.tables import OWN_STUDY, Journals, batches
from tests.research import playing
from tests.research.roster import Roster, answer, place, recorded, rows

SAID = [
    ("person", "Are you a robot?"),
    ("companion", "I am a program, not a person."),
    ("person", "My name is Anna Keller, write to anna.keller@example.org."),
    ("companion", "I am so glad, sweetheart."),
]


@pytest.fixture
def study(tmp_path):
    return Roster(tmp_path)


def table(source, name, study="tea", **limits):
    return [row for batch in batches(source, study, **limits) for row in batch.rows.get(name, [])]


def test_a_session_becomes_a_row_of_each_table(study):
    study.enrol("p1")
    study.given["p1"] = (answer("p1-0", "p1", 40),)
    assert [len(table(study, name)) for name in ("participants", "sessions", "responses")] == [1, 1, 1]
    turns = table(study, "turns")
    assert [turn.turn for turn in turns] == list(range(1, len(turns) + 1))
    assert "tell me about Paris please" in [turn.text for turn in turns]
    assert {turn.session_id for turn in turns} == {"p1-0"}
    assert table(study, "events")


def test_who_withdrew_is_in_no_table(study):
    study.enrol("p1")
    study.enrol("p2")
    del study.people["p2"]
    for name in ("participants", "sessions", "turns", "events", "behaviours", "responses"):
        assert {row.ppt_id for row in table(study, name)} <= {"p1"}


def test_a_session_nobody_reviewed_is_left_out_and_counted(study):
    study.enrol("p1", sessions=2)
    study.reviewed.remove("p1-1")
    assert [row.session_id for row in table(study, "sessions")] == ["p1-0"]
    assert {row.session_id for row in table(study, "turns")} == {"p1-0"}
    assert sum(batch.unreviewed for batch in batches(study, "tea")) == 1


def test_who_reviewed_nothing_is_in_no_table(study):
    study.enrol("p1")
    study.reviewed.clear()
    assert table(study, "participants") == []


@pytest.mark.parametrize(
    ("consent", "kept"), [("metrics", False), ("labels", False), ("redacted", True), ("text", True)]
)
def test_words_leave_as_far_as_consent_goes(study, consent, kept):
    study.enrol("p1", level=consent)
    assert any(turn.text for turn in table(study, "turns")) is kept
    assert {row.level for row in table(study, "sessions")} == {consent}
    assert all(turn.n_words for turn in table(study, "turns"))


def test_the_level_asked_for_lowers_but_never_raises(study):
    study.enrol("p1", level="labels")
    assert {row.level for row in table(study, "sessions", most="metrics")} == {"metrics"}
    assert {row.level for row in table(study, "sessions", most="text")} == {"labels"}


def test_a_journal_without_words_has_none_to_give(study):
    study.enrol("p1", journal="metrics")
    assert {turn.text for turn in table(study, "turns")} == {None}
    assert all(turn.n_words for turn in table(study, "turns"))


def test_redaction_happens_at_the_door():
    turns = rows(SAID, "redacted")["turns"]
    assert "keller" not in turns[2].text.lower()
    assert "‹EMAIL›" in turns[2].text


def test_a_struck_turn_keeps_its_measure_alone():
    found = rows(SAID, struck=[4])
    turn = found["turns"][3]
    assert (turn.text, turn.text_heard, turn.text_hash, turn.struck) == (None, None, None, True)
    assert turn.n_words == 5
    assert 4 not in {row.turn for row in found["behaviours"]}
    assert 4 in {row.turn for row in rows(SAID)["behaviours"]}
    assert found["sessions"][0].n_words_companion == 7
    assert found["sessions"][0].n_struck == 1


def test_labels_read_from_words_leave_from_level_labels_on():
    assert {row.side for row in rows(SAID, "metrics")["behaviours"]} <= {"system", "boundary", "voice"}
    assert {row.detector for row in rows(SAID, "metrics")["behaviours"]} <= {"exact"}
    assert "U01" in {row.code for row in rows(SAID, "labels")["behaviours"]}


def test_a_behaviour_tells_its_place_only_in_the_text_that_leaves():
    with_text = [row for row in rows(SAID, "text")["behaviours"] if row.code == "U01"]
    assert with_text[0].end > 0
    for level in ("labels", "redacted"):
        assert {(row.start, row.end) for row in rows(SAID, level)["behaviours"]} == {(None, None)}


def test_labels_that_a_journal_kept_in_place_of_words_are_exported(study):
    from companion_voice.research.behaviours import detect

    study.enrol("p1", journal="labels", score={**playing.TALK, "happens": [{"at": 2.0, "type": "are you a robot?"}]})
    whole = {row.code for row in table(study, "behaviours")}
    path = study.folder / "labelled.jsonl"
    playing.journal(
        path,
        {**playing.TALK, "happens": [{"at": 2.0, "type": "are you a robot?"}]},
        level="labels",
        label=lambda turns, events: [one for one in detect(turns, events) if one.turn == turns[-1].turn],
        study="tea",
        session="labelled",
    )
    study.people["p1"], study.reviewed = [path], {"labelled"}
    labelled = table(study, "behaviours")
    assert "U01" in {row.code for row in labelled} - whole
    assert {(row.start, row.end) for row in labelled} == {(None, None)}


def test_excluded_sessions_stay_and_say_why_but_for_programs(study):
    study.enrol("p1")
    study.enrol("sim1")
    study.rules = {"too short": frozenset({"p1-0", "sim1-0"}), "late": frozenset({"p1-0"}), "never": frozenset()}
    assert {row.session_id: row.excluded_by for row in table(study, "sessions")} == {
        "p1-0": "too short; late",
        "sim1-0": None,
    }


def test_dates_move_by_whole_days_and_keep_their_distance():
    moved = rows(SAID, shift=-33)["sessions"][0]
    assert moved.started_at == "2026-01-28T10:00:00+01:00"
    later = recorded(started="2026-03-12T09:00:00+01:00", said=SAID)
    from companion_voice.research.tables import rows_of

    second = rows_of(later, place(nth=2, shift=-33))["sessions"][0]
    assert (second.session_index, second.day, second.week) == (2, 11, 2)
    assert (moved.day, moved.week) == (1, 1)


def test_synthetic_is_what_no_human_said():
    assert [turn.synthetic for turn in rows(SAID)["turns"]] == [False, True, False, True]
    assert all(turn.synthetic for turn in rows(SAID, simulated=True)["turns"])


def test_own_journals_need_no_study(tmp_path):
    path = tmp_path / "mine.jsonl"
    playing.journal(path, session="mine")
    found = table(Journals([path], pseudonym="P07"), "turns", study=OWN_STUDY)
    assert {(row.study_id, row.ppt_id) for row in found} == {("own", "P07")}


def test_a_journal_of_a_study_does_not_leave_as_an_own_one(study):
    files = study.enrol("p1")
    with pytest.raises(ExportError, match="belongs to the study tea"):
        list(batches(Journals(files), OWN_STUDY))
