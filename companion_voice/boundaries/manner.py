"""How the companion is to speak, as the person set it: what a model is told, and what is taken out of its words. Pure.

A model may do otherwise than it was told; what must hold whatever it does stands in the guard.
"""

import re
from functools import lru_cache

import msgspec

from companion_voice.boundaries import data
from companion_voice.boundaries.settings import Boundaries, flat


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `manner/<language>.yaml` holds."""

    told: dict[str, dict[str, str]]
    """By key and value, the sentence for a model; a value that needs none is left out."""
    other_topic: str
    """For one of `topics.careful`."""
    blocked: str
    avoided: str
    fillers: str
    """What is taken out of a sentence, as patterns."""
    laughter: str


def asked(settings: Boundaries, language: str) -> tuple[str, ...]:
    """Return the sentences that tell a model how the person wants to be spoken with, as far as they have said so.

    What nobody has moved is left to the persona: it may say "tu" where the person has not asked for "vous".
    """
    words, values, usual = _words(language), flat(settings), flat(Boundaries())
    moved = [key for key in words.told if values[key] != usual[key]]
    told = [words.told[key][str(values[key])] for key in moved if str(values[key]) in words.told[key]]
    careful = [topic for topic in settings.topics.careful if topic not in Boundaries().topics.careful]
    told += [words.other_topic.format(topic=topic) for topic in careful]
    if settings.topics.blocked:
        told.append(words.blocked.format(topics=", ".join(settings.topics.blocked)))
    if settings.terms_to_avoid:
        told.append(words.avoided.format(terms=", ".join(settings.terms_to_avoid)))
    return tuple(told)


def without_sounds(sentence: str, settings: Boundaries, language: str) -> str:
    """Return `sentence` without the ums and the laughter that the person does not want; empty when nothing is left."""
    words = _words(language)
    unwanted = [pattern for key, pattern in (("fillers", words.fillers), ("laughter", words.laughter))
                if getattr(settings, key) == "off"]  # fmt: skip
    left = sentence
    for pattern in unwanted:
        left = _sound(pattern).sub(" ", left)
    if left == sentence:
        return sentence
    left = re.sub(r"\s+", " ", left).strip(" ,;…")
    return left[0].upper() + left[1:] if re.search(r"\w", left) else ""


@lru_cache(maxsize=4)
def _sound(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s,]))(?:{pattern})(?!\w)(?:\s*(?:,|\.\.\.|…|!))*", re.IGNORECASE)


@lru_cache(maxsize=2)
def _words(language: str) -> Words:
    return data.shipped(Words, "manner", language)
