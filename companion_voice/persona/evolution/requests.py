"""What a person asks about the companion's changes: what, why, and to take them back. Pure; answers nothing."""

from typing import TypeAlias

import msgspec

from companion_voice.boundaries.words import plain
from companion_voice.persona.evolution.words import Span, bare, fits, phrases


class WhatChanged(msgspec.Struct, frozen=True, tag=True):
    """Ask what has changed."""


class WhyChanged(msgspec.Struct, frozen=True, tag=True):
    """Ask for the reason of the last change."""


class GoBack(msgspec.Struct, frozen=True, tag=True):
    """Be as some time ago, or before the last change."""

    to: Span


Request: TypeAlias = WhatChanged | WhyChanged | GoBack
DAYS: dict[Span, int] = {"day": 1, "week": 7, "month": 30}
"""How many days ago a span ends."""


def understand(said: str, language: str, name: str = "") -> Request | None:
    """Return what `said` as a whole asks for; None for ordinary talk. `name` is the companion's."""
    known, heard = phrases(language).requests, bare(said, language, name)
    if fits(known.what, heard) is not None:
        return WhatChanged()
    if fits(known.why, heard) is not None:
        return WhyChanged()
    return next((GoBack(span) for span, patterns in known.back.items() if fits(patterns, heard) is not None), None)


def agrees(said: str, language: str) -> bool:
    """Tell whether `said` as a whole is a yes, be it a weak one: a change asked about can be taken back."""
    return fits(phrases(language).requests.agrees, plain(said)) is not None
