"""Text as patterns see it. Knows no language."""

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_NOT_WORDS = re.compile(r"[^\w' -]+")
_SPACES = re.compile(r"[\s_]+")


def plain(text: str) -> str:
    """Return `text` in lower case with straight apostrophes, no punctuation and single spaces.

    What a recogniser leaves out, a pattern need not know about.
    """
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).lower()
    return _SPACES.sub(" ", _NOT_WORDS.sub(" ", composed)).strip(" '-")
