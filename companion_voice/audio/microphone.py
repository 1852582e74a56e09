"""The microphone: mono sound at 16 kHz from a sound card. Knows nothing of speech.

The callback copies a block and counts; all else, such as taking out an echo, happens in `read`, which whoever listens
calls.
"""

import math
import time
from typing import Any, Protocol

import numpy as np

from companion_voice.audio import devices
from companion_voice.audio.echo import EchoCanceller
from companion_voice.audio.liveliness import Liveliness
from companion_voice.audio.resample import HEARING_RATE, Resampler, Samples
from companion_voice.audio.ring import Block, BlockRing
from companion_voice.audio.stream import LiveStream

BLOCK = 0.005
"""Seconds of one block: how long a sound may wait before it is heard."""

LATENCY = 0.015
"""Seconds of sound that the driver keeps: three blocks, so that one that is fetched late is not lost."""

RING = 2.0
"""Seconds of sound kept for a listener who is late."""


class Microphone(Protocol):
    """Where sound comes from. One caller at a time."""

    @property
    def recorded(self) -> bool:
        """Nobody is there to speak: it can wait until it is listened to, and it ends."""

    @property
    def ended(self) -> bool:
        """A recording was read to its end; what follows is silence."""

    @property
    def notice(self) -> str:
        """A sentence about what is wrong with the sound, though it can be heard; empty when nothing is."""

    @property
    def overflows(self) -> int:
        """How often sound was lost before it could be read."""

    @property
    def clear(self) -> bool:
        """What it gives holds next to nothing of what the companion says itself."""

    @property
    def dumb(self) -> bool:
        """It gives nothing but zeros, which a microphone that works never does."""

    def open(self) -> str:
        """Begin to listen and return the name of the source. Raises `AudioError`."""

    def read(self, timeout: float) -> Samples | None:
        """Return what came, `float32[n]` at 16 kHz; None when nothing came within `timeout` seconds."""

    def lost(self) -> str | None:
        """Return a sentence when no more sound will come until it is opened again."""

    def close(self) -> None:
        """Stop listening; harmless when closed."""


class SoundCardMicrophone:
    """A microphone of this machine, found by part of its name or as "default"."""

    recorded = False
    ended = False
    notice = ""

    def __init__(self, device: str = devices.DEFAULT, *, canceller: EchoCanceller | None = None) -> None:
        """Use `device`; `canceller` takes out what a speaker leaves in its reference."""
        self._wanted = device
        self._canceller = canceller
        self._ring = BlockRing(RING, BLOCK)
        self._flagged = 0
        self._stream: LiveStream | None = None
        self._resampler = Resampler(HEARING_RATE, HEARING_RATE)
        self._liveliness = Liveliness()

    @property
    def overflows(self) -> int:
        """Blocks that PortAudio flagged as coming after a loss, and blocks that found the ring full."""
        return self._flagged + self._ring.dropped

    @property
    def clear(self) -> bool:
        """No echo is to be cancelled, or the canceller has found it."""
        return self._canceller is None or self._canceller.settled

    @property
    def dumb(self) -> bool:
        """It gave noise for long, and gives nothing but zeros."""
        return self._liveliness.dead

    def open(self) -> str:
        """Begin to listen and return the device's name. Raises `DeviceError`."""
        self.close()
        device = devices.find("microphone", self._wanted)
        self._ring.clear()  # what was heard before a loss is not to be heard after it
        if self._canceller:
            self._canceller.reset()
        self._liveliness.again()
        self._stream = LiveStream(device, HEARING_RATE, self._heard, block=BLOCK, latency=LATENCY)
        self._ring.rate = self._stream.rate
        self._resampler = Resampler(self._ring.rate, HEARING_RATE)
        return device.name

    def read(self, timeout: float) -> Samples | None:
        """Return what came, `float32[n]` at 16 kHz; None when nothing came within `timeout` seconds."""
        first = self._ring.pull(timeout)
        if first is None:
            return None
        samples = np.concatenate([self._taken(block) for block in (first, *self._ring.pull_until(math.inf))])
        return samples if len(samples) else None

    def lost(self) -> str | None:
        """Return a sentence when the device went away or stands still; None while closed."""
        return self._stream.lost() if self._stream else None

    def close(self) -> None:
        """Stop listening; harmless when closed."""
        if self._stream:
            self._stream.close()
        self._stream = None

    def _taken(self, block: Block) -> Samples:
        self._liveliness.note(len(block.samples) / self._ring.rate, zero=not block.samples.any())
        samples = self._resampler.take(block.samples)
        return self._canceller.clean(samples, block.at) if self._canceller else samples

    def _heard(self, samples: Any, _frames: int, _times: Any, flags: Any) -> None:  # noqa: ANN401 - PortAudio's
        self._flagged += flags.input_overflow
        self._ring.push(Block(samples[:, 0].copy(), time.monotonic()))
