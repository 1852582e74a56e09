"""The watermark, put into sound as it streams by: an equaliser that follows the pattern, without any delay.

Spread spectrum in the log spectrum (Kirovski & Malvar 2003): each band of a cell is `DEPTH` dB louder or softer. It is
a multiplication, so the mark is strongest where the speech is, which codecs keep and which masks it, and silence stays
silent. The filters have minimum phase (Oppenheim & Schafer: the folded cepstrum), so nothing is held back: as many
samples come out as went in. Does not know how the mark is found again.
"""

import numpy as np
from numpy.typing import NDArray

from companion_voice.audio.marking.pattern import BANDS, CELL, CELLS, DEPTH, edges, signs
from companion_voice.audio.resample import Samples

TAPS = 0.015
"""Seconds an equaliser's impulse response lasts."""

RAMP = 0.01
"""Seconds in which one cell's equaliser gives way to the next."""

_GRID = 4096


class Watermark:
    """The watermark for one stream of sound at `rate` samples a second. One caller at a time.

    Give it every sample of the stream, silence included: the pattern's clock is the count of samples.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._filters = _filters(rate)
        self._past: Samples = np.zeros(self._filters.shape[1] - 1, np.float32)
        self._ramp = round(rate * RAMP)
        self._at = 0

    def mark(self, chunk: Samples) -> Samples:
        """Return `float32[n]` marked, for the next `float32[n]` of the stream, however long or short."""
        heard = np.concatenate([self._past, chunk], dtype=np.float32)
        marked = np.empty(len(chunk), np.float32)
        done = 0
        while done < len(chunk):
            cell, begin, end = self._cell(self._at)
            count = min(end - self._at, len(chunk) - done)
            piece = heard[done : done + len(self._past) + count]
            marked[done : done + count] = self._equalised(piece, cell, self._at - begin)
            done += count
            self._at += count
        self._past = heard[len(chunk) :].copy()
        return marked

    def _cell(self, at: int) -> tuple[int, int, int]:
        """Return the cell that sample `at` lies in, and the samples it begins at and ends before."""
        cell = int(at / (CELL * self._rate))
        while round((cell + 1) * CELL * self._rate) <= at:
            cell += 1
        while round(cell * CELL * self._rate) > at:
            cell -= 1
        return cell, round(cell * CELL * self._rate), round((cell + 1) * CELL * self._rate)

    def _equalised(self, piece: Samples, cell: int, since: int) -> Samples:
        """Return the new samples of `piece`, which begins with the past, `since` samples after the cell began."""
        now: Samples = np.convolve(piece, self._filters[cell % CELLS], "valid")
        left = min(self._ramp - since, len(now))
        if left > 0:
            before = np.convolve(piece[: len(self._past) + left], self._filters[(cell - 1) % CELLS], "valid")
            weight = (np.arange(since, since + left, dtype=np.float32) + 1) / (self._ramp + 1)
            now[:left] = weight * now[:left] + (1 - weight) * before
        return now


def _filters(rate: int) -> NDArray[np.float32]:
    """Return each cell's equaliser at `rate` as `float32[CELLS, taps]`."""
    frequencies = np.arange(_GRID // 2 + 1) * rate / _GRID
    band = np.searchsorted(edges(), frequencies) - 1
    inside = (band >= 0) & (band < BANDS)
    gains = np.where(inside, signs()[:, np.clip(band, 0, BANDS - 1)], 0) * DEPTH
    cepstra = np.fft.irfft(gains * np.log(10) / 20, _GRID, axis=1)
    fold = np.zeros(_GRID)
    fold[0] = fold[_GRID // 2] = 1
    fold[1 : _GRID // 2] = 2
    responses = np.fft.irfft(np.exp(np.fft.rfft(cepstra * fold, axis=1)), _GRID, axis=1)
    taps = round(rate * TAPS)
    fade = np.cos(np.linspace(0, np.pi / 2, taps)) ** 2
    filters: NDArray[np.float32] = (responses[:, :taps] * fade).astype(np.float32)
    return filters
