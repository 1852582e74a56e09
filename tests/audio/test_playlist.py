import itertools
import sys
import threading

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from companion_voice.audio.playlist import Door, Mark, Playlist, Position

RATE = 1000
EPOCHS = st.integers(0, 5)


def counting(start: int, frames: int) -> np.ndarray:
    return np.arange(start, start + frames, dtype=np.float32)


class DoorHolds(RuleBasedStateMachine):
    """A playlist beside a plain description of it: every frame ever queued has its own number."""

    def __init__(self) -> None:
        super().__init__()
        self.playlist = Playlist(RATE, fade=0)
        self.frames = itertools.count(1)
        self.waiting: dict[int, list[int]] = {}
        self.sentence: dict[int, int] = {}
        self.released: int | None = None
        self.oldest = 0
        self.now = 0.0
        self.marks: list[Mark] = []

    @rule(epoch=EPOCHS, frames=st.integers(0, 30), last=st.booleans())
    def add(self, epoch: int, frames: int, last: bool) -> None:
        index = self.sentence.setdefault(epoch, 0)
        numbers = list(itertools.islice(self.frames, frames))
        self.playlist.add(epoch, index, np.array(numbers, np.float32), last=last)
        self.sentence[epoch] += last
        if epoch >= self.oldest:
            self.waiting.setdefault(epoch, []).extend(numbers)

    @rule(epoch=EPOCHS)
    def release(self, epoch: int) -> None:
        self.playlist.release(epoch)
        self.released = epoch

    @rule(epoch=EPOCHS)
    def hold(self, epoch: int) -> None:
        self.playlist.hold(epoch)
        self.released = None if self.released == epoch else self.released

    @rule(epoch=EPOCHS)
    def hush(self, epoch: int) -> None:
        position = self.playlist.hush(epoch)
        self.oldest = max(self.oldest, epoch)
        self.waiting = {each: frames for each, frames in self.waiting.items() if each >= self.oldest}
        if position:
            assert position.epoch < epoch
            assert 0 < position.fraction <= 1

    @rule(frames=st.integers(1, 50))
    def render(self, frames: int) -> None:
        block = self.playlist.render(frames, self.now)
        self.now += frames / RATE
        queue = self.waiting.get(self.released, []) if self.released is not None else []
        expected, queue[:] = queue[:frames], queue[frames:]
        assert block.tolist() == expected + [0] * (frames - len(expected))
        assert self.playlist.idle == (not expected)
        self.marks += self.playlist.marks()

    @precondition(lambda self: self.waiting)
    @rule()
    def let_everything_out(self) -> None:
        for epoch in sorted(self.waiting):
            self.release(epoch)
            while self.waiting[epoch]:
                self.render(7)
        assert self.playlist.backlog() == 0

    @invariant()
    def what_waits_is_known(self) -> None:
        assert self.playlist.backlog() == pytest.approx(sum(map(len, self.waiting.values())) / RATE)

    @invariant()
    def marks_come_in_order(self) -> None:
        assert [mark.at for mark in self.marks] == sorted(mark.at for mark in self.marks)
        for epoch in {mark.epoch for mark in self.marks}:
            told = [(mark.index, mark.what == "spoken") for mark in self.marks if mark.epoch == epoch]
            assert told == sorted(set(told)), "each sentence starts once and is spoken once, one after the other"
            spoken = {index for index, done in told if done}
            assert spoken <= {index for index, done in told if not done}


TestDoorHolds = DoorHolds.TestCase


def test_a_sentence_is_marked_to_the_frame() -> None:
    playlist = Playlist(RATE, fade=0)
    playlist.add(1, 0, counting(1, 25), last=False)
    playlist.add(1, 0, counting(26, 5), last=True)
    playlist.add(1, 1, counting(31, 10), last=True)
    playlist.release(1)
    for block in range(5):
        playlist.render(10, at=block / 100)
    assert playlist.marks() == [
        Mark(1, 0, "started", 0.0),
        Mark(1, 0, "spoken", pytest.approx(0.03)),
        Mark(1, 1, "started", pytest.approx(0.03)),
        Mark(1, 1, "spoken", pytest.approx(0.04)),
    ]


def test_marks_are_not_told_before_their_moment() -> None:
    playlist = Playlist(RATE)
    playlist.add(1, 0, counting(1, 10), last=True)
    playlist.release(1)
    playlist.render(20, at=5.0)
    assert [mark.what for mark in playlist.marks(5.005)] == ["started"]
    assert [mark.what for mark in playlist.marks(5.01)] == ["spoken"]


def test_hush_tells_how_much_of_the_open_sentence_was_rendered() -> None:
    playlist = Playlist(RATE)
    playlist.add(4, 2, counting(1, 40), last=True)
    playlist.release(4)
    playlist.render(10, at=0)
    assert playlist.hush(5) == Position(4, 2, 0.25)
    assert playlist.hush(5) is None


@pytest.mark.parametrize("rendered", [0, 40])
def test_hush_between_sentences_interrupts_none(rendered: int) -> None:
    playlist = Playlist(RATE)
    playlist.add(4, 0, counting(1, 40), last=True)
    playlist.add(4, 1, counting(1, 40), last=True)
    playlist.release(4)
    for _ in range(rendered):
        playlist.render(1, at=0)
    assert playlist.hush(5) is None


def test_an_older_epoch_on_hold_goes_on_where_it_was_while_a_newer_one_waits() -> None:
    playlist = Playlist(RATE, fade=0)
    playlist.add(1, 0, counting(1, 20), last=True)
    playlist.release(1)
    playlist.render(5, at=0)
    playlist.hold(1)
    playlist.add(2, 0, counting(100, 20), last=True)
    assert not playlist.render(5, at=0).any()
    playlist.release(1)
    assert playlist.render(5, at=0).tolist() == [6, 7, 8, 9, 10]


def test_a_sentence_without_sound_is_started_and_spoken() -> None:
    playlist = Playlist(RATE)
    playlist.add(1, 0, counting(0, 0), last=True)
    playlist.release(1)
    playlist.render(1, at=3.0)
    assert playlist.marks() == [Mark(1, 0, "started", 3.0), Mark(1, 0, "spoken", 3.0)]


def test_another_playlist_behind_the_same_door_needs_not_be_told() -> None:
    first = Playlist(RATE)
    first.hush(2)
    first.release(3)
    second = Playlist(2 * RATE, first.door, fade=0)
    second.add(1, 0, counting(1, 5), last=True)
    second.add(3, 0, counting(11, 5), last=True)
    assert second.render(5, at=0).tolist() == [11, 12, 13, 14, 15]


def test_the_door_lets_only_the_released_epoch_pass() -> None:
    door = Door()
    door.released, door.oldest = 3, 3
    assert [epoch for epoch in range(6) if door.lets(epoch)] == [3]
    door.oldest = 4
    assert not any(door.lets(epoch) for epoch in range(6))


def test_sound_breaks_off_and_resumes_without_a_click() -> None:
    playlist = Playlist(48_000)
    playlist.add(1, 0, np.full(48_000, 0.5, np.float32), last=True)
    playlist.release(1)
    before = playlist.render(480, at=0)
    playlist.hold(1)
    falling = playlist.render(480, at=0)
    playlist.release(1)
    rising = playlist.render(480, at=0)
    playlist.hush(2)
    fallen = np.concatenate([playlist.render(100, at=0) for _ in range(5)])
    sound = np.concatenate([before, falling, rising, fallen])
    assert np.abs(np.diff(sound)).max() < 0.01, "a click is a step"
    assert not falling[240:].any(), "silent after 5 ms"
    assert not fallen[240:].any()
    assert rising[240:] == pytest.approx(0.5)


def test_sound_that_runs_dry_in_mid_sentence_does_not_click() -> None:
    playlist = Playlist(48_000)
    playlist.release(1)
    playlist.add(1, 0, np.full(700, 0.5, np.float32), last=False)
    blocks = [playlist.render(480, at=0) for _ in range(3)]
    playlist.add(1, 0, np.full(700, 0.5, np.float32), last=True)
    blocks += [playlist.render(480, at=0) for _ in range(3)]
    assert np.abs(np.diff(np.concatenate(blocks))).max() < 0.01


def test_sound_is_not_touched_where_nothing_breaks_off() -> None:
    playlist = Playlist(48_000)
    sound = np.random.default_rng(1).uniform(-1, 1, 4800).astype(np.float32)
    for start in range(0, 4800, 700):
        playlist.add(1, start // 2000, sound[start : start + 700], last=start // 2000 != (start + 700) // 2000)
    playlist.release(1)
    assert np.array_equal(np.concatenate([playlist.render(480, at=0) for _ in range(10)]), sound)


def test_nothing_stale_is_rendered_while_three_threads_work() -> None:
    """Every frame is the number of its epoch, so that one of a hushed epoch shows."""
    playlist = Playlist(RATE, fade=0)
    hushed, stop = [0], threading.Event()
    stale: list[float] = []
    rendered = [0]

    def consume() -> None:
        while not stop.is_set():
            oldest = hushed[0]
            block = playlist.render(50, at=0)
            sound = block[block > 0]
            rendered[0] += len(sound)
            stale.extend(sound[sound < oldest])
            playlist.marks()

    def produce() -> None:
        while not stop.is_set():
            epoch = hushed[0] + 1
            playlist.add(epoch, 0, np.full(20, epoch, np.float32), last=False)

    workers = [threading.Thread(target=consume), threading.Thread(target=produce)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for worker in workers:
            worker.start()
        for epoch in range(1, 400):
            playlist.release(epoch)
            playlist.backlog()
            position = playlist.hush(epoch)
            hushed[0] = epoch
            assert position is None or 0 <= position.fraction <= 1
        enough = rendered[0] + 1000
        while rendered[0] < enough:
            playlist.release(400)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        sys.setswitchinterval(interval)
    assert stale == []
