import threading

import numpy as np
import pytest

from companion_voice.audio.ring import BlockRing


def block(number: int) -> np.ndarray:
    return np.full(4, number, np.float32)


def test_blocks_come_out_in_order() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    for number in range(5):
        ring.push(block(number))
    assert [int(ring.pull(0)[0]) for _ in range(5)] == list(range(5))
    assert ring.pull(0) is None
    assert ring.pull(0.001) is None


@pytest.mark.parametrize(("seconds", "length", "room"), [(1.0, 0.1, 10), (0.05, 0.02, 3), (2.0, 0.01, 200)])
def test_a_full_ring_drops_and_counts_instead_of_waiting(seconds: float, length: float, room: int) -> None:
    ring = BlockRing(seconds, length)
    for number in range(room + 7):
        ring.push(block(number))
    assert ring.dropped == 7
    kept = [ring.pull(0) for _ in range(room + 1)]
    assert [each is not None and int(each[0]) for each in kept] == [*range(room), False]


def test_a_waiting_reader_is_woken_by_the_writer() -> None:
    ring = BlockRing(seconds=1, block=0.1)
    pulled: list[np.ndarray | None] = []
    reader = threading.Thread(target=lambda: pulled.append(ring.pull(30)))
    reader.start()
    ring.push(block(7))
    reader.join()
    assert pulled[0] is not None
    assert pulled[0][0] == 7
