"""The protocol of a crisis in the measure that the person chose; the number is always given."""

import pytest

from companion_voice.boundaries import crisis, protocol
from companion_voice.boundaries.crisis import State
from companion_voice.boundaries.settings import Boundaries, Crisis

SAID = [("en", "I want to kill myself"), ("fr", "je veux me suicider")]


def step(said, language, state=None, **wanted):
    settings = Boundaries(crisis=Crisis(country="FR", **wanted))
    return protocol.step(state or State(), said, language=language, settings=settings)


@pytest.mark.parametrize(("language", "said"), SAID)
def test_by_default_the_protocol_is_whole(language, said):
    assert step(said, language) == crisis.step(State(), said, language=language, country="FR")


@pytest.mark.parametrize(("language", "said"), SAID)
def test_who_wants_only_the_number_is_given_only_the_number(language, said):
    whole, (after, response) = step(said, language)[1], step(said, language, detect="number_only")
    assert crisis.number(crisis.lines()["FR"].line.number, language) in " ".join(response.said)
    assert set(response.said) < set(whole.said)
    assert not any(sentence.endswith("?") for sentence in response.said)
    assert response.answers
    assert after == State(episodes=1)


@pytest.mark.parametrize(("language", "said"), SAID)
def test_who_they_trust_is_shown_and_not_spoken(language, said):
    _, response = step(said, language, contact="Nina, 06 00 00 00 00")
    assert response.shown.endswith("Nina, 06 00 00 00 00")
    assert "Nina" not in " ".join(response.said)


def test_nothing_is_shown_while_nothing_is_wrong():
    assert step("It is sunny.", "en", contact="Nina")[1].shown == ""
