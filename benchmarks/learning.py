"""Learning the weights of `boundaries.weighing` from labelled sentences, for the benchmarks that do so."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

SEED = 7


class Row(NamedTuple):
    """What a sentence shows, whether it is of the kind that is learnt, and how much it counts."""

    features: frozenset[str]
    label: bool
    counts: float = 1.0


class Table:
    """Sentences as numbers, made once for all kinds that are learnt from them."""

    def __init__(self, shown: Sequence[frozenset[str]], *, often: int = 1) -> None:
        """Take the features that `shown` has at least so `often`."""
        seen = Counter(feature for features in shown for feature in features)
        self._names = DictVectorizer(dtype=np.float32)
        rows = self._names.fit_transform([{one: 1.0 for one in features if seen[one] >= often} for features in shown])
        narrow = (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32))  # all that liblinear takes
        self.rows = csr_matrix(narrow, shape=rows.shape)

    def fit(self, labels: np.ndarray, counts: np.ndarray, chosen: np.ndarray, *, strength: float) -> LogisticRegression:
        """Return a logistic regression of the `chosen` rows; `strength` is the inverse of its penalty's.

        The penalty (L2) lets words that go together share the weight. A sparse one (L1) puts it on one of them, and
        hears those less well who use another.
        """
        model = LogisticRegression(
            C=strength, l1_ratio=0.0, solver="liblinear", max_iter=500, random_state=SEED, intercept_scaling=10.0
        )
        return model.fit(self.rows[chosen], labels[chosen], sample_weight=counts[chosen])

    def weights(self, model: LogisticRegression, *, most: int) -> dict[str, float]:
        """Return the `most` weights that are furthest from zero, by feature."""
        names, found = self._names.get_feature_names_out(), model.coef_[0]
        heaviest = np.argsort(-np.abs(found), kind="stable")[:most]
        return {str(names[at]): float(found[at]) for at in heaviest}
