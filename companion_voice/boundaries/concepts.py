"""What a turn of a person's shows by which it is weighed for danger. Pure.

Words, neighbours, and pairs of what words stand for, a few words apart. What they stand for is written by hand in
`crisis/concepts/`. Knows no rule, and nothing of grammar.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from companion_voice.boundaries import data, weighing
from companion_voice.boundaries.weighing import Scales

DANGER = "danger"
"""The kind of turn that is looked for."""
WINDOW = 5
"""Words within which two of them are a pair."""
MOST_WORDS = 60
"""Words of a turn that are weighed: its end, where the point is."""


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


@lru_cache(maxsize=2)
def concepts(language: str) -> Concepts:
    """Return what the words of `language` stand for."""
    return Concepts(data.shipped(dict[str, str], "crisis", "concepts", language))


@lru_cache(maxsize=2)
def scales(language: str) -> Scales:
    """Return the scales of `language`, one of `phrases.LANGUAGES`."""
    return weighing.read(weights_file(language))


def doubts(heard: str, language: str) -> bool:
    """Tell whether a turn that `hearing` has mended sounds like one of a person in danger, whatever rules say."""
    return DANGER in scales(language).believed(concepts(language).features(heard))


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
