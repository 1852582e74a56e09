"""How a name sounds, so that one that was misheard or misspelled is still found. Pure, English and French together.

The key is what is left of a name when letters that sound alike are one and vowels after the first sound are gone, in
the manner of Metaphone but coarser: two languages share it. Knows nothing of the database.
"""

import difflib
import re
from functools import lru_cache

from companion_voice.memory.recall.words import fold

ALIKE = 0.5
"""The least share of common letters (`difflib` ratio) of two names that sound alike."""

# In order: groups of letters before single ones.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"eaux?$|aux$|ault$|[dtsx]$(?<=[aeiouy].)", "A"),
        (r"sch|tch|sh|ch", "X"),
        (r"ph", "f"),
        (r"gn", "n"),
        (r"[ckqg]u(?=[ei])|ck|cc|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"g(?=[eiy])|j", "X"),
        (r"x", "ks"),
        (r"[ckg]", "k"),
        (r"[zs]+", "s"),
        (r"[wv]", "v"),
        (r"h", ""),
        (r"[aeiouyA]+", "A"),
        (r"d", "t"),
        (r"b", "p"),
        (r"(.)\1+", r"\1"),
        (r"(?<=.)A", ""),
    )
)


@lru_cache(maxsize=1_024)
def sound(name: str) -> str:
    """Return the key of what `name` sounds like, or "" for one too short to tell."""
    heard = fold(name)
    for pattern, replacement in _SOUNDS:
        heard = pattern.sub(replacement, heard)
    return heard if len(heard) > 1 else ""


def alike(one: str, other: str) -> float:
    """Return how alike two names are written, 0 to 1; below `ALIKE` they are two names."""
    return difflib.SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio()
