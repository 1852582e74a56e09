"""Sound from one rate to another, piece by piece, by soxr. Knows nothing of devices and files."""

from typing import TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Mono sound, `float32[n]` in [-1, 1]. Its rate is said where it is used."""

HEARING_RATE = 16_000
"""Samples a second of everything a microphone gives."""


class Resampler:
    """Mono sound of one rate in, of another out. soxr keeps up to 40 ms back until more comes or `last` is said."""

    def __init__(self, source: int, target: int) -> None:
        self._stream = None if source == target else soxr.ResampleStream(source, target, 1, dtype="float32")

    def take(self, samples: Samples, *, last: bool = False) -> Samples:
        """Return what can be said by now of all `float32[n]` taken; after `last` nothing may follow."""
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(np.ascontiguousarray(samples, np.float32), last)
        return resampled


class SentenceResampler:
    """Sentences of any rate in, one rate out, without a seam between the pieces of a sentence."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._sentence: tuple[int, int, int] | None = None
        self._resampler = Resampler(target, target)

    def take(self, epoch: int, index: int, samples: Samples, rate: int, *, last: bool) -> Samples:
        """Return the next sound of a sentence; another sentence than before starts afresh."""
        sentence = (epoch, index, rate)
        if sentence != self._sentence:
            self._resampler = Resampler(rate, self._target)
        self._sentence = None if last else sentence
        return self._resampler.take(samples, last=last)
