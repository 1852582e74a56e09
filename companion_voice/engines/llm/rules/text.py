"""Words and sentences, for both languages alike. Knows no grammar."""

import re
import unicodedata

_BREAK = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['\-.:/][^\W_]+)*'?|\+")
_TYPOGRAPHY = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "‑": "-", "\u00a0": " ", "\u202f": " "})
SHORT = 3
"""Letters of words that keep their ending: "sea", "bus"."""


def plain(text: str) -> str:
    """Return `text` composed (NFC), with typewriter apostrophes, hyphens and spaces."""
    return unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` with their end marks; a mark inside a word (3.5) ends nothing."""
    return [piece for piece in _BREAK.split(text.strip()) if piece]


def words(text: str) -> list[str]:
    """Return the words of `text` as they are written, without punctuation or pictures."""
    return _WORD.findall(text)


def fold(text: str) -> str:
    """Return `text` without capitals, accents and hyphens, of the same length, so that spans carry over."""
    return "".join(_folded(character) for character in text)


def _folded(character: str) -> str:
    if character == "-":
        return " "
    base = unicodedata.normalize("NFD", character)[0]
    return base.lower() if len(base.lower()) == 1 else base


def stem(word: str) -> str:
    """Return what a word is compared by: folded, without the endings of possession, gender and number."""
    bare = re.sub(r"'s?$|^[a-z]{1,2}'", "", fold(word))
    return bare.rstrip("es") or bare if len(bare) > SHORT else bare


def capitalised(text: str) -> str:
    """Return `text` with the first letter of each sentence made a capital."""
    return re.sub(r"(?:^|(?<=[.!?] ))([\W_]*)([^\W\d_])", lambda m: m[1] + m[2].upper(), text)


def proper(text: str) -> str:
    """Return `text` as a proper name, unless the person's own writing already has capitals."""
    return text if text != text.lower() else re.sub(r"\b[^\W\d_]", lambda m: m[0].upper(), text)
