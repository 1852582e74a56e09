import threading

import numpy as np
import pytest

from companion_voice.audio.ring import Block, BlockRing


def block(number: int) -> Block:
    return Block(np.full(4, number, np.float32), at=float(number))


def number(block: Block | None) -> int | None:
    return None if block is None else int(block.samples[0])


def test_blocks_come_out_in_order() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    for each in range(5):
        ring.push(block(each))
    assert [number(ring.pull(0)) for _ in range(5)] == list(range(5))
    assert ring.pull(0) is None
    assert ring.pull(0.001) is None


@pytest.mark.parametrize(("seconds", "length", "room"), [(1.0, 0.1, 10), (0.05, 0.02, 3), (2.0, 0.01, 200)])
def test_a_full_ring_drops_and_counts_instead_of_waiting(seconds: float, length: float, room: int) -> None:
    ring = BlockRing(seconds, length)
    for each in range(room + 7):
        ring.push(block(each))
    assert ring.dropped == 7
    assert [number(ring.pull(0)) for _ in range(room + 1)] == [*range(room), None]


def test_only_what_came_until_a_moment_is_taken_and_the_rest_stays_in_order() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    for each in range(6):
        ring.push(block(each))
    assert [number(each) for each in ring.pull_until(-1)] == []
    assert [number(each) for each in ring.pull_until(2)] == [0, 1, 2]
    assert [number(each) for each in ring.pull_until(2.5)] == []
    assert number(ring.pull(0)) == 3
    assert [number(each) for each in ring.pull_until(99)] == [4, 5]


def test_a_cleared_ring_is_empty() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    for each in range(6):
        ring.push(block(each))
    assert list(ring.pull_until(-1)) == []
    ring.clear()
    assert ring.pull(0) is None


def test_a_waiting_reader_is_woken_by_the_writer() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    pulled: list[Block | None] = []
    reader = threading.Thread(target=lambda: pulled.append(ring.pull(30)))
    reader.start()
    ring.push(block(7))
    reader.join()
    assert number(pulled[0]) == 7
