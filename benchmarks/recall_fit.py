#!/usr/bin/env python3
"""What each signal of a recall should count: fits `ranking.WEIGHTS` on the development parts of the labelled questions.

    benchmarks/recall_fit.py [--folds 5] [--without SIGNAL ...]

For each question the weights are moved so that its evidence becomes more likely among the documents read (the
logarithm of a softmax over the weighed signals, ascended by gradient; no weight may leave its sign). Prints
recall@10 of each set with weights fitted on the other folds, and the weights fitted on all.
"""

import argparse
import statistics
from typing import Any

import numpy as np
from numpy.typing import NDArray
from recall import SETS, K, memory_of, microseconds
from sqlite_utils import Database

from companion_voice.memory.recall import ranking
from companion_voice.memory.recall.search import weigh
from companion_voice.memory.records import OWNER

STEPS = 400
RATE = 0.1
DECAY = 0.02
"""How strongly weights are drawn to nothing."""
NEGATIVE = {"asks"}

Floats = NDArray[np.float64]
Example = tuple[str, Floats, NDArray[np.bool_], int]
"""The set, signals by document, which documents are evidence, and how much evidence there is in all."""


def examples(name: str, signals: list[str]) -> list[Example]:
    db, _, questions = memory_of(name)
    answerable = [one for one in questions if one["part"] == "development" and one["evidence"]]
    return [example for question in answerable if (example := weighed(db, name, question, signals))]


def weighed(db: Database, name: str, question: dict[str, Any], signals: list[str]) -> Example | None:
    found = weigh(db, question["question"], person=OWNER, now_us=microseconds(question["asked"]))
    if not found:
        return None
    marks = ", ".join("?" * len(question["evidence"]))
    wanted = db.execute(f"SELECT id FROM turns WHERE key IN ({marks})", question["evidence"]).fetchall()
    table = np.stack([found.signals[signal] for signal in signals], axis=1)
    turns = np.where(found.documents.facts > 0, 0, found.documents.turns)
    return name, table, np.isin(turns, [row[0] for row in wanted]), len(wanted)


def fitted(told: list[Example], signals: list[str]) -> Floats:
    """Return a weight for each signal; both sets count alike, however many questions they have."""
    told = [example for example in told if example[2].any()]
    spread = np.concatenate([table for _, table, _, _ in told]).std(axis=0) + 1e-9
    sign = np.array([-1.0 if signal in NEGATIVE else 1.0 for signal in signals])
    count = {name: sum(one[0] == name for one in told) for name in SETS}
    weights, mean, square = np.zeros(len(signals)), np.zeros(len(signals)), np.zeros(len(signals))
    for step in range(1, STEPS + 1):
        slope = DECAY * weights / len(weights)
        for name, table, evidence, _ in told:
            scores = table / spread @ weights
            chances = np.exp(scores - scores.max())
            pull = chances / chances.sum() - evidence / evidence.sum()
            slope += pull @ (table / spread) / count[name] / len(count)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        weights = sign * np.maximum(sign * weights, 0)
    found: Floats = weights / spread
    return found


def found_share(example: Example, weights: Floats) -> float:
    _, table, evidence, most = example
    return float(evidence[np.argsort(-(table @ weights), kind="stable")[:K]].sum() / most)


def crossed(told: list[Example], signals: list[str], folds: int) -> dict[str, float]:
    """Return recall@10 of each set, every question weighed as fitted on the folds it is not in."""
    fold = np.random.default_rng(1).permutation(len(told)) % folds
    shares: dict[str, list[float]] = {name: [] for name in SETS}
    for number in range(folds):
        weights = fitted([one for one, own in zip(told, fold, strict=True) if own != number], signals)
        for one, own in zip(told, fold, strict=True):
            if own == number:
                shares[one[0]].append(found_share(one, weights))
    return {name: statistics.fmean(values) for name, values in shares.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--without", nargs="*", default=[], choices=ranking.WEIGHTS, help="to see what a signal adds")
    options = parser.parse_args()
    signals = [signal for signal in ranking.WEIGHTS if signal not in options.without]
    told = [example for name in SETS for example in examples(name, signals)]
    for name, share in crossed(told, signals, options.folds).items():
        print(f"recall@{K} of {name}, fitted on other folds: {share:.3f}")
    for signal, weight in zip(signals, fitted(told, signals), strict=True):
        print(f"  {signal:<24}{weight:6.2f}")


if __name__ == "__main__":
    main()
