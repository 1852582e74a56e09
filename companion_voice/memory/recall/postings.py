"""Where the words of a question stand, within bounds: how the full-text index is asked so that a lifetime stays fast.

Rare words are asked first and wholly. A word that would go over the budget is asked only where a rarer word of the
question stands as well; the rarest of all, when even that is common, in the latest documents. Knows nothing of scores.
"""

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion_voice.memory.recall.question import Term

BUDGET = 2_000
"""Postings that one question may read."""
LEAST = 200
"""Postings of a common word that are read in any case."""

Numbers = NDArray[np.int64]

_RANGE = "SELECT rowid FROM recall_index WHERE recall_index MATCH ? AND rowid BETWEEN ? AND ?"


def fetch(db: Database, terms: list[Term], first: int, last: int) -> dict[str, Numbers]:
    """Return for each term the numbers of documents from `first` to `last` that it stands in, ascending."""
    found: dict[str, Numbers] = {}
    left = BUDGET
    rarer: list[str] = []
    for term in sorted(terms, key=lambda term: term.documents):
        quoted = f'"{term.stem}"'
        if term.documents <= left:
            numbers = _numbers(db, _RANGE, (quoted, first, last))
        else:
            numbers = _some(db, quoted, rarer, first, last, max(left, LEAST))
        found[term.stem] = numbers
        left -= len(numbers)
        rarer.append(quoted)
    return found


def _some(db: Database, term: str, rarer: list[str], first: int, last: int, most: int) -> Numbers:
    """Return the latest `most` documents of a common word, of those where a rarer word stands if there is any."""
    wanted = f"{term} AND ({' OR '.join(rarer)})" if rarer else term
    return np.sort(_numbers(db, f"{_RANGE} ORDER BY rowid DESC LIMIT ?", (wanted, first, last, most)))


def _numbers(db: Database, query: str, values: tuple[str | int, ...]) -> Numbers:
    rows = db.execute(query, values).fetchall()
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
