"""Who is spoken to: every way of being addressed, in virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.addressing import (
    Addressing,
    attends,
    dismissed,
    heeds,
    speaks,
    spoke,
    toggled,
    woken,
)

WAKE_WORD = Addressing(mode="wake_word", window=10.0)
PUSH_TO_TALK = Addressing(mode="push_to_talk")
CHANGES = (woken, speaks, spoke, toggled, dismissed)


@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.floats(0, 100)), max_size=8), st.floats(0, 100))
def test_who_always_listens_cannot_be_told_otherwise(changes, at):
    addressing = Addressing()
    for change, when in changes:
        addressing = change(addressing, when)
    assert attends(addressing, at)
    assert heeds(addressing, at, at)


@pytest.mark.parametrize("addressing", [WAKE_WORD, PUSH_TO_TALK])
def test_nobody_is_heeded_before_the_companion_was_addressed(addressing):
    assert not attends(addressing, 1.0)
    assert not heeds(addressing, 0.0, 100.0)


@pytest.mark.parametrize("addressing", [WAKE_WORD, PUSH_TO_TALK])
def test_stop_and_goodbye_need_no_address(addressing):
    assert heeds(addressing, 1.0, 2.0, urgent=True)


def test_after_the_wake_word_it_attends_for_as_long_as_the_window():
    addressing = woken(WAKE_WORD, 5.0)
    assert [attends(addressing, at) for at in (4.9, 5.0, 15.0, 15.1)] == [False, True, True, False]


def test_a_wake_word_in_mid_sentence_takes_the_whole_sentence():
    assert heeds(woken(WAKE_WORD, 5.0), 4.2, 7.0)


def test_what_was_over_before_the_wake_word_was_not_meant():
    assert not heeds(woken(WAKE_WORD, 5.0), 1.0, 4.0)


def test_a_sentence_begun_in_time_may_end_late():
    addressing = woken(WAKE_WORD, 5.0)
    assert heeds(addressing, 14.9, 30.0)
    assert not heeds(addressing, 15.1, 30.0)


def test_the_window_begins_anew_after_the_last_thing_either_said():
    addressing = spoke(speaks(woken(WAKE_WORD, 0.0), 8.0), 12.0)
    assert attends(addressing, 22.0)
    addressing = spoke(speaks(addressing, 20.0), 60.0)
    assert attends(addressing, 70.0)
    assert not attends(addressing, 70.1)


def test_a_long_story_can_be_interrupted_at_any_time():
    assert attends(speaks(woken(WAKE_WORD, 0.0), 2.0), 600.0)


def test_who_is_spoken_to_by_the_companion_may_answer():
    addressing = spoke(speaks(WAKE_WORD, 100.0), 103.0)
    assert heeds(addressing, 110.0, 111.0)
    assert not heeds(addressing, 90.0, 91.0)


def test_a_wake_word_while_the_companion_speaks_takes_nothing_away():
    assert attends(woken(speaks(WAKE_WORD, 1.0), 2.0), 500.0)


def test_once_dismissed_it_has_to_be_called_again():
    addressing = dismissed(woken(WAKE_WORD, 0.0), 3.0)
    assert not attends(addressing, 3.1)
    assert attends(woken(addressing, 4.0), 4.0)


def test_a_dismissal_of_who_does_not_attend_changes_nothing():
    addressing = woken(WAKE_WORD, 0.0)
    assert dismissed(addressing, 50.0) == addressing


def test_push_to_talk_attends_from_one_press_to_the_next():
    pressed = toggled(PUSH_TO_TALK, 2.0)
    assert attends(pressed, 500.0)
    released = toggled(pressed, 6.0)
    assert not attends(released, 6.1)
    assert heeds(released, 5.0, 7.5)
    assert not heeds(released, 6.1, 7.5)
    assert not heeds(released, 0.0, 1.9)
    assert attends(toggled(released, 9.0), 9.0)


@pytest.mark.parametrize("change", [woken, speaks, spoke])
def test_neither_words_nor_a_wake_word_open_what_a_key_opens(change):
    assert change(PUSH_TO_TALK, 3.0) == PUSH_TO_TALK


def test_a_key_does_not_open_what_a_word_opens():
    assert toggled(WAKE_WORD, 3.0) == WAKE_WORD


@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.floats(0, 20)), max_size=12), st.floats(0, 300))
def test_whoever_attends_heeds_what_is_said_at_that_moment(steps, at):
    addressing, now = WAKE_WORD, 0.0
    for change, later in steps:
        now += later
        addressing = change(addressing, now)
    assert attends(addressing, at) == heeds(addressing, at, at)
