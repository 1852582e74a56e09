"""Hearing a sincere question about what the companion is, so that a rule answers it and no model. Pure.

A question inside a story, a quotation or about somebody else is none. Patterns are a language's own (`identity/`).
"""

import re
from functools import lru_cache

import msgspec

from companion_voice.boundaries import data
from companion_voice.boundaries.hearing import Ear, expanded

MOST_WORDS = 40
"""Words that are looked at: the end of a turn, where its question is."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `identity/<language>.yaml` holds."""

    parts: dict[str, str]
    alike: dict[str, str]
    keywords: tuple[str, ...]
    ordinary: tuple[str, ...]
    idioms: tuple[str, ...]
    asks: tuple[str, ...]


class _Listener:
    def __init__(self, words: Words) -> None:
        asks = [expanded(pattern, words.parts) for pattern in words.asks]
        idioms = [expanded(pattern, words.parts) for pattern in words.idioms]
        self._ear = Ear(asks, keywords=words.keywords, alike=words.alike, ordinary=words.ordinary)
        self._asks = re.compile("|".join(f"(?:{pattern})" for pattern in asks))
        self._idioms = re.compile(rf"\b(?:{'|'.join(idioms)})")

    def asked(self, text: str) -> bool:
        words = self._ear.hear(text).split()[-MOST_WORDS:]
        heard = self._idioms.sub(" . ", " ".join(words)).strip()
        return self._asks.search(f"{heard} ?" if text.rstrip().endswith("?") else heard) is not None


@lru_cache(maxsize=2)
def _listener(language: str) -> _Listener:
    return _Listener(data.shipped(Words, "identity", language))


def asked(text: str, language: str) -> bool:
    """Tell whether the person sincerely asks what they are talking to. `language`: one of `phrases.LANGUAGES`."""
    return _listener(language).asked(text)
