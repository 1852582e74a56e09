"""What must be understood without a model: stop, "what are you?", goodbye. Pure.

Patterns live in `phrases/`; each must fit the whole of what was said, apart from courtesies around it, so that
talking *about* goodbyes ends nothing. Stop and goodbye are understood in every language, whichever is being spoken.
"""

import re
from functools import lru_cache

from companion_voice.boundaries import phrases
from companion_voice.boundaries.words import plain

LONGEST = 200
"""Characters beyond which an utterance is talk, whatever it contains: nobody says "stop" in forty words."""


def stops(text: str, *, name: str = "") -> bool:
    """Tell whether `text` asks for silence, in any language; the companion's `name` may be said along."""
    return any(matches(_known(language).stop, text, name=name) for language in phrases.LANGUAGES)


def leaves(text: str, *, name: str = "") -> bool:
    """Tell whether `text` is a goodbye, in any language; the companion's `name` may be said along."""
    return any(matches(_known(language).goodbye, text, name=name) for language in phrases.LANGUAGES)


def matches(patterns: tuple[str, ...], text: str, *, name: str = "") -> bool:
    """Tell whether `text` as a whole fits one of `patterns`; the companion's `name` may be said along."""
    words = plain(text)
    if not words or len(words) > LONGEST:
        return False
    if name:
        words = re.sub(rf"(?<!\w){re.escape(plain(name))}(?!\w)", " ", words)
        words = " ".join(words.split())
    return _compiled(patterns).fullmatch(words) is not None


@lru_cache(maxsize=2)
def _known(language: str) -> phrases.Phrases:
    return phrases.load(language)


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")
