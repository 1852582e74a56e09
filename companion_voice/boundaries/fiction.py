"""Stories in which the companion plays a part: how one is asked for and left, and what is said at both ends. Pure.

Inside an announced story a character's words are nobody's claim. What it is asked to be is a model's affair; that it
says what it is when it is asked, and what happens when somebody is in danger, hold there as everywhere.
"""

from functools import lru_cache

import msgspec

from companion_voice.boundaries import data
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.understanding import matches

REMINDED_EVERY = 8
"""Turns of the person after which it is said that the story still runs: nobody can tell a forgotten one from talk."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `fiction/<language>.yaml` holds."""

    opening: str
    reminder: str
    closing: str
    refused: str
    """What is said to somebody who gives it a part while it may play none."""
    told: str
    """What a model is told while a story runs."""
    stories: tuple[str, ...]
    """How people ask for a story, in the whole of what they say (see understanding.py)."""
    parts: tuple[str, ...]
    """How they give the companion a part."""
    ends: tuple[str, ...]
    """How they leave the story."""


def allowed(settings: Boundaries) -> bool:
    """Tell whether the person lets it play parts."""
    return settings.presentation.fiction_mode == "on"


def begins(said: str, language: str) -> bool:
    """Tell whether the person asks for a story, or gives the companion a part in one."""
    return matches(words(language).stories, said) or gives_part(said, language)


def gives_part(said: str, language: str) -> bool:
    """Tell whether the person asks the companion to be somebody else for a while."""
    return matches(words(language).parts, said)


def ends(said: str, language: str) -> bool:
    """Tell whether the person leaves the story."""
    return matches(words(language).ends, said)


@lru_cache(maxsize=2)
def words(language: str) -> Words:
    """Return what is said and understood in `language`, one of `phrases.LANGUAGES`."""
    return data.shipped(Words, "fiction", language)
