"""What the speaker says next: the door that only sound of the released epoch passes.

Counts frames and nothing else: no hardware, no clock, no lock. Three callers may work at once, because each value has
one writer and every hand-over is a single step of the interpreter: a producer (`add`), the conductor (`release`,
`hold`, `hush`) and a consumer (`render`), which is PortAudio's callback.
"""

import math
from collections import deque
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from companion_voice.audio.resample import Samples

FADE = 0.005
"""Seconds over which sound that breaks off dies away, and sound that goes on in mid-sentence swells."""

MARKS = 4096
"""Marks kept for a caller who does not fetch them."""


class Mark(msgspec.Struct, frozen=True):
    """A sentence began or ended."""

    epoch: int
    index: int
    what: Literal["started", "spoken"]
    at: float
    """Seconds, on the clock of whoever renders."""


class Position(msgspec.Struct, frozen=True):
    """The sentence that was being spoken."""

    epoch: int
    index: int
    fraction: float
    """How much of its sound, as far as that was made by then, was rendered: 0 to 1."""


class Door:
    """Which sound may pass."""

    released: int | None = None
    """The epoch that may be heard."""
    oldest: int = 0
    """Anything made for an epoch before this one is to be dropped."""

    def lets(self, epoch: int) -> bool:
        """Return whether sound of `epoch` may pass now."""
        return epoch == self.released and epoch >= self.oldest


class Playlist:
    """Sound in sentences, in epochs, behind a door."""

    def __init__(self, rate: int, door: Door | None = None, *, fade: float = FADE) -> None:
        self.rate = rate
        """Frames a second."""
        self.door = door or Door()
        """May be handed on to another playlist, so that nobody has to be told again."""
        self.idle = True
        """Nothing of the last block rendered was speech."""
        self._lanes: dict[int, _Lane] = {}
        self._marks: deque[Mark] = deque(maxlen=MARKS)
        self._fader = _Fader(int(fade * rate))
        self._before: _Lane | None = None

    def add(self, epoch: int, index: int, samples: Samples, *, last: bool) -> None:
        """Queue more sound, `float32[n]` at `rate`, of sentence `index`; `last` ends the sentence."""
        if epoch < self.door.oldest:
            return
        if epoch not in self._lanes:
            self._forget([lane for lane in self._lanes.values() if lane.finished and lane.epoch < epoch])
        self._lanes.setdefault(epoch, _Lane(epoch)).put(index, samples, last=last)

    def release(self, epoch: int) -> None:
        """Open the door for `epoch`, and close it for any other."""
        self.door.released = epoch

    def hold(self, epoch: int) -> Position | None:
        """Close the door if it is open for `epoch`, whose sound stays where it is; return its sentence, if any."""
        if self.door.released == epoch:
            self.door.released = None
        lane = self._lanes.get(epoch)
        return lane.position() if lane else None

    def hush(self, epoch: int) -> Position | None:
        """Drop everything older than `epoch` and return the sentence that was being spoken, if any."""
        self.door.oldest = max(self.door.oldest, epoch)
        stale = [lane for lane in list(self._lanes.values()) if lane.epoch < epoch]
        self._forget(stale)
        stale.sort(key=lambda lane: lane.epoch, reverse=True)
        return next(filter(None, (lane.position() for lane in stale)), None)

    def marks(self, now: float = math.inf) -> list[Mark]:
        """Return the marks not returned before, in order, whose moment has come."""
        due = []
        while self._marks and self._marks[0].at <= now:
            due.append(self._marks.popleft())
        return due

    def backlog(self) -> float:
        """Return how many seconds of sound wait, behind the door or before it."""
        return sum(lane.waiting for lane in list(self._lanes.values()) if lane.epoch >= self.door.oldest) / self.rate

    def render(self, frames: int, at: float) -> Samples:
        """Return the next `float32[frames]`, silence where there is nothing to say; `at` is when its first is heard."""
        block = np.zeros(frames, np.float32)
        lane = self._open_lane()
        midway = lane is not None and lane.speaking is not None
        filled = lane.take(block, at, self.rate, self._marks) if lane else 0
        self._fader.shape(block, filled, follows=lane is self._before, midway=midway)
        self._before = lane
        self.idle = filled == 0
        return block

    def _open_lane(self) -> "_Lane | None":
        epoch = self.door.released
        return self._lanes.get(epoch) if epoch is not None and self.door.lets(epoch) else None

    def _forget(self, lanes: "list[_Lane]") -> None:
        for lane in lanes:
            self._lanes.pop(lane.epoch, None)


class _Chunk(NamedTuple):
    sentence: int
    samples: Samples
    last: bool


class _Lane:
    """The sound of one epoch, in order. `put` is the producer's, `take` the consumer's; neither writes the other's."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        self.speaking: tuple[int, int] | None = None
        """The sentence begun and not finished, and how many of its frames were taken."""
        self._chunks: deque[_Chunk] = deque()
        self._known: dict[int, int] = {}  # frames put, of each sentence
        self._put = 0
        self._taken = 0
        self._offset = 0  # in the first chunk

    @property
    def waiting(self) -> int:
        """Frames put and not taken."""
        return self._put - self._taken

    @property
    def finished(self) -> bool:
        """Nothing waits and no sentence is open."""
        return not self._chunks and self.speaking is None

    def put(self, index: int, samples: Samples, *, last: bool) -> None:
        """Add sound to the end."""
        if not len(samples) and not last:
            return
        self._known[index] = self._known.get(index, 0) + len(samples)
        self._put += len(samples)
        self._chunks.append(_Chunk(index, samples, last))

    def position(self) -> Position | None:
        """Return how far the open sentence is."""
        if self.speaking is None:
            return None
        index, heard = self.speaking
        return Position(self.epoch, index, min(1.0, heard / max(1, self._known[index])))

    def take(self, block: Samples, at: float, rate: int, marks: deque[Mark]) -> int:
        """Fill `block` from its start with what comes next, note what began and ended, and return the frames filled."""
        filled = 0
        while self._chunks:
            index, samples, last = self._chunks[0]
            rest = samples[self._offset : self._offset + len(block) - filled]
            if not len(rest) and len(samples):
                break
            if self.speaking is None or self.speaking[0] != index:
                self.speaking = (index, 0)
                marks.append(Mark(self.epoch, index, "started", at + filled / rate))
            block[filled : filled + len(rest)] = rest
            filled += len(rest)
            self._taken += len(rest)
            self.speaking = (index, self.speaking[1] + len(rest))
            self._offset += len(rest)
            if self._offset < len(samples):
                break
            self._chunks.popleft()
            self._offset = 0
            if last:
                self.speaking = None
                marks.append(Mark(self.epoch, index, "spoken", at + filled / rate))
        return filled


class _Fader:
    """Keeps breaks from clicking: what breaks off dies away from its last level, what goes on in the middle swells.

    The dying away is made from the last level alone, so that not one sample behind the door is needed for it.
    """

    def __init__(self, frames: int) -> None:
        self._fall = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, frames + 1) / (frames + 1))).astype(np.float32)
        self._rise = self._fall[::-1]
        self._risen = frames
        self._dying = np.zeros(frames, np.float32)
        self._fading = False
        self._open_end = False
        self._level = np.float32(0)

    def shape(self, block: Samples, filled: int, *, follows: bool, midway: bool) -> None:
        """Shape `block`, of which `filled` frames are sound that `follows` the last block or starts `midway`."""
        if not filled and not self._open_end and not self._fading:
            return
        goes_on = self._open_end and follows and filled > 0
        broken = [(0, self._level)] if self._open_end and not goes_on else []
        if not goes_on:
            self._risen = 0 if midway else len(self._rise)
        rising = self._rise[self._risen : self._risen + filled]
        block[: len(rising)] *= rising
        self._risen += len(rising)
        self._open_end = filled == len(block)
        if filled:
            self._level = block[filled - 1]
            broken += [] if self._open_end else [(filled, self._level)]
        self._let_die(block, broken)

    def _let_die(self, block: Samples, broken: list[tuple[int, np.float32]]) -> None:
        if not broken and not self._fading:
            return
        fade = len(self._fall)
        tail = np.zeros(len(block) + fade, np.float32)
        tail[:fade] = self._dying
        for start, level in broken:
            tail[start : start + fade] += level * self._fall
        block += tail[: len(block)]
        self._dying = tail[len(block) :]
        self._fading = bool(self._dying.any())
