"""A model on this computer judges sessions: a real one, in its own process, whose answers are worth nothing."""

import pytest

from companion_voice import paths
from companion_voice.errors import StudyError
from companion_voice.research import tables
from companion_voice.research.behaviours import judge
from companion_voice.research.study.judging import Judge, Judged, Judgement, wording
from companion_voice.research.study.withdrawal import withdraw
from companion_voice.runtime import judging
from companion_voice.settings import Engine, Settings
from tests.runtime.test_participants import AT, enrolled, home, study, talk  # noqa: F401 - a fixture

WORDS = "I keep bees behind the house"


@pytest.fixture
def session(home):  # noqa: F811
    """Return a study, a participant and the journal of a session they have reviewed."""
    one = study()
    who = enrolled(one)
    _, path = talk(one, who, WORDS, "goodbye")
    one.review(who, path.stem)
    return one, who, path


@pytest.fixture
def model(micro_llama):
    return Settings(llm=Engine(engine="llama-cpp", model=str(micro_llama)))


def rows(one):
    return [row for batch in tables.batches(one, "tea") for row in batch.rows.get("behaviours", [])]


def test_every_reviewed_session_is_judged_once_and_its_journal_is_as_it_was(session, model):
    one, _, path = session
    before = path.read_bytes()
    count = judging.judged(one, model, codes=("A18", "U06"))
    assert count == len(Judged(path).answers()) > 0
    assert {answer.code for answer in Judged(path).answers()} == {"A18", "U06"}
    assert judging.judged(one, model, codes=("A18", "U06")) == 0
    assert path.read_bytes() == before


def test_what_is_judged_stands_beside_what_rules_found(session):
    one, _, path = session
    ruled = rows(one)
    judged = Judged(path)
    judged.begin(Judge("tiny", "0" * 64, wording()))
    judged.add(Judgement(ruled[0].turn, ruled[0].code, applies=True))
    judged.add(Judgement(ruled[0].turn, "A18", applies=False))
    added = [row for row in rows(one) if row.detector == "judge"]
    assert [(row.code, row.rule) for row in added] == [(ruled[0].code, "tiny")]
    assert [row for row in rows(one) if row.detector != "judge"] == ruled


def test_an_interrupted_judge_goes_on_where_it_was(session):
    _, _, path = session
    judged = Judged(path)
    judged.begin(Judge("tiny", "0" * 64, wording()))
    (turn, code, _), *others = judged.left(judge.JUDGED)
    judged.add(Judgement(turn.turn, code, applies=True))
    file = path.parent.parent / "judged" / path.name
    file.write_bytes(file.read_bytes() + b'{"turn": 1, "co')
    assert [(again.turn, about) for again, about, _ in judged.left(judge.JUDGED)] == [
        (other.turn, about) for other, about, _ in others
    ]


def test_a_turn_that_is_struck_is_not_judged_any_more(session):
    one, who, path = session
    judged = Judged(path)
    judged.begin(Judge("tiny", "0" * 64, wording()))
    turns = sorted({turn.turn for turn, _, _ in judged.left(judge.JUDGED)})
    for turn in turns:
        judged.add(Judgement(turn, "A18", applies=True))
    one.review(who, path.stem, turns[:1])
    assert [answer.turn for answer in judged.answers()] == turns[1:]


def test_a_withdrawal_takes_what_was_judged_along(session):
    one, who, path = session
    Judged(path).begin(Judge("tiny", "0" * 64, wording()))
    withdraw(one, who, at=AT)
    assert not (path.parent.parent / "judged").exists()


def test_answers_of_another_model_are_not_mixed_with_its_own(session, model):
    one, _, path = session
    Judged(path).begin(Judge("tiny", "0" * 64, wording()))
    with pytest.raises(StudyError, match=r"judged by another model \(tiny\)"):
        judging.judged(one, model, codes=("A18",))
    assert judging.judged(one, model, codes=("A18",), again=True) > 0


@pytest.mark.parametrize(
    ("llm", "sentence"),
    [
        (Engine(engine="rules"), "The engine `rules` cannot judge"),
        (Engine(engine="openai", model="any", url="https://models.example/v1"), "must be on this computer"),
    ],
)
def test_only_a_model_on_this_computer_judges(session, llm, sentence):
    one, _, _ = session
    with pytest.raises(StudyError, match=sentence):
        judging.judged(one, Settings(llm=llm))
    assert not (paths.log_folder() / "judge.log").exists()
