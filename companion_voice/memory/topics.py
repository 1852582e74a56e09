"""Which sensitive topics a text touches, and what a person means by naming one. Pure.

Knows words only, in both languages at once, and errs towards touching: what a person asked never to remember had
better be missed too often than kept once.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from companion_voice import documents
from companion_voice.memory.facts.folded import folded

ORDINARY: Final = "ordinary"
SHORTEST_STEM: Final = 4
LONGEST_ENDING: Final = 2
"""Letters of the shorter of two forms of a word, and what the longer may have beyond it."""
_OWNERS = re.compile(r"^(?:(?:my|our|the|mon|ma|mes|notre|nos|le|la|les|anything about|de|du|des|d')\s+|l'|d')+")
_WORDS = re.compile(r"\w+")


class _Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    called: str
    words: str


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    small: str
    topics: dict[str, _Topic]


def touches(text: str) -> frozenset[str]:
    """Return the sensitive topics (`health`, `intimate`, `belief`, `money`) that `text` touches."""
    plain = folded(text)
    return frozenset(topic for topic, words in _patterns().items() if words.search(plain))


def sensitivity(text: str) -> str:
    """Return the most delicate topic that `text` touches, or 'ordinary'."""
    touched = touches(text)
    return next((topic for topic in _patterns() if topic in touched), ORDINARY)


def named(words: str) -> str:
    """Return the topic that a person calls `words` ("my health", « ma santé »), or the bare words as they are."""
    plain = folded(words).strip(" .,!?")
    bare = _OWNERS.sub("", plain)
    for topic, called in _called().items():
        if plain in called or bare in called or bare == topic:
            return topic
    return words.strip(" .,!?")


def concerns(text: str, topic: str) -> bool:
    """Tell whether `text` is about `topic`: one of the four, or free words of which every one that counts is in it."""
    if topic in _patterns():
        return topic in touches(text)
    asked = [word for word in _WORDS.findall(folded(topic)) if word not in _small()]
    said = _WORDS.findall(folded(text))
    return bool(asked) and all(any(_alike(word, other) for other in said) for word in asked)


def _alike(one: str, other: str) -> bool:
    """Tell whether two words are the same but for a short ending ("divorce", "divorced")."""
    short, long = sorted((one, other), key=len)
    near = len(short) >= SHORTEST_STEM and len(long) - len(short) <= LONGEST_ENDING
    return one == other or (near and long.startswith(short.rstrip("se")))


@lru_cache
def _book() -> _Book:
    return documents.read(Path(__file__).with_suffix(".yaml"), _Book)


@lru_cache
def _small() -> frozenset[str]:
    return frozenset(_book().small.split())


@lru_cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{_either(topic.words)})\b") for name, topic in _book().topics.items()}


@lru_cache
def _called() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(_listed(topic.called)) for name, topic in _book().topics.items()}


def _either(words: str) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in _listed(words))


def _listed(words: str) -> list[str]:
    return [folded(word).strip() for word in words.split(",")]
