"""What a conversation, a week or a month was about, in the person's own sentences: chosen, never written. Pure.

A sentence says much when it carries what the person told (a fact, a name, a number) and words that came back often but
are not said by everybody all the time; the next one is chosen to say something else (maximal marginal relevance,
Carbonell and Goldstein 1998). Knows no store and no model: whoever keeps a summary links each sentence to its turns.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.memory.facts import extract
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.records import Turn

Level: TypeAlias = Literal["session", "week", "month"]
SENTENCES: Final[dict[Level, int]] = {"session": 3, "week": 5, "month": 5}
SHORTEST, LONGEST = 4, 40
"""Words of a sentence that can stand alone."""
STEM: Final = 5
"""Letters that tell a word from another: a stem good enough for counting in both languages."""
TOLD: Final = 3.0
"""How much a sentence that tells a fact counts beyond its words."""
SAME: Final = 0.5
"""Share of common words from which two sentences say the same."""
NOVELTY: Final = 0.7
"""Weight of what a sentence says against how much of it was already chosen."""
_BREAK = re.compile(r"(?<=[.!?…])[\"”»]?\s+|\n+")
_WORD = re.compile(r"\w+")


class Sentence(NamedTuple):
    """A sentence of the person and the keys of the turns that say it."""

    text: str
    turns: tuple[str, ...]


class _Candidate(NamedTuple):
    text: str
    turn: Turn
    order: int
    stems: frozenset[str]
    tells: bool


class _Stops(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    small: str
    """Words that say nothing about a conversation, in both languages."""
    empty: str
    """Words that a sentence must not begin with: it would lean on the one before."""


def summarise(turns: Sequence[Turn], level: Level) -> tuple[Sentence, ...]:
    """Return one to five sentences of the person, in the order they were said; none when they said too little."""
    candidates = _candidates(turns)
    if not candidates:
        return ()
    weights = _weights(candidates)
    chosen: list[_Candidate] = []
    while len(chosen) < SENTENCES[level] and (rest := [c for c in candidates if _is_new(c, chosen)]):
        chosen.append(max(rest, key=lambda candidate: (_worth(candidate, chosen, weights), -candidate.order)))
    return tuple(
        Sentence(candidate.text, _saying(candidate, candidates))
        for candidate in sorted(chosen, key=lambda candidate: candidate.order)
    )


def _candidates(turns: Sequence[Turn]) -> list[_Candidate]:
    found: list[_Candidate] = []
    for turn in turns:
        quotes = [fact.quote for fact in extract(turn)]
        for text in _BREAK.split(turn.text) if turn.who == "user" else ():
            stems = _stems(text)
            if SHORTEST <= len(text.split()) <= LONGEST and stems and not _leans(text):
                tells = any(quote in text for quote in quotes)
                found.append(_Candidate(text.strip(), turn, len(found), stems, tells))
    return found


def _leans(text: str) -> bool:
    """Tell whether a sentence asks, or cannot be understood without another."""
    return text.rstrip().endswith("?") or _WORD.findall(folded(text))[:1] in [[word] for word in _stops().empty.split()]


def _weights(candidates: Sequence[_Candidate]) -> dict[str, float]:
    """Return what a word counts: more the more often it came back, less than in proportion."""
    said = Counter(stem for candidate in candidates for stem in candidate.stems)
    return {stem: 1 + math.log(count) for stem, count in said.items()}


def _worth(candidate: _Candidate, chosen: Sequence[_Candidate], weights: dict[str, float]) -> float:
    own = sum(weights[stem] for stem in candidate.stems) / math.sqrt(len(candidate.stems)) + TOLD * candidate.tells
    shared = max((_alike(candidate, other) for other in chosen), default=0.0)
    return NOVELTY * own - (1 - NOVELTY) * own * shared


def _alike(one: _Candidate, other: _Candidate) -> float:
    return len(one.stems & other.stems) / min(len(one.stems), len(other.stems))


def _is_new(candidate: _Candidate, chosen: Sequence[_Candidate]) -> bool:
    return all(_alike(candidate, other) < SAME for other in chosen)


def _saying(sentence: _Candidate, candidates: Sequence[_Candidate]) -> tuple[str, ...]:
    """Return the keys of the turns that say the sentence, its own first."""
    others = (candidate.turn.key for candidate in candidates if _alike(sentence, candidate) >= SAME)
    return tuple(dict.fromkeys((sentence.turn.key, *others)))


def _stems(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(folded(text)) if len(word) > 1)
    return frozenset(word[:STEM] for word in words if word not in _small())


@lru_cache
def _stops() -> _Stops:
    return documents.read(Path(__file__).with_name("stops.yaml"), _Stops)


@lru_cache
def _small() -> frozenset[str]:
    return frozenset(_stops().small.split())
