"""Learning the weights of `boundaries.weighing` from labelled sentences, for the benchmarks that do so."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

SEED = 7
STRENGTH = 0.5
"""Inverse of the strength of the L1 penalty: a few dozen features are left of each kind."""


class Row(NamedTuple):
    """What a sentence shows, whether it is of the kind that is learnt, and how much it counts."""

    features: frozenset[str]
    label: bool
    counts: float = 1.0


class Table:
    """Sentences as numbers, made once for all kinds that are learnt from them."""

    def __init__(self, shown: Sequence[frozenset[str]]) -> None:
        self._names = DictVectorizer(dtype=np.float32)
        rows = self._names.fit_transform([dict.fromkeys(features, 1.0) for features in shown])
        narrow = (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32))  # all that liblinear takes
        self.rows = csr_matrix(narrow, shape=rows.shape)

    def fit(
        self, labels: np.ndarray, counts: np.ndarray, chosen: np.ndarray, *, strength: float = STRENGTH
    ) -> LogisticRegression:
        """Return a logistic regression that is sparse (L1), of the `chosen` rows."""
        model = LogisticRegression(
            C=strength, l1_ratio=1.0, solver="liblinear", max_iter=500, random_state=SEED, intercept_scaling=10.0
        )
        return model.fit(self.rows[chosen], labels[chosen], sample_weight=counts[chosen])

    def weights(self, model: LogisticRegression) -> dict[str, float]:
        """Return the weights that are not zero, by feature."""
        names, found = self._names.get_feature_names_out(), model.coef_[0]
        return {str(names[at]): float(found[at]) for at in np.flatnonzero(found)}
