"""How much a turn sounds like one of a person in danger, by weights learnt from labelled sentences. Pure.

A second opinion beside the rules: a logistic regression over words, pairs of neighbours, and pairs of what words stand
for, a few words apart. The weights lie in `crisis/weights/`, made by `benchmarks/crisis_fit.py`; what words stand for
is written by hand in `crisis/concepts/`. Knows no rule, and nothing of grammar.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from companion_voice import documents
from companion_voice.boundaries import data

WINDOW = 5
"""Words within which two of them are a pair."""
MOST_WORDS = 60
"""Words of a turn that are weighed: its end, where the point is."""
LARGEST = 512 * 1024
"""Bytes of a file of weights."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `crisis/weights/<language>.yaml` holds."""

    bias: float
    weights: str
    """A line for each feature: itself, a space, its weight in hundredths."""


class Concepts:
    """What the words of one language stand for."""

    def __init__(self, written: dict[str, str]) -> None:
        """`written`: by concept, its words in one string; a star stands for any ending."""
        self._whole: dict[str, tuple[str, ...]] = {}
        self._begun: dict[str, tuple[str, ...]] = {}
        for concept, words in written.items():
            for word in words.split():
                known = self._begun if word.endswith("*") else self._whole
                key = word.rstrip("*")
                known[key] = (*known.get(key, ()), concept.upper())

    def of(self, word: str) -> tuple[str, ...]:
        """Return the concepts that a bare word stands for, none when it stands for itself alone."""
        begun = (concept for end in range(3, len(word) + 1) for concept in self._begun.get(word[:end], ()))
        return (*self._whole.get(word, ()), *begun)

    def features(self, heard: str) -> frozenset[str]:
        """Return what a turn that `hearing` has mended is weighed by."""
        words = heard.split()[-MOST_WORDS:]
        return frozenset(_features(words, [self.of(word) for word in words]))


class Scales:
    """Weighs turns of one language."""

    def __init__(self, concepts: Concepts, weights: Weights) -> None:
        self._concepts = concepts
        self._bias = weights.bias
        pairs = (line.rsplit(" ", 1) for line in weights.weights.splitlines())
        self._weights = {feature: int(hundredths) / 100 for feature, hundredths in pairs}

    def weigh(self, heard: str) -> float:
        """Return the log-odds that a turn is one of a person in danger, above zero where that is to be believed."""
        known = self._weights
        return self._bias + sum(known.get(feature, 0.0) for feature in self._concepts.features(heard))


@lru_cache(maxsize=2)
def concepts(language: str) -> Concepts:
    """Return what the words of `language` stand for."""
    return Concepts(data.shipped(dict[str, str], "crisis", "concepts", language))


@lru_cache(maxsize=2)
def scales(language: str) -> Scales:
    """Return the scales of `language`, one of `phrases.LANGUAGES`."""
    return Scales(concepts(language), documents.read(weights_file(language), Weights, largest=LARGEST))


def weights_file(language: str) -> Path:
    """Return where the weights of `language` lie."""
    return Path(__file__).parent / "crisis" / "weights" / f"{language}.yaml"


def _features(words: list[str], meant: list[tuple[str, ...]]) -> Iterator[str]:
    for at, word in enumerate(words):
        yield word
        yield from meant[at]
        if at + 1 < len(words):
            yield f"{word}_{words[at + 1]}"
        for later in range(at + 1, min(at + 1 + WINDOW, len(words))):
            for one in meant[at]:
                yield from (f"{one}+{other}" for other in meant[later])
                yield f"{one}+{words[later]}"
            yield from (f"{word}+{other}" for other in meant[later])
