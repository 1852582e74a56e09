"""Patience is learned from the person's own pauses, within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.patience import LEAST, LONGEST, MOST, SHORTEST, Patience, learn, wait

USUAL = 0.8
pauses = st.lists(st.floats(0, 10, allow_nan=False), max_size=60)


def after(*heard: float) -> Patience:
    patience = Patience()
    for pause in heard:
        patience = learn(patience, pause)
    return patience


@given(pauses)
def test_however_a_person_pauses_the_wait_stays_within_its_bounds(heard):
    assert LEAST * USUAL <= wait(after(*heard), USUAL) <= MOST * USUAL


def test_somebody_who_pauses_long_is_waited_for_longer_than_somebody_who_does_not():
    assert wait(after(*[0.9] * 40), USUAL) > wait(Patience(), USUAL) > wait(after(*[0.2] * 40), USUAL)


def test_after_enough_equal_pauses_the_wait_exceeds_them():
    assert wait(after(*[1.1] * 60), USUAL) > 1.1


def test_to_begin_with_everybody_is_waited_for_as_was_set():
    assert wait(Patience(), USUAL) == USUAL


@pytest.mark.parametrize("pause", [SHORTEST / 2, LONGEST * 2])
def test_what_is_no_pause_in_mid_sentence_teaches_nothing(pause):
    assert learn(Patience(), pause) == Patience()


def test_where_nothing_is_to_be_learned_the_wait_is_what_was_set():
    assert wait(None, USUAL) == USUAL
