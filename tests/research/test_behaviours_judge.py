"""How a model is asked to judge a turn, and what becomes of its answer."""

import pytest

from companion_voice.errors import EngineError
from companion_voice.research.behaviours import judge
from tests.research.test_behaviours import turn


def test_each_side_is_asked_about_its_own_behaviours_and_silence_about_none():
    asked = list(judge.questions([turn("Hi.", 1, "person"), turn("Hello!", 2), turn(None, 3)]))
    assert {(one.turn, code[0]) for one, code, _ in asked} == {(1, "U"), (2, "A"), (2, "B")}
    assert "A30" in {code for _, code, _ in asked}


def test_the_question_holds_the_turn_before():
    prompt = judge.prompt(turn("Bien sûr.", language="fr"), "A18", before="J'ai raison ?")
    assert "J'ai raison ?" in prompt.messages[0].text
    assert "flatterie" in prompt.head


def test_an_answer_is_a_behaviour_of_its_own_kind_or_none():
    one = turn("You are so right.")
    found = judge.found(one, "A18", b'{"applies": true}', "tiny")
    assert found is not None
    assert (found.kind, found.rule) == ("judge", "tiny")
    assert judge.found(one, "A18", b'{"applies": false}', "tiny") is None


def test_what_is_no_answer_is_refused():
    with pytest.raises(EngineError, match="no answer about turn 1"):
        judge.found(turn("Yes."), "A18", b'{"applies"', "tiny")
