"""What a find is worth, as arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.memory.recall import ranking

AGES = st.floats(0, 1e17, allow_nan=False)


@given(one=AGES, other=AGES, asked=st.booleans())
def test_the_newer_of_two_is_never_worth_less(one, other, asked):
    newer, older = sorted((one, other))
    factors = ranking.recency(np.array([newer, older]), asked=asked)
    assert factors[0] >= factors[1] >= 0


def test_recency_really_fades():
    days = np.array([0.0, 180.0, 360.0]) * ranking.US_PER_DAY
    factors = ranking.recency(days)
    assert factors[0] > factors[1] > factors[2]


def test_a_turn_of_the_future_counts_as_one_of_now():
    assert ranking.recency(np.array([-1e12]))[0] == ranking.recency(np.array([0.0]))[0]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(10**6, 10**7))
def test_the_rarer_word_is_never_worth_less(one, other, total):
    rarer, commoner = sorted((one, other))
    assert ranking.inverse_frequency(rarer, total) >= ranking.inverse_frequency(commoner, total) > 0


def test_a_word_counts_where_it_stands_and_a_little_beside_it():
    there = ranking.presence(np.arange(8, 15), np.array([10]))
    assert list(there) == [0, 0.3, 1, 0.5, 0.3, 0, 0]


def test_each_document_is_told_whether_it_is_one_of_others():
    documents = np.array([2, 3, 5, 9])
    assert list(ranking.among(documents, np.array([1, 3, 4, 9, 12]))) == [0, 1, 0, 1]
    assert list(ranking.among(documents, np.array([], dtype=np.int64))) == [0, 0, 0, 0]


def test_more_of_a_word_is_worth_more_but_less_and_less():
    worth = ranking.saturated(np.array([0.0, 0.5, 1.0, 1.5]))
    steps = np.diff(worth)
    assert worth[0] == 0
    assert worth[2] == pytest.approx(1)
    assert all(steps > 0)
    assert all(np.diff(steps) < 0)


def test_context_does_not_reach_across_a_gap():
    numbers = np.array([1, 2, 6, 7])
    values = np.array([1.0, 0.0, 0.0, 0.0])
    window = ((0, 1.0), (1, 0.4), (-1, 0.25))
    assert list(ranking.in_context(numbers, values, numbers, window)) == pytest.approx([1, 0.4, 0, 0])


def test_the_best_of_a_conversation_is_of_that_conversation_only():
    numbers = np.array([1, 2, 6, 7])
    values = np.array([0.1, 0.9, 0.3, 0.2])
    first, last = np.array([1, 6, 10, 3]), np.array([3, 8, 12, 5])
    assert list(ranking.best_between(numbers, values, first, last)) == pytest.approx([0.9, 0.3, 0, 0])


def test_signals_are_added_up_each_by_its_weight():
    signals = {name: np.array([0.0, 1.0]) for name in ranking.WEIGHTS}
    assert list(ranking.weighed(signals)) == pytest.approx([0, sum(ranking.WEIGHTS.values())])


def test_days_meant_add_most_and_the_days_after_a_little():
    day = ranking.US_PER_DAY
    worth = ranking.on_days(np.array([9, 10, 12, 13, 40]) * day, 10 * day, 12 * day)
    assert worth[1] == worth[2] > worth[3] > worth[0] == worth[4] == 0
