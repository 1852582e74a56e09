"""Tells whether what is heard is a mere copy of what was lately played. Owns no device; knows nothing of speech.

An echo canceller follows one delay. Where a sound server leaves something out or puts something in, the delay jumps,
and until it is found again the echo passes as if it were a person. Then what is heard is what was played, at some
delay, and nothing else: their normalised cross-correlation is 1 (the measure by which double talk is told from echo:
Benesty, Morgan and Cho 2000). A room colours its echo, so that there next to nothing is a mere copy.
"""

import numpy as np

from companion_voice.audio.resample import HEARING_RATE, Resampler, Samples

LATEST = 0.5
"""Seconds after which an echo is not expected any more."""

WINDOW = 0.02
"""Seconds of what was heard that are compared. Shorter, two people's vowels are alike; longer, a jump lasts longer."""

LIKENESS = 0.95
"""From here on, 0 to 1, it is a copy. Vowels of two voices came to 0.87 once in a hundred, and to 0.90 at most; a voice
6 dB below the echo that it is mixed with pulls it down to 0.90."""

FAINT = 1e-3
"""Power, as a share of the greatest, below which what was played is silence and resembles anything."""


class Copies:
    """What was lately played, to be compared with what is heard. All at 16 kHz."""

    def __init__(self) -> None:
        self._played = np.zeros(int((LATEST + WINDOW) * HEARING_RATE), np.float32)
        self._heard = np.zeros(int(WINDOW * HEARING_RATE), np.float32)
        self._rate = HEARING_RATE
        self._resampler = Resampler(HEARING_RATE, HEARING_RATE)
        self._size = 1 << (len(self._played) + len(self._heard)).bit_length()

    def play(self, samples: Samples, rate: int) -> None:
        """Take note of `float32[n]` at `rate` that is being played."""
        if rate != self._rate:
            self._rate, self._resampler = rate, Resampler(rate, HEARING_RATE)
        self._played = _latest(self._played, self._resampler.take(samples))

    def hear(self, samples: Samples) -> None:
        """Take note of `float32[n] at 16 kHz` that was heard."""
        self._heard = _latest(self._heard, samples)

    def likeness(self) -> float:
        """Return how like what was heard last is to the likest of what was played, 0 to 1."""
        width = len(self._heard)
        spectrum = np.fft.rfft(self._played, self._size) * np.conj(np.fft.rfft(self._heard, self._size))
        products = np.abs(np.fft.irfft(spectrum, self._size)[: len(self._played) - width + 1])
        sums = np.concatenate([[0.0], np.cumsum(np.square(self._played, dtype=np.float64))])
        powers = sums[width:] - sums[:-width]
        audible = powers > FAINT * powers.max()
        power = float(np.dot(self._heard, self._heard))
        if power == 0 or not audible.any():
            return 0.0
        return float(np.max(products[audible] / np.sqrt(powers[audible] * power)))


def _latest(past: Samples, samples: Samples) -> Samples:
    return np.concatenate([past, samples])[-len(past) :]
