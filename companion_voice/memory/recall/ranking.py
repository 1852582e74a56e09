"""What a find is worth: signals weighed, and the arithmetic they are made with. Pure.

A word in the turn before counts as well as one in the turn itself, most of all when that turn asks something: an answer
does not repeat its question. Knows nothing of the database.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Signals = Mapping[str, Floats]
"""By name, one number for each document."""

WEIGHTS = {
    "words": 3.4,
    "asked": 2.7,
    "words of conversation": 2.0,
    "meaning": 4.1,
    "meaning of conversation": 2.3,
    "speaker": 1.6,
    "days": 4.2,
    "time": 1.0,
    "number": 2.1,
    "name": 1.1,
    "asks": -0.9,
    "length": 1.6,
}
"""What each signal counts; `signals` says what they are. Fitted on the development parts of the labelled questions by
`benchmarks/recall_fit.py`, but for the conversation's words (2.9) and length (2.8): recall@10 of the same parts is
better with less of both, and a short plain statement must be able to win."""

WINDOW = ((0, 1.0), (1, 0.3), (2, 0.3), (-1, 0.2))
"""How far after a word a document stands, and what the word counts there: itself, the next two, the one before."""
MEANING_WINDOW = ((0, 1.0), (1, 0.4), (2, 0.35), (-1, 0.25))
"""The same for meanings."""
CERTAIN_WINDOW = ((0, 1.0), (1, 0.5), (2, 0.3), (-1, 0.3))
"""The same for how much of the question is answered, when it is told whether that is certain."""
SATURATION = 1.2
"""BM25's k1."""
DAYS_AFTER = 0.35
"""What having been said soon after the days meant counts beside having been said on them: people tell what happened."""
DAYS_CERTAIN = 0.7
"""What having been said on the days meant adds to being certain, as if so much of the question were answered."""
RECENCY = 0.3
"""What a turn of this moment gains; half of it after `HALF_LIFE_DAYS`."""
RECENCY_NOW = 1.5
"""The same when the question asks for the present."""
HALF_LIFE_DAYS = 180
WRONG_TIME = 1.5
"""What is lost by what has ended, or by what holds when the question asks for the past."""
MEANING_CERTAIN = 0.35
"""What the cosine of meanings counts beside the words for being certain: likeness alone is no memory."""
SAME = 0.7
"""What finding an everyday word for the same thing counts."""
RELATED = 0.5
"""What finding a word of like meaning counts, times the cosine of the two."""
HEARD = 0.8
"""What finding a name that sounds alike counts, times how alike the two are written."""
US_PER_DAY = 86_400_000_000


def inverse_frequency(documents: int, total: int) -> float:
    """Return BM25's weight of a word that stands in `documents` of `total` documents."""
    return float(np.log1p((total - documents + 0.5) / (documents + 0.5)))


def among(documents: Numbers, postings: Numbers) -> Floats:
    """Return 1 for each of `documents` (ascending) that is one of `postings`, which are fewer, else 0."""
    there = np.zeros(len(documents) + 1)
    at = np.searchsorted(documents, postings)
    there[at[documents.take(at, mode="clip") == postings]] = 1
    return there[:-1]


def presence(documents: Numbers, postings: Numbers) -> Floats:
    """Return how much a word is there, in each of `documents` or beside it; `postings` are ascending, at least one."""
    distances, weights = np.array(CERTAIN_WINDOW).T
    wanted = documents[:, None] - distances.astype(np.int64)
    at = np.searchsorted(postings, wanted).clip(max=len(postings) - 1)
    there: Floats = (postings[at] == wanted) @ weights
    return there


def beside(documents: Numbers, values: Floats, wanted: Numbers) -> Floats:
    """Return the value of each document `wanted`, 0 for one that is not among `documents` (ascending)."""
    if not len(documents):
        return np.zeros(len(wanted))
    at = np.searchsorted(documents, wanted).clip(max=len(documents) - 1)
    return np.where(documents[at] == wanted, values[at], 0.0)


def in_context(documents: Numbers, values: Floats, wanted: Numbers, window: Sequence[tuple[int, float]]) -> Floats:
    """Return for each document `wanted` the values of it and its neighbours, as much as the window lets through."""
    mixed = np.zeros(len(wanted))
    for distance, weight in window:
        mixed += weight * beside(documents, values, wanted - distance)
    return mixed


def best_between(documents: Numbers, values: Floats, first: Numbers, last: Numbers) -> Floats:
    """Return the greatest value of documents from each `first` to its `last`, 0 where there are none."""
    bounds = np.stack([np.searchsorted(documents, first), np.searchsorted(documents, last, "right")], axis=1)
    # One value more, so that a bound may lie behind the last document.
    best: Floats = np.maximum.reduceat(np.append(values, 0.0), bounds.ravel())[::2]
    return np.where(bounds[:, 0] < bounds[:, 1], best, 0.0)


def saturated(there: Floats) -> Floats:
    """Return BM25's answer to a word said more than once: 1 for once. Turns are short, so their length says nothing."""
    worth: Floats = there * (SATURATION + 1) / (there + SATURATION)
    return worth


def recency(age_us: Floats, *, asked: bool = False) -> Floats:
    """Return what an age gains: never less for the newer of two, 0 for what is endlessly old."""
    days = np.maximum(age_us, 0) / US_PER_DAY
    gain: Floats = (RECENCY_NOW if asked else RECENCY) * np.exp2(-days / HALF_LIFE_DAYS)
    return gain


def on_days(times_us: Numbers, first_us: int, last_us: int) -> Floats:
    """Return 1 for having been said on the days meant, less for soon after, 0 for any other time."""
    soon = max((last_us - first_us) // 4, 10 * US_PER_DAY)
    inside = (times_us >= first_us) & (times_us <= last_us)
    after = (times_us > last_us) & (times_us <= last_us + soon)
    return np.where(inside, 1.0, DAYS_AFTER * after)


def weighed(signals: Signals) -> Floats:
    """Return the sum of signals, each times its weight."""
    total: Floats = np.sum([WEIGHTS[name] * values for name, values in signals.items()], axis=0)
    return total
