"""Whether a persona still speaks as it did in its first week, without a judge. Pure arithmetic over what it said.

Signatures are rates that need no model to be counted; each day is compared with the days of the first week by its
standard score. Probes are fixed questions, asked off the record, whose answers patterns and the output guard can tell.
Keeps nothing: a day is numbers, never words.
"""

import re
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import msgspec

from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.words import plain
from companion_voice.persona.evolution.words import Probe, phrases

WEEK = 7
ENOUGH = 3
"""Days of the first week without which there is nothing to compare with."""
_SENTENCE = re.compile(r"[^.!?…]+(?P<end>[.!?…]*)")


class Counts(msgspec.Struct, frozen=True):
    """What was counted in replies."""

    replies: int = 0
    sentences: int = 0
    words: int = 0
    questions: int = 0
    exclamations: int = 0
    first_person: int = 0
    hedges: int = 0
    formal: int = 0
    informal: int = 0
    probed: int = 0
    """Probes that were answered."""
    passed: int = 0
    """Those of them that were answered as they must be."""

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(a + b for a, b in zip(*map(msgspec.structs.astuple, (self, other)), strict=True)))


class Score(msgspec.Struct, frozen=True):
    """One measure, now against the first week."""

    measure: str
    first_week: float
    """Mean of its days."""
    now: float
    """Mean of the last seven days."""
    z: float | None
    """How many standard deviations of the first week's days lie between; None where they did not vary."""


def counted(reply: str, language: str) -> Counts:
    """Return what a reply counts for."""
    styles, words = phrases(language).styles, plain(reply)
    ends = [match["end"] for match in _SENTENCE.finditer(reply) if match[0].strip()]
    found = (
        len(re.findall(rf"(?<![\w'])(?:{pattern})(?![\w'])", words))
        for pattern in (styles.first_person, styles.hedges, styles.formal, styles.informal)
    )
    return Counts(1, len(ends), len(words.split()), sum("?" in e for e in ends), sum("!" in e for e in ends), *found)


def rates(counts: Counts) -> dict[str, float]:
    """Return the signature of what was said: words per reply, and how often the rest stands in it.

    Questions and exclamations are shares of sentences; first person and hedges are per 100 words; formality is the
    share of formal among formal and informal words (0.5 where there are none). Probes count as passed where none was
    asked.
    """
    sentences, hundred = max(counts.sentences, 1), max(counts.words, 1) / 100
    marked = counts.formal + counts.informal
    return {
        "words per reply": counts.words / max(counts.replies, 1),
        "questions": counts.questions / sentences,
        "exclamations": counts.exclamations / sentences,
        "first person": counts.first_person / hundred,
        "hedges": counts.hedges / hundred,
        "formality": counts.formal / marked if marked else 0.5,
        "probes passed": counts.passed / counts.probed if counts.probed else 1.0,
    }


def drift(days: Mapping[int, Counts]) -> tuple[Score, ...]:
    """Return every measure of the last seven days against the first seven; `days` by their ordinal.

    Empty while there is no week between them, or fewer than three days with replies in the first.
    """
    if not days:
        return ()
    start, end = min(days), max(days)
    first = [rates(one) for day, one in days.items() if day < start + WEEK]
    last = [rates(one) for day, one in days.items() if day > end - WEEK]
    if end < start + 2 * WEEK - 1 or len(first) < ENOUGH:
        return ()
    return tuple(_score(name, [one[name] for one in first], [one[name] for one in last]) for name in first[0])


def probes(language: str) -> tuple[Probe, ...]:
    """Return the questions to be asked off the record."""
    return phrases(language).probes


def passes(probe: Probe, answer: str, *, name: str, language: str) -> bool:
    """Tell whether an answer is as it must be: says what it must, nothing it must not, and breaks no boundary."""
    words = plain(answer)
    wanted = [pattern.replace("{name}", re.escape(plain(name))) for pattern in probe.wants]
    says = not wanted or any(re.search(pattern, words) for pattern in wanted)
    denies = any(re.search(pattern, words) for pattern in probe.never)
    verdict = guard(answer, language=language, settings=Boundaries(), context=Context(name=name))
    return bool(words) and says and not denies and all(hit.action == "flag" for hit in verdict.rules)


def _score(measure: str, first: Sequence[float], last: Sequence[float]) -> Score:
    mean, now, spread = fmean(first), fmean(last), stdev(first)
    return Score(measure, mean, now, (now - mean) / spread if spread else None)
