"""Text as patterns see it, with a way back to the very characters the person's words were written in.

Knows no language and no facts.
"""

import unicodedata
from typing import NamedTuple

_SAME = {
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "œ": "oe",
    "Œ": "oe",
    "æ": "ae",
    "–": "-",
    "\u00a0": " ",
    "\u202f": " ",
}


class Folded(NamedTuple):
    """A text in lower case without accents; `origins[i]` is where its character `i` stood in `text`."""

    plain: str
    origins: tuple[int, ...]
    text: str

    def original(self, start: int, end: int) -> str:
        """Return the characters of the text that became `plain[start:end]`."""
        return self.text[self.origins[start] : self.origins[end]]

    @property
    def is_cased(self) -> bool:
        """Tell whether capitals are written at all, so that a name without one is no name."""
        return self.text != self.text.lower()


def fold(text: str) -> Folded:
    """Return `text` folded; both forms of an accented letter give the same, and blanks in a row are one."""
    plain: list[str] = []
    origins: list[int] = []
    for place, letter in enumerate(text):
        bare = unicodedata.normalize("NFD", _SAME.get(letter, letter)).lower()
        kept = [" " if part == "\t" else part for part in bare if not unicodedata.combining(part)]
        if kept == [" "] and plain[-1:] == kept:
            continue
        plain += kept
        origins += [place] * len(kept)
    return Folded("".join(plain), (*origins, len(text)), text)


def folded(text: str) -> str:
    """Return only the folded characters of `text`."""
    return fold(text).plain


def mentions(text: str, words: str) -> bool:
    """Tell whether `words` stand in `text` as whole words, however either is written.

    Not by a pattern: each would be new, and `re` keeps hundreds.
    """
    wanted, inside = folded(words).strip(), folded(text)
    at = inside.find(wanted) if wanted else -1
    while at >= 0:
        before, after = inside[at - 1 : at], inside[at + len(wanted) :][:1]
        if not (_joined(before, wanted[0]) or _joined(wanted[-1], after)):
            return True
        at = inside.find(wanted, at + 1)
    return False


def _joined(one: str, other: str) -> bool:
    """Tell whether two characters belong to the same word."""
    return all(letter.isalnum() or letter == "_" for letter in (one, other) if letter) and bool(one and other)
