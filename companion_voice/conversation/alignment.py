"""Which words of a sentence were really heard, by where each of them ends in its sound. Pure; knows no voice.

A voice that tells how long each phoneme sounds tells nothing of words: espeak runs "of the" together and makes six
words of "1984". So each word's phonemes, said alone, are sought in what was really said. Where the two differ, the
boundary lies between the nearest phonemes that agree, by proportion.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

_STRESS = frozenset("ˈˌ")


class Phoneme(NamedTuple):
    """One phoneme as it was spoken."""

    symbol: str
    """A sound, a modifier of the sound before it, a stress mark of the one after it, a space, or punctuation."""
    samples: int
    """How long it lasts, with the gap after it."""


def words_heard(text: str, ends: Sequence[float], played: float) -> str:
    """Return the words of `text` of which the whole was played; a word that was cut is left out.

    `ends` are where its words end and `played` is how far its sound came, all in the same unit. Words for which there
    is no end had no sound yet.
    """
    return " ".join(text.split()[: bisect_right(ends, played)])


def word_ends(words: Sequence[str], spoken: Sequence[Phoneme]) -> tuple[int, ...]:
    """Return in which sample of `spoken` each word ends; `words` are the phonemes of each, said alone.

    A word without phonemes of its own, such as a dash, ends with the one before it.
    """
    alone = ["".join(sound for sound, _ in _sounds((symbol, 0) for symbol in word)) for word in words]
    sounds = _sounds(spoken)
    places = _places("".join(alone), "".join(sound for sound, _ in sounds))
    reached = (places[count] for count in accumulate(len(word) for word in alone))
    return tuple(sounds[place - 1][1] if place else 0 for place in reached)


def _sounds(phonemes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return each sound, one letter, with the sample in which it ends; modifiers lengthen it, all else only passes."""
    sounds: list[tuple[str, int]] = []
    at = 0
    for symbol, samples in phonemes:
        at += samples
        kind = unicodedata.category(symbol[0])
        if kind in {"Ll", "Lu", "Lo"}:
            sounds.append((symbol[0], at))
        elif kind in {"Lm", "Mn"} and symbol not in _STRESS and sounds:
            sounds[-1] = (sounds[-1][0], at)
    return sounds


def _places(alone: str, spoken: str) -> list[int]:
    """Return for each place in `alone`, from 0 to its length, the place in `spoken` that is the same."""
    places = [0] * (len(alone) + 1)
    for _, a, a_end, b, b_end in SequenceMatcher(None, alone, spoken, autojunk=False).get_opcodes():
        for place in range(a + 1, a_end + 1):
            places[place] = b + round((place - a) * (b_end - b) / (a_end - a))
    return places
