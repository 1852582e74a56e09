"""What this room knows of a language: the shape of `phrases/{en,fr}.yaml`, and reading it. Decides nothing."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

from companion_voice import documents
from companion_voice.boundaries.words import plain
from companion_voice.persona.evolution.changes import Mood, Reason
from companion_voice.persona.schema import Part

TONGUES = ("en", "fr")
Span = Literal["change", "day", "week", "month", "beginning"]


class Asked(Part, frozen=True):
    """How people ask for one change. Patterns must fit a whole sentence, courtesies apart."""

    clear: tuple[str, ...] = ()
    """Once is enough."""
    weak: tuple[str, ...] = ()
    """Counts only when it comes back."""


class Asking(Part, frozen=True):
    """How a proposal is put into words."""

    once: str
    often: str
    """{times} says how often."""


class Requests(Part, frozen=True):
    """How people ask about the changes."""

    agrees: tuple[str, ...]
    """A yes too weak for anything that cannot be undone."""
    what: tuple[str, ...]
    why: tuple[str, ...]
    back: dict[Span, tuple[str, ...]]


class Answers(Part, frozen=True):
    """What is answered; {changes}, {name} and the like are the places of what varies."""

    nothing: str
    changed: str
    more: str
    joined: str
    gone_back: str
    nothing_to_undo: str
    kept: str
    left: str
    why_nothing: str
    why: str
    date: str
    """{day} and {month}."""
    first: str
    """How the first of a month is said."""
    months: tuple[str, ...]
    changes: dict[str, str]
    """What a change did, by slider and direction (`verbosity-`) or by kind."""
    reasons: dict[Reason, str]


class Prompting(Part, frozen=True):
    """How what has grown is told to a language model."""

    joke: str
    word: str
    nickname: str
    moods: dict[Mood, str]


class Probe(Part, frozen=True):
    """A question asked off the record, and what tells a good answer without a judge."""

    id: str
    about: Literal["name", "what", "tone", "boundary"]
    asks: str
    wants: tuple[str, ...] = ()
    """One of these must stand in the answer; {name} is the persona's."""
    never: tuple[str, ...] = ()


class Styles(Part, frozen=True):
    """The words that a style is counted by, as patterns over plain text."""

    first_person: str
    hedges: str
    formal: str
    informal: str


class Phrases(Part, frozen=True):
    """All that `phrases/<language>.yaml` holds."""

    courtesy: str
    asked: dict[Reason, Asked]
    opinion_asked: tuple[str, ...]
    ordinary: tuple[str, ...]
    """Exclamations that are nobody's own."""
    times: tuple[str, ...]
    """Once, twice …"""
    many_times: str
    proposals: dict[Reason, Asking]
    requests: Requests
    answers: Answers
    prompting: Prompting
    styles: Styles
    probes: tuple[Probe, ...]


@cache
def phrases(language: str) -> Phrases:
    """Return what is known of a language; English where it is neither."""
    code = language if language in TONGUES else TONGUES[0]
    return documents.read(Path(__file__).with_name("phrases") / f"{code}.yaml", Phrases)


def bare(sentence: str, language: str, name: str = "") -> str:
    """Return a sentence in plain words without the courtesies, or the companion's name, at its ends."""
    edges = phrases(language).courtesy + (rf"|{re.escape(plain(name))}" if plain(name) else "")
    before, after = _edges(edges)
    return after.sub("", before.sub("", plain(sentence)))


def fits(patterns: tuple[str, ...], heard: str) -> dict[str, str] | None:
    """Return the named groups of the first pattern that fits the whole of `heard`; None when none does."""
    for pattern in patterns:
        if match := _compiled(pattern).fullmatch(heard):
            return {name: group or "" for name, group in match.groupdict().items()}
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _edges(words: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(rf"^(?:(?:{words})(?!\w)\s*)+"), re.compile(rf"(?:\s*(?<!\w)(?:{words}))+$")
