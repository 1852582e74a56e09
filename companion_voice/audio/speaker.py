"""The speaker: sentences queued behind a door, let out by epoch. Knows nothing of what they say.

The stream stays open and plays silence when there is nothing to say, so that a reply begins at once.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from companion_voice.audio import devices
from companion_voice.audio.echo import LINGER
from companion_voice.audio.playlist import Mark, Playlist, Position
from companion_voice.audio.resample import Samples, SentenceResampler
from companion_voice.audio.ring import Block, BlockRing
from companion_voice.audio.stream import LiveStream

BLOCK = 0.005
"""Seconds of one block: how long a word already decided on may still wait, and how quickly it can fall silent.
PortAudio keeps two of them ready, and each hand on the way adds its own: 10 ms here are 15 ms more in the air."""

ECHOES = 2 * LINGER
"""Seconds of silence after a sound that its canceller is still told of; longer silence has no echo."""

RATE = 48_000
"""Samples a second that sound cards and sound servers run at by themselves."""

LONGEST_DELAY = 0.5
"""Seconds from here to the air that are believed; some drivers report nonsense."""


Gain: TypeAlias = Callable[[], float]
"""By what sound is multiplied, 0 to 1, asked for each piece of it."""


def _as_it_is() -> float:
    """Leave sound as it is."""
    return 1.0


class Speaker(Protocol):
    """Where sound goes. `play` has one caller at a time, and so has `marks`; the others may be called by anyone."""

    @property
    def underflows(self) -> int:
        """How often something that it said came with a gap, because no sound was there in time."""

    def open(self) -> str:
        """Make ready and return the name of the device. Raises `AudioError`."""

    def close(self) -> None:
        """Fall silent and let the device go; harmless when closed."""

    def play(self, epoch: int, index: int, samples: Samples, rate: int, *, last: bool) -> None:
        """Queue more sound, `float32[n]` at `rate`, of sentence `index`; `last` (with or without sound) ends it."""

    def release(self, epoch: int) -> None:
        """Open the door for the sound of `epoch`, and close it for any other."""

    def hold(self, epoch: int) -> Position | None:
        """Fall silent at once, keeping the sound of `epoch` where it is; return what was being spoken, if anything."""

    def hush(self, epoch: int) -> Position | None:
        """Fall silent at once, drop everything older than `epoch` and return what was being spoken, if anything."""

    def marks(self) -> list[Mark]:
        """Return which sentences began and ended to be heard since the last call, by `time.monotonic`.

        Call it every few hundredths of a second.
        """

    def backlog(self) -> float:
        """Return how many seconds of sound are queued."""

    def lost(self) -> str | None:
        """Return a sentence when no more sound will be taken until it is opened again."""


class SoundCardSpeaker:
    """A speaker of this machine, found by part of its name or as "default"."""

    def __init__(
        self, device: str = devices.DEFAULT, *, reference: BlockRing | None = None, gain: Gain = _as_it_is
    ) -> None:
        """Use `device`; what is played goes into `reference` as well, to be taken out of what a microphone hears.

        What is queued is multiplied by what `gain` says then.
        """
        self._wanted = device
        self._gain = gain
        self._reference = reference
        self.underflows = 0
        self._sounded = 0.0
        """When it last said anything, by `time.monotonic`."""
        self._stream: LiveStream | None = None
        self._playlist = Playlist(RATE)
        self._resampler = SentenceResampler(RATE)

    @property
    def rate(self) -> int:
        """Samples a second of the device."""
        return self._playlist.rate

    def open(self) -> str:
        """Start the device and return its name. Raises `DeviceError`.

        What is queued goes on where it was, unless the device has another rate than the last one had.
        """
        self.close()
        device = devices.find("speaker", self._wanted)
        self._stream = LiveStream(device, RATE, self._wants, block=BLOCK)
        if self._stream.rate != self.rate:
            self._playlist = Playlist(self._stream.rate, self._playlist.door)
            self._resampler = SentenceResampler(self._stream.rate)
        if self._reference:
            self._reference.rate = self._stream.rate
        return device.name

    def close(self) -> None:
        """Fall silent and let the device go; harmless when closed."""
        if self._stream:
            self._stream.close()
        self._stream = None

    def play(self, epoch: int, index: int, samples: Samples, rate: int, *, last: bool) -> None:
        """Queue more sound of a sentence."""
        sound = self._resampler.take(epoch, index, samples, rate, last=last)
        self._playlist.add(epoch, index, sound * np.float32(self._gain()), last=last)

    def release(self, epoch: int) -> None:
        """Open the door for the sound of `epoch`."""
        self._playlist.release(epoch)

    def hold(self, epoch: int) -> Position | None:
        """Fall silent at once, keeping the sound of `epoch`."""
        return self._playlist.hold(epoch)

    def hush(self, epoch: int) -> Position | None:
        """Fall silent at once and drop everything older than `epoch`."""
        return self._playlist.hush(epoch)

    def marks(self) -> list[Mark]:
        """Return which sentences began and ended since the last call."""
        return self._playlist.marks(time.monotonic())

    def backlog(self) -> float:
        """Return how many seconds of sound are queued."""
        return self._playlist.backlog()

    def lost(self) -> str | None:
        """Return a sentence when the device went away or stands still; None while closed."""
        return self._stream.lost() if self._stream else None

    def _wants(self, samples: Any, frames: int, times: Any, flags: Any) -> None:  # noqa: ANN401 - PortAudio's
        if flags.output_underflow and not self._playlist.idle:
            self.underflows += 1
        now = time.monotonic()
        delay = min(max(0.0, times.outputBufferDacTime - times.currentTime), LONGEST_DELAY)
        sound = self._playlist.render(frames, now + delay)
        samples[:] = sound[:, np.newaxis]
        if not self._playlist.idle:
            self._sounded = now
        if self._reference and now - self._sounded < ECHOES:
            self._reference.push(Block(sound, now))
