"""Studies lived through: freezing, enrolling, sessions of people and of programs, review, withdrawal."""

import msgspec
import pytest

from companion_voice import paths
from companion_voice.errors import CompanionError, StudyError
from companion_voice.research import journal, sessions, tables
from companion_voice.research.study import freezing, homes, pseudonyms, scripted, store, withdrawal
from companion_voice.runtime import participants
from companion_voice.runtime.way import Way

LAB = {"entity": "Tea lab", "contact": "lab at example", "privacy_notice": "on the door"}
AT = "2026-05-03T10:00:00+02:00"
ALL = {"metrics": True, "labels": True, "redacted": True, "text": True}
BEES = "I keep bees behind the old mill"
TYPED = Way(typed=True, mute=True)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return the home of this test's studies."""
    monkeypatch.setenv(paths.HOME, str(tmp_path / "home"))
    return tmp_path / "home"


def study(name="tea", *, frozen=True):
    store.begin(name, LAB)
    one = store.open_study(name)
    if frozen:
        freezing.freeze(one.folder, one.plan, present(one))
    return one


def present(one):
    """Return what a study is now, without a look at the models of this computer."""
    return freezing.now(one.plan, one.folder / "study.yaml", {}, at=AT)


def enrolled(one, code="anna@example.org", language="en", **answers):
    return one.enrol(code, {"language": language}, ALL | answers, at=AT).participant


def talk(one, who, *lines):
    left = iter(lines)
    end = participants.hold_session(one, who, TYPED, lines=lambda: next(left, None))
    return end, one.sessions(who)[-1]


def everything(folder):
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_session_is_journaled_reviewed_exported_and_withdrawn(home):
    one = study()
    who = enrolled(one)
    end, path = talk(one, who, "hello", BEES, "goodbye")
    assert end.reason == "goodbye"
    told = sessions.read(path)
    assert (told.session.participant, told.session.study, told.session.session) == (who, "tea", path.stem)
    assert told.session.condition == one.enrolment(who).arm
    assert told.session.condition_hash == homes.session_setup(one, who).digest
    assert journal.replay(path).differences == ()
    assert [batch.unreviewed for batch in tables.batches(one, "tea")] == [1]

    assert one.excluded() == {"too-short": frozenset({path.stem}), "crashed": frozenset()}
    number = next(turn.turn for turn in told.turns if turn.text == BEES)
    assert one.review(who, path.stem, [number]) > 0
    assert BEES.encode() not in path.read_bytes()
    rows = [row for batch in tables.batches(one, "tea") for row in batch.rows.get("turns", [])]
    assert len(rows) == len(told.turns)
    assert one.struck(path.stem) == {number}

    receipt = withdrawal.withdraw(one, who, at=AT)
    assert (receipt.sessions, receipt.found) == (1, 0)
    assert receipt.searched_files >= 4
    left = everything(home / "data")
    for trace in (who, path.stem, BEES, "anna@example.org"):
        assert trace.encode() not in left
    assert one.participants() == ()
    assert list(tables.batches(one, "tea")) == []


def test_simulated_participants_live_whole_sessions_and_are_told_from_people():
    (who,) = participants.simulate(one := study(frozen=False), 1)
    assert one.simulated(who.participant)
    files = one.sessions(who.participant)
    assert len(files) == one.plan.sessions.count
    said = [turn.text for path in files for turn in sessions.read(path).turns if turn.speaker == "person"]
    seed = one.plan.allocation.seed
    wanted = [scripted.lines("en", number=0, session=number, seed=seed) for number in range(2)]
    assert said == [line for lines in wanted for line in lines]
    assert {sessions.read(path).session.end for path in files} <= {"goodbye", "stop"}
    assert all(one.exportable(path.stem) for path in files)
    assert {answer.questionnaire for answer in one.responses(who.participant)} == {"sliders", "personlike", "noticed"}
    assert one.excluded() == {"too-short": frozenset(), "crashed": frozenset()}


def test_a_model_that_is_changed_is_named(tmp_path):
    model = tmp_path / "model.gguf"
    model.write_bytes(b"one")
    one = study(frozen=False)
    file = one.folder / "study.yaml"
    llm = f"llm.engine: llama-cpp\n      llm.model: {model}\n      turn.eager: false"
    file.write_text(file.read_text().replace("turn.eager: false", llm))
    one = store.open_study("tea")
    freezing.freeze(one.folder, one.plan, participants.present(one))
    freezing.hold(one.folder, participants.present(one))
    model.write_bytes(b"two")
    with pytest.raises(StudyError, match="`models: sober/en/llm` was"):
        freezing.hold(one.folder, participants.present(one))


def test_a_code_is_never_kept_and_gives_the_same_pseudonym():
    one = study()
    who = enrolled(one, "Anna Keller")
    assert pseudonyms.is_pseudonym(who)
    assert b"Keller" not in everything(one.folder)
    with pytest.raises(StudyError, match="already"):
        enrolled(one, "anna  keller")


@pytest.mark.parametrize("name", ["Anna Keller", "anna@example.org", "../../etc"])
def test_a_participant_id_that_is_a_name_is_refused(name):
    one = study(frozen=False)
    for attempt in (one.enrolment, lambda who: withdrawal.withdraw(one, who, at=AT)):
        with pytest.raises(StudyError, match="not a pseudonym"):
            attempt(name)


def test_who_refuses_even_counts_leaves_no_trace():
    one = study()
    with pytest.raises(StudyError, match="cannot take part"):
        enrolled(one, metrics=False)
    assert one.participants() == ()
    assert not (one.folder / "places.json").exists()


def test_words_are_kept_only_as_far_as_consent_goes():
    one = study()
    who = enrolled(one, redacted=False, text=False)
    _, path = talk(one, who, BEES, "goodbye")
    assert sessions.read(path).session.level == "labels"
    assert b"bees" not in path.read_bytes()


def test_no_more_sessions_than_the_plan_has():
    one = study()
    who = enrolled(one)
    for number in range(one.plan.sessions.count):
        one.begin_session(who, f"s{number}")
    with pytest.raises(StudyError, match="has had all"):
        one.begin_session(who, "one-more")


def test_enrolling_needs_a_frozen_study():
    with pytest.raises(StudyError, match="not frozen"):
        enrolled(study(frozen=False))


def test_what_differs_from_the_frozen_study_is_named():
    one = study()
    freezing.hold(one.folder, present(one))
    file = one.folder / "study.yaml"
    file.write_text(file.read_text().replace("traits.warmth: 0.9", "traits.warmth: 0.8"))
    with pytest.raises(StudyError, match="`study` was"):
        freezing.hold(one.folder, present(store.open_study("tea")))


def test_a_persona_that_changed_after_freezing_is_named():
    one = study()
    shipped = (paths.shipped("personas") / "plain.yaml").read_text()
    paths.write_private(paths.own_personas_folder() / "plain.yaml", shipped.replace("0", "1").encode())
    with pytest.raises(CompanionError):
        freezing.hold(one.folder, present(one))


def test_an_allocation_table_that_was_changed_is_refused():
    one = study()
    file = one.folder / "allocation.json"
    file.write_bytes(file.read_bytes().replace(b"arm-1", b"arm-0").replace(b"arm-2", b"arm-1"))
    with pytest.raises(StudyError, match="not the one that was sealed"):
        enrolled(one)


def test_one_study_runs_at_a_time():
    first = study()
    second = study("milk", frozen=False)
    with pytest.raises(StudyError, match="tea is running, and one at a time"):
        freezing.freeze(second.folder, second.plan, present(second))
    store.close(first)
    freezing.freeze(second.folder, second.plan, present(second))
    with pytest.raises(StudyError, match="tea is not running: the study milk is"):
        freezing.hold(first.folder, present(first))


def test_a_frozen_study_cannot_be_frozen_again():
    one = study()
    with pytest.raises(StudyError, match="frozen already"):
        freezing.freeze(one.folder, one.plan, present(one))


def test_a_withdrawal_that_leaves_a_trace_says_where():
    one = study()
    who = enrolled(one)
    stray = one.folder / "notes.txt"
    stray.write_text(f"{who} came late")
    with pytest.raises(StudyError, match=r"still in .*notes\.txt"):
        withdrawal.withdraw(one, who, at=AT)


def test_what_is_said_off_the_record_is_in_no_journal():
    one = study()
    who = enrolled(one)
    _, path = talk(one, who, "this is off the record", BEES, "goodbye")
    assert BEES.encode() not in everything(one.folder)
    assert [event.what for event in sessions.read(path).events].count("off_record") == 1


def test_nobody_can_call_another_persona_than_the_conditions():
    one = study()
    who = enrolled(one)
    _, path = talk(one, who, "let me talk to Colette", "goodbye")
    assert b"PersonaTaken" not in path.read_bytes()
    assert list(msgspec.json.decode(journal.heading(path).setup)["cast"]) == ["plain"]


def test_a_withdrawal_after_the_last_day_deletes_nothing():
    one = study()
    who = enrolled(one)
    with pytest.raises(StudyError, match="until 2027-12-31"):
        withdrawal.withdraw(one, who, at="2028-01-01T00:00:00+01:00")
    assert one.participants() == (who,)


def test_a_place_that_was_left_is_not_given_again():
    one = study()
    first = one.enrolment(enrolled(one, "a"))
    withdrawal.withdraw(one, first.participant, at=AT)
    second = one.enrolment(enrolled(one, "b"))
    order = freezing.sealed_table(one.folder).strata["language=en"]
    assert (first.arm, second.arm) == order[:2]


def test_striking_a_turn_that_is_not_there_changes_nothing():
    one = study()
    who = enrolled(one)
    with pytest.raises(StudyError, match="no session"):
        one.review(who, "nothing", [1])
    assert one.participants() == (who,)
