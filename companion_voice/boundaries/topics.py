"""What is not talked about: topics that the person named, and those that are off. Pure; no model is asked.

A named topic is found by its words, in the singular or the plural, whosever it is said to be ("my mother", "your
mother"). Whether a sentence without those words is about it all the same, no list can tell.
"""

import re
from functools import lru_cache

import msgspec

from companion_voice.boundaries import data
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.words import plain

LONGEST = 2_000
"""Characters that are looked at."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `topics/<language>.yaml` holds. Patterns are looked for in `words.plain` text."""

    owners: tuple[str, ...]
    """Words before a topic that say whose it is."""
    sexual: tuple[str, ...]
    persuasion: tuple[str, ...]
    """What tells somebody how to vote."""
    refused: str
    """What is said to somebody who asks about it."""


def asked(said: str, settings: Boundaries, language: str) -> str:
    """Return the boundary that keeps what the person `said` from being talked about; empty where none does."""
    heard = plain(said[:LONGEST])
    if any(_names(heard, topic, language) for topic in settings.topics.blocked):
        return "topics.blocked"
    return "topics.sexual" if settings.topics.sexual == "off" and _fits("sexual", heard, language) else ""


def broken(sentence: str, settings: Boundaries, language: str) -> str:
    """Return the boundary that keeps the companion from saying `sentence`; empty where none does."""
    persuades = _fits("persuasion", plain(sentence[:LONGEST]), language)
    return asked(sentence, settings, language) or ("topics.politics_persuasion" if persuades else "")


def refused(language: str) -> str:
    """Return the one sentence that answers somebody who asks about it."""
    return _words(language).refused


def _names(heard: str, topic: str, language: str) -> bool:
    words = plain(topic).split()
    while len(words) > 1 and words[0] in _words(language).owners:
        words = words[1:]
    named = re.escape(" ".join(words))
    return bool(named) and re.search(rf"(?<!\w){named}(?:s|x|es)?(?!\w)", heard) is not None


def _fits(kind: str, heard: str, language: str) -> bool:
    return _pattern(kind, language).search(heard) is not None


@lru_cache(maxsize=4)
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    patterns: tuple[str, ...] = getattr(_words(language), kind)
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")


@lru_cache(maxsize=2)
def _words(language: str) -> Words:
    return data.shipped(Words, "topics", language)
