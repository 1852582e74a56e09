"""What a sentence shows by which it is weighed for the behaviours of the taxonomy. Decides nothing.

Words, neighbours, pairs a few words apart and the beginnings of long words, of a sentence as the guard reads it: in
lower case, contractions undone, quotations covered. The weights are those of `weights/`, for what the companion says
and for what the person says: rules know formulas, weights what is said in other words. The program acts on rules alone.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

from companion_voice.boundaries import weighing
from companion_voice.boundaries.weighing import Scales

Speaker: TypeAlias = Literal["companion", "person"]

WINDOW = 6
"""Words within which two of them are a pair."""
MOST_WORDS = 60
"""Words of a sentence that are weighed: its beginning."""
LONG, BEGINNING = 6, 4
"""Letters of a word that is seen by its beginning as well, and of that."""


def shown(line: str, language: str, speaker: Speaker) -> tuple[str, ...]:
    """Return the codes that a sentence is believed to show. `line`: as `guard.reading` reads it."""
    return scales(language, speaker).believed(features(line))


def features(line: str) -> frozenset[str]:
    """Return what a sentence is weighed by."""
    return frozenset(_features(line.split()[:MOST_WORDS]))


@lru_cache(maxsize=4)
def scales(language: str, speaker: Speaker) -> Scales:
    """Return the scales of `language`, one of `phrases.LANGUAGES`."""
    return weighing.read(weights_file(language, speaker))


def weights_file(language: str, speaker: Speaker) -> Path:
    """Return where the weights lie."""
    return Path(__file__).parent / "weights" / f"{speaker}.{language}.yaml"


def _features(words: list[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        yield word
        if len(word) >= LONG:
            yield f"{word[:BEGINNING]}*"
        yield from ("_".join(words[at : at + size]) for size in (2, 3) if at + size <= len(words))
        yield from (f"{word}+{other}" for other in words[at + 2 : at + WINDOW])
