"""Blocks of sound from a PortAudio callback to whoever works on them. Knows nothing of what they mean."""

import math
import queue

from companion_voice.audio.resample import Samples


class BlockRing:
    """A bounded queue whose writer never waits: what finds it full is dropped and counted.

    `SimpleQueue` appends under the interpreter's own lock and is the one queue of the standard library whose `put`
    cannot block on a reader. One writer, one reader.
    """

    def __init__(self, seconds: float, block: float) -> None:
        """Hold up to `seconds` of sound in blocks of `block` seconds."""
        self.dropped = 0
        """Blocks that found the ring full."""
        self._room = math.ceil(seconds / block)
        self._blocks: queue.SimpleQueue[Samples] = queue.SimpleQueue()

    def push(self, samples: Samples) -> None:
        """Add a block that nobody else will write to. Never waits, never raises."""
        if self._blocks.qsize() < self._room:
            self._blocks.put(samples)
        else:
            self.dropped += 1

    def pull(self, timeout: float) -> Samples | None:
        """Return the oldest block; None when none came within `timeout` seconds."""
        try:
            return self._blocks.get(timeout=timeout) if timeout > 0 else self._blocks.get_nowait()
        except queue.Empty:
            return None
