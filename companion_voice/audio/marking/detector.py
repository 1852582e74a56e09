"""Whether sound carries the watermark, without the sound it was made from. Knows nothing of files.

Log energies of the pattern's bands are whitened and folded onto the pattern's period; the score is the correlation
with the pattern over the norm, at its best alignment. For a key drawn at random, sound that knows nothing of it scores
t or more with a chance of at most `alignments * exp(-t² / 2)` (Hoeffding 1963), whatever the sound is.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from companion_voice.audio.marking.pattern import BANDS, CELL, CELLS, edges, signs
from companion_voice.audio.resample import HEARING_RATE, Resampler, Samples

Levels: TypeAlias = NDArray[np.float64]
"""`float64[frames, BANDS]`: dB, or what is left of them."""

FALSE_ALARMS = 1e-3
"""The bound on the chance that one recording without the mark is said to carry it."""

HOP = 0.01
"""Seconds from one frame to the next: a quarter of a cell."""

WINDOW = 0.04
"""Seconds a frame's spectrum sees."""

SPAN, STEP = 6.0, 3.0
"""Seconds looked at together, and from one look to the next."""

_NEIGHBOURS = 2
"""Bands on either side whose mean is taken for speech."""
_SHORTEST = 1.0
_CELL_FRAMES = round(CELL / HOP)
_PERIOD = _CELL_FRAMES * CELLS
_FLOOR = 55.0
"""dB under the loudest frame of a band that still count as sound."""
_LIMIT = 1.5
"""dB beyond which what is left of a level is speech rather than mark."""


class Detection(NamedTuple):
    """What was found."""

    found: bool
    score: float
    """The best score of all looks and alignments."""
    threshold: float
    """The score from which on the mark is found, for as many looks as this sound's length needs."""
    at: float
    """Seconds into the sound where the look with the best score begins."""


def detect(samples: Samples, rate: int) -> Detection:
    """Return whether mono `float32[n]` at `rate` samples a second carries the watermark; under 1 s it never does."""
    heard = Resampler(rate, HEARING_RATE).take(samples, last=True)
    if len(heard) < HEARING_RATE * _SHORTEST:
        return Detection(found=False, score=0.0, threshold=threshold(1), at=0.0)
    levels = _levels(heard)
    span, step = round(SPAN / HOP), round(STEP / HOP)
    starts = range(0, max(1, len(levels) - span + step), step)
    scores = [score(levels[start : start + span]) for start in starts]
    best = int(np.argmax(scores))
    enough = threshold(len(scores))
    return Detection(found=scores[best] >= enough, score=scores[best], threshold=enough, at=starts[best] * HOP)


def threshold(looks: int) -> float:
    """Return the score that sound without the mark reaches in any of `looks` with a chance below `FALSE_ALARMS`."""
    return float(np.sqrt(2 * np.log(looks * _PERIOD / FALSE_ALARMS)))


def score(levels: Levels, key_signs: NDArray[np.float32] | None = None) -> float:
    """Return the best normalised correlation of `levels` with the pattern over all its alignments."""
    pattern = signs() if key_signs is None else key_signs
    folded = _folded(_whitened(levels))
    best = 0.0
    for shift in range(_PERIOD):
        cells = np.roll(folded, -shift, axis=0).reshape(CELLS, _CELL_FRAMES, BANDS).sum(axis=1)
        norm = float(np.linalg.norm(cells))
        if norm:
            best = max(best, float((cells * pattern).sum()) / norm)
    return best


def _levels(heard: Samples) -> Levels:
    """Return the level of each band in each frame."""
    hop, window = round(HEARING_RATE * HOP), round(HEARING_RATE * WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(heard, window)[::hop]
    size = 1024
    power = np.abs(np.fft.rfft(frames * np.hanning(window).astype(np.float32), size, axis=1)) ** 2
    frequencies = np.arange(size // 2 + 1) * HEARING_RATE / size
    bands = np.searchsorted(edges(), frequencies) - 1
    spread = (bands[:, None] == np.arange(BANDS)).astype(np.float64)
    levels: Levels = 10 * np.log10(power @ spread + 1e-9)
    return levels


def _whitened(levels: Levels) -> Levels:
    """Return what neither the neighbouring times nor the neighbouring bands explain; nothing where there is silence."""
    floor = levels.max(axis=0) - _FLOOR
    left = _unlike_neighbours(np.maximum(levels, floor))
    audible = (levels > floor).astype(np.float64)
    return _unlike_neighbours(np.clip(left, -_LIMIT, _LIMIT) * audible)


def _unlike_neighbours(levels: Levels) -> Levels:
    width = 3 * _CELL_FRAMES
    padded = np.pad(levels, ((width // 2, width - 1 - width // 2), (0, 0)), mode="edge")
    sums = np.cumsum(np.vstack([np.zeros((1, levels.shape[1])), padded]), axis=0)
    steady = levels - (sums[width:] - sums[:-width]) / width
    wide = np.pad(steady, ((0, 0), (_NEIGHBOURS, _NEIGHBOURS)), mode="edge")
    flat: Levels = steady - np.lib.stride_tricks.sliding_window_view(wide, 2 * _NEIGHBOURS + 1, axis=1).mean(axis=2)
    return flat


def _folded(left: Levels) -> Levels:
    """Return the sum over all periods, `float64[_PERIOD, BANDS]`."""
    periods = -(-len(left) // _PERIOD)
    whole = np.zeros((periods * _PERIOD, BANDS))
    whole[: len(left)] = left
    summed: Levels = whole.reshape(periods, _PERIOD, BANDS).sum(axis=0)
    return summed
