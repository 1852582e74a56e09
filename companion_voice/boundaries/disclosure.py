"""When the companion must say what it is, and the words for it. Pure; no model, persona or prompt is asked.

Two clocks are told; the one by which more time passed counts, so a suspended laptop or a clock set forward brings a
notice nearer, and what cannot be known (a clock set backwards across a restart) makes it due at once. No fault of a
clock can lengthen a gap by what really passed on either of them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from companion_voice.boundaries import data, profiles
from companion_voice.boundaries.moments import DAY, Moment, at_most
from companion_voice.boundaries.settings import Boundaries

Kind: TypeAlias = Literal["start", "again", "absence", "identity"]
DEFERRAL = 25 * 60.0
"""Seconds by which a notice may wait while the person is in distress, below the ceiling."""
ABSENCE = 7 * DAY
PATIENCE = 60.0
"""Seconds before the ceiling at which nothing defers any more: a sentence may still be on its way out."""


class Disclosures(msgspec.Struct, frozen=True):
    """What was disclosed, and when. Kept across restarts; an empty one is a person who was told nothing."""

    conversation: str = ""
    """The conversation whose beginning was announced."""
    last: Moment | None = None
    """When a notice was last heard to its end."""


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words for one kind of notice."""

    plain: str
    short: str
    detailed: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `disclosure/<language>.yaml` holds."""

    start: Wording
    again: Wording
    absence: Wording
    identity: Wording
    confidentiality: str
    not_a_professional: str
    leaving: str
    """That words leave this computer; {places} are the hosts they go to."""
    handed_on: str
    """That another program on this computer is given them."""


class Server(msgspec.Struct, frozen=True):
    """Another program that does a part of the work, and is given words for it."""

    engine: str
    host: str
    """What it is called aloud; empty where it is on this computer."""


class Rhythm(msgspec.Struct, frozen=True):
    """How often, in seconds."""

    every: float
    ceiling: float


def rhythm(settings: Boundaries) -> Rhythm:
    """Return how often the notice comes: as the person wishes, never above what the law of their profile allows."""
    ceiling = profiles.ceiling_minutes(settings) * 60.0 - PATIENCE
    return Rhythm(every=min(settings.disclosure.periodic_minutes * 60.0, ceiling), ceiling=ceiling)


def due(
    history: Disclosures,
    now: Moment,
    *,
    conversation: str,
    rhythm: Rhythm,
    distressed: bool = False,
    asked: bool = False,
) -> Kind | None:
    """Return the notice that must be heard before any other output, or None.

    `conversation` names the one that is going on; `distressed`: the person's last turn was a sign of distress;
    `asked`: it was a sincere question about what the companion is.
    """
    if asked:
        return "identity"
    last = history.last
    passed = None if last is None else at_most(last, now)
    if last is None or passed is None or conversation != history.conversation:
        return "absence" if passed is not None and passed >= ABSENCE else "start"
    if passed >= ABSENCE:
        return "absence"
    wait = min(rhythm.every + DEFERRAL, rhythm.ceiling) if distressed else rhythm.every
    return "again" if passed >= wait else None


def said(history: Disclosures, now: Moment, *, conversation: str) -> Disclosures:
    """Return the history after a notice of any kind was heard to its end in `conversation`."""
    return msgspec.structs.replace(history, conversation=conversation, last=now)


def text(kind: Kind, settings: Boundaries, language: str, *, name: str = "") -> str:
    """Return the words of a notice, for the system's voice and for the screen. `name`: the companion's."""
    words, chosen = _words(language), settings.disclosure
    wording: Wording = getattr(words, kind)
    sentences = [getattr(wording, chosen.wording).format(name=name)]
    if chosen.wording != "short" and chosen.confidentiality_line == "on":
        sentences.append(words.confidentiality)
    if chosen.wording != "short" and chosen.not_a_professional == "on":
        sentences.append(words.not_a_professional)
    return " ".join(sentences)


def about_servers(servers: Sequence[Server], language: str) -> str:
    """Return the words about where words go; empty where they stay with the program."""
    if not servers:
        return ""
    words = _words(language)
    hosts = dict.fromkeys(server.host for server in servers if server.host)
    return words.leaving.format(places=", ".join(hosts)) if hosts else words.handed_on


@lru_cache(maxsize=2)
def _words(language: str) -> Words:
    return data.shipped(Words, "disclosure", language)
