from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.endpoint import Endpoint, Manner, advance, end_after

FRAME = 0.032
MANNER = Manner(soft_pause=0.2, hard_pause=0.6, longest=30.0)


def moments(probabilities, manner=MANNER):
    """Return (frame, moment) for each thing that happened."""
    endpoint, found = Endpoint(), []
    for frame, probability in enumerate(probabilities):
        endpoint, moment = advance(endpoint, probability, FRAME, manner)
        if moment:
            found.append((frame, moment))
    return found


def turning_points(probabilities):
    """Return the moments at which something changed."""
    return [moment for _, moment in moments(probabilities) if moment not in ("continued", "silent")]


def test_speech_starts_pauses_and_ends():
    told = ("continued", "silent")
    found = [(at, moment) for at, moment in moments([0.9] * 10 + [0.0] * 30) if moment not in told]
    assert found == [(0, "started"), (16, "paused"), (28, "ended")]


def test_a_pause_that_lasts_is_told_of_every_tenth_of_a_second():
    assert [at for at, moment in moments([0.9] * 10 + [0.0] * 30) if moment == "silent"] == [20, 24]


def test_speech_that_goes_on_is_told_of_now_and_then():
    told = [at for at, moment in moments([0.9] * 100) if moment == "continued"]
    assert told
    assert all(later - earlier == 16 for earlier, later in pairwise(told))


def test_what_may_be_speech_for_a_moment_is_none():
    assert moments([0.7, 0.0] * 20) == []


def test_two_moments_that_may_be_speech_are_a_beginning():
    assert moments([0.6, 0.6])[0] == (1, "started")


def test_a_pause_can_be_cut_short_by_whoever_understands_it():
    endpoint = Endpoint()
    for probability in [0.9] * 5 + [0.0] * 7:
        endpoint, _ = advance(endpoint, probability, FRAME, MANNER)
    assert advance(end_after(endpoint, 0.25), 0.0, FRAME, MANNER)[1] == "ended"
    assert advance(endpoint, 0.0, FRAME, MANNER)[1] is None


def test_a_pause_that_was_cut_short_is_long_again_after_more_speech():
    endpoint = Endpoint()
    for probability in [0.9] * 5 + [0.0] * 7:
        endpoint, _ = advance(endpoint, probability, FRAME, MANNER)
    endpoint, moment = advance(end_after(endpoint, 0.5), 0.9, FRAME, MANNER)
    assert moment == "resumed"
    for _ in range(17):
        endpoint, moment = advance(endpoint, 0.0, FRAME, MANNER)
        assert moment != "ended"


def test_a_pause_inside_a_sentence_is_taken_back():
    found = turning_points([0.9] * 10 + [0.0] * 10 + [0.9] * 10 + [0.0] * 30)
    assert found == ["started", "paused", "resumed", "paused", "ended"]


def test_a_voice_that_trails_off_is_not_cut():
    assert turning_points([0.9] * 5 + [0.4] * 40) == ["started"]


def test_a_turn_cannot_grow_without_bound():
    assert turning_points([0.9] * 2000)[:2] == ["started", "ended"]


@given(st.lists(st.floats(0, 1), max_size=300))
def test_moments_come_in_an_order_that_makes_sense(probabilities):
    may_follow = {
        None: {"started"},
        "started": {"continued", "paused", "ended"},
        "continued": {"continued", "paused", "ended"},
        "paused": {"silent", "resumed", "ended"},
        "silent": {"silent", "resumed", "ended"},
        "resumed": {"continued", "paused", "ended"},
        "ended": {"started"},
    }
    last = None
    for _, moment in moments(probabilities, Manner(longest=2.0)):
        assert moment in may_follow[last]
        last = moment
