"""Blocks of sound from a PortAudio callback to whoever works on them. Knows nothing of what they mean."""

import math
import queue
from collections.abc import Iterator
from typing import NamedTuple

from companion_voice.audio.resample import HEARING_RATE, Samples


class Block(NamedTuple):
    """A moment of sound, as a callback got or gave it. Nobody else may write to its samples."""

    samples: Samples
    """`float32[n]` at the rate of the ring."""
    at: float
    """When the callback was called, by `time.monotonic`."""


class BlockRing:
    """A bounded queue whose writer never waits: what finds it full is dropped and counted.

    `SimpleQueue` appends under the interpreter's own lock and is the one queue of the standard library whose `put`
    cannot block on a reader. One writer, one reader.
    """

    def __init__(self, seconds: float, block: float) -> None:
        """Hold up to `seconds` of sound in blocks of `block` seconds."""
        self.rate = HEARING_RATE
        """Samples a second of what is pushed; whoever opens the device says it."""
        self.dropped = 0
        """Blocks that found the ring full."""
        self._room = math.ceil(seconds / block)
        self._blocks: queue.SimpleQueue[Block] = queue.SimpleQueue()
        self._early: Block | None = None
        """A block the reader took before its time."""

    def push(self, block: Block) -> None:
        """Add a block. Never waits, never raises."""
        if self._blocks.qsize() < self._room:
            self._blocks.put(block)
        else:
            self.dropped += 1

    def pull(self, timeout: float) -> Block | None:
        """Return the oldest block; None when none came within `timeout` seconds."""
        if early := self._early:
            self._early = None
            return early
        try:
            return self._blocks.get(timeout=timeout) if timeout > 0 else self._blocks.get_nowait()
        except queue.Empty:
            return None

    def pull_until(self, at: float) -> Iterator[Block]:
        """Yield every block that is here and no later than `at`."""
        while (block := self.pull(0)) is not None:
            if block.at > at:
                self._early = block
                return
            yield block

    def clear(self) -> None:
        """Forget all that is here (the reader's to call)."""
        while self.pull(0) is not None:
            pass
