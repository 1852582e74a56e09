"""What a find is worth: words in their context, who spoke, the days meant, recency, validity. Pure arithmetic.

Words are scored as BM25 does, over a turn and its neighbours: a word in the turn before counts almost as one in the
turn itself, since an answer does not repeat its question. Knows nothing of the database.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

WINDOW = ((0, 1.0), (1, 0.5), (2, 0.3), (-1, 0.3))
"""How far after a word a document stands, and what the word counts there: itself, the next two, the one before."""
MEANING_WINDOW = ((1, 0.3), (2, 0.2), (-1, 0.2))
"""The same for meanings, beside the document's own."""
RUN = 0.2
"""What the best of a run of turns counts for each of them."""
SATURATION = 1.2
"""BM25's k1."""
SPEAKER = 1.0
"""What a turn gains that was spoken by whom the question is about."""
DAYS_MEANT = 0.7
"""What having been said on the days the question means adds, as if so much of the question were answered."""
DAYS_AFTER = 0.25
"""The same for soon after them: people tell what happened."""
RECENCY = 0.05
"""What a turn of this moment gains; half of it after `HALF_LIFE_DAYS`."""
RECENCY_NOW = 0.25
"""The same when the question asks for the present."""
HALF_LIFE_DAYS = 180
WRONG_TIME = 0.8
"""What is left of what has ended, or of what holds when the question asks for the past."""
MEANING = 1.0
"""What the cosine of meanings counts beside the words."""
MEANING_CERTAIN = 0.4
"""The same for being certain: a likeness of meaning alone is no memory."""
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


def presence(documents: Numbers, postings: Numbers, window: Sequence[tuple[int, float]] = WINDOW) -> Floats:
    """Return how much a word is there, in each of `documents` or beside it; `postings` are ascending."""
    there = np.zeros(len(documents))
    if len(postings):
        for distance, weight in window:
            wanted = documents - distance
            at = np.searchsorted(postings, wanted).clip(max=len(postings) - 1)
            there += weight * (postings[at] == wanted)
    return there


def in_context(documents: Numbers, values: Floats, window: Sequence[tuple[int, float]] = MEANING_WINDOW) -> Floats:
    """Return `values` with a share of the neighbours' added, of those that are among `documents` (ascending)."""
    mixed = values.copy()
    for distance, weight in window:
        wanted = documents - distance
        at = np.searchsorted(documents, wanted).clip(max=len(documents) - 1)
        mixed += weight * values[at] * (documents[at] == wanted)
    return mixed


def in_run(documents: Numbers, values: Floats) -> Floats:
    """Return `values` with a share of the best of its run added: what was spoken of at that time.

    A run is of documents that follow each other among `documents` (ascending).
    """
    if not len(documents):
        return values
    run = np.cumsum(np.diff(documents, prepend=documents[0]) > 1)
    best = np.zeros(int(run[-1]) + 1)
    np.maximum.at(best, run, values)
    lent: Floats = values + RUN * best[run]
    return lent


def saturated(there: Floats) -> Floats:
    """Return BM25's answer to a word said more than once: 1 for once. Turns are short, so their length says nothing."""
    worth: Floats = there * (SATURATION + 1) / (there + SATURATION)
    return worth


def recency(age_us: Floats, *, asked: bool = False) -> Floats:
    """Return the factor of an age: never less for the newer of two, 1 for what is endlessly old."""
    days = np.maximum(age_us, 0) / US_PER_DAY
    gain: Floats = 1 + (RECENCY_NOW if asked else RECENCY) * np.exp2(-days / HALF_LIFE_DAYS)
    return gain


def on_days(times_us: Numbers, first_us: int, last_us: int) -> Floats:
    """Return what having been said on the days meant, or soon after, adds."""
    soon = max((last_us - first_us) // 4, 10 * US_PER_DAY)
    inside = (times_us >= first_us) & (times_us <= last_us)
    after = (times_us > last_us) & (times_us <= last_us + soon)
    worth: Floats = DAYS_MEANT * inside + DAYS_AFTER * after
    return worth
