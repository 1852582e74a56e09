"""Which part of a long conversation is shown."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from companion_voice.engines.llm.window import first_shown
from companion_voice.events import Message

ROOM = 1000
lengths = st.lists(st.integers(1, 300), min_size=1, max_size=60)


def first_of(sizes: list[int]) -> int:
    messages = [Message("companion" if n % 2 else "person", "") for n in range(len(sizes))]
    return first_shown(messages, sizes, ROOM)


def test_everything_is_shown_as_long_as_there_is_room() -> None:
    assert first_of([100] * 8) == 0


def test_room_is_made_for_what_the_person_will_say_before_they_say_it() -> None:
    assert first_of([100] * 9) == 0  # the person has said it
    assert first_of([95] * 10) > 0  # the companion ended, and the person comes next


def test_half_of_the_room_is_cleared_at_once() -> None:
    first = first_of([50] * 18)
    assert 450 <= 50 * (18 - first) <= 500


@given(lengths)
def test_what_is_shown_fits_unless_the_last_message_alone_does_not(sizes: list[int]) -> None:
    first = first_of(sizes)
    assert first < len(sizes)
    assert sum(sizes[first:]) <= ROOM or first == len(sizes) - 1


@given(lengths, lengths)
def test_a_conversation_that_goes_on_never_gets_old_messages_back(sizes: list[int], more: list[int]) -> None:
    assert first_of(sizes) <= first_of(sizes + more)


@given(lengths)
def test_the_beginning_moves_only_when_half_of_the_room_has_been_filled_anew(sizes: list[int]) -> None:
    firsts = [first_of(sizes[: n + 1]) for n in range(len(sizes))]
    moves = [n for n in range(1, len(firsts)) if firsts[n] != firsts[n - 1]]
    for one, two in itertools.pairwise(moves):
        assert sum(sizes[one + 1 : two + 1]) > ROOM - 128 - ROOM // 2
