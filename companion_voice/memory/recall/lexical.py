"""The words of one question, looked up: how much of the question each document answers by its words.

Between the index, which says where words stand, and `ranking`, which says what that is worth.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from companion_voice.memory.recall import postings, ranking
from companion_voice.memory.recall.postings import Numbers
from companion_voice.memory.recall.question import Group, Term
from companion_voice.memory.recall.ranking import Floats
from companion_voice.memory.recall.schema import BLOCK


class Lookup:
    """The words of a question with the documents they stand in; read once, asked for scores as often as needed."""

    def __init__(self, db: Database, groups: tuple[Group, ...], start: int) -> None:
        self._groups = groups
        self._postings = postings.fetch(db, [t for group in groups for t in group.terms], start, start + BLOCK - 1)
        self._total = int(db.execute("SELECT coalesce(sum(documents), 0) FROM recall_speakers").fetchone()[0])
        self._whole = sum(map(self._most, groups))

    def best(self, most: int) -> Numbers:
        """Return the numbers of the `most` documents that the words speak for, with their context, ascending.

        A rough count, since there may be thousands: every word counts in full wherever it stands.
        """
        spread, worth = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for term in (term for group in self._groups for term in group.terms):
            for distance, weight in ranking.WINDOW:
                spread.append(self._postings[term.stem] + distance)
                worth.append(np.full(len(spread[-1]), weight * self._worth(term)))
        numbers, places = np.unique(np.concatenate(spread), return_inverse=True)
        if len(numbers) <= most:
            return numbers
        sums = np.bincount(places, np.concatenate(worth))
        return np.sort(numbers[np.argpartition(-sums, most)[:most]])

    def share(self, numbers: Numbers) -> Floats:
        """Return how much of the question's words stands in each of `numbers` (ascending), 0 to 1."""
        return self._of_groups(len(numbers), lambda stem: ranking.among(numbers, self._postings[stem]))

    def share_around(self, numbers: Numbers) -> Floats:
        """Return how much of the question's words stands in each document or beside it, 0 to about 1."""
        return self._of_groups(
            len(numbers), lambda stem: ranking.saturated(ranking.presence(numbers, self._postings[stem]))
        )

    def share_between(self, first: Numbers, last: Numbers) -> Floats:
        """Return how much of the question's words stands anywhere from each `first` document to its `last`."""
        return self._of_groups(
            len(first),
            lambda stem: (
                np.searchsorted(self._postings[stem], last, "right") > np.searchsorted(self._postings[stem], first)
            ),
        )

    def _of_groups(self, count: int, there: Callable[[str], NDArray[Any]]) -> Floats:
        """Return the share of the question where each of its words counts as the best of the stems for it."""
        shares = np.zeros(count)
        for group in self._groups:
            worth = np.zeros(count)
            for term in group.terms:
                if len(self._postings[term.stem]):
                    np.maximum(worth, self._worth(term) * there(term.stem), out=worth)
            shares += worth
        return shares / self._whole if self._whole else shares

    def _worth(self, term: Term) -> float:
        return term.weight * ranking.inverse_frequency(term.documents, self._total)

    def _most(self, group: Group) -> float:
        """Return what a word of the question would be worth where it stands; one nobody ever said is the rarest."""
        exact = [term.documents for term in group.terms if term.weight == 1]
        return ranking.inverse_frequency(max(exact, default=0), self._total)
