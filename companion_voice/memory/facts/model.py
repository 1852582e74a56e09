"""What a language model may propose as a fact, and what is kept of it. Pure; knows no model.

A small model invents: of what one such extractor stored in real use, 97.8 % was junk (mem0ai/mem0#4573). So it fills
in a form under a grammar, and its proposal is kept only when its quote stands literally in the turn, is the person's
own plain statement, and carries the value.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from companion_voice import documents
from companion_voice.memory import topics
from companion_voice.memory.facts.book import LANGUAGES, grammar
from companion_voice.memory.facts.extraction import LONGEST, NOTE, is_own_statement
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.records import NewFact, Turn

CONFIDENCE: Final = 0.6
MOST: Final = 5
"""Facts that one turn may tell."""
LARGEST: Final = 16 * 1024
"""Bytes of the largest form that is looked at."""
_WORD = re.compile(r"\w+")

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Quote = Annotated[str, msgspec.Meta(min_length=3, max_length=300)]


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as a model proposes it."""

    subject: Short
    """Whom it is about: 'me', a relation such as 'sister', or a name."""
    slot: Short
    value: Short
    quote: Quote
    """The person's words that say it."""


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model was asked for."""

    facts: Annotated[tuple[Candidate, ...], msgspec.Meta(max_length=MOST)]


class _Instructions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    en: str
    fr: str
    speaker: str
    """Words of which a statement about the speaker has one, in both languages."""


def instruction(language: str) -> str:
    """Return what a model is told before it reads a turn in `language`."""
    told = _instructions()
    return " ".join((told.fr if language == "fr" else told.en).split())


def may_tell(turn: Turn) -> bool:
    """Tell whether it is worth while to show a turn to a model."""
    return turn.who == "user" and len(turn.text) <= LONGEST and bool(_WORD.search(turn.text))


def kept(form: bytes, turn: Turn) -> tuple[NewFact, ...]:
    """Return what may be kept of a form that a model filled in about `turn`; nothing where it is no such form."""
    if len(form) > LARGEST:
        return ()
    try:
        filled = msgspec.json.decode(form, type=_Form)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    found = (accept(candidate, turn) for candidate in filled.facts)
    once = {(fact.subject, fact.slot, folded(fact.value)): fact for fact in found if fact}
    return tuple(once.values())


def has_one_value(subject: str, slot: str) -> bool:
    """Tell whether there is one value at a time of such a fact: one home, but many likes."""
    if slot == "name":
        return subject == "me" or any(subject in grammar(language).unique for language in LANGUAGES)
    rows = (pattern.row for language in LANGUAGES for pattern in grammar(language).patterns)
    return any(row.single for row in rows if row.slot == slot)


def schema_for_model() -> dict[str, Any]:
    """Return the JSON schema of a model's answer: a list of at most `MOST` candidates under `facts`, slots closed."""
    _, definitions = msgspec.json.schema_components([Candidate])
    candidate = definitions["Candidate"]
    slots = {"type": "string", "enum": sorted(_slots())}
    candidate["properties"] = candidate["properties"] | {"slot": slots}
    facts = {"type": "array", "items": candidate, "maxItems": MOST}
    return {"type": "object", "properties": {"facts": facts}, "required": ["facts"], "additionalProperties": False}


def accept(candidate: Candidate, turn: Turn) -> NewFact | None:
    """Return the candidate as a fact, or None unless its quote and its value are the person's own words in `turn`."""
    start = turn.text.find(candidate.quote)
    if start < 0 or candidate.slot not in _slots() or candidate.quote != candidate.quote.strip():
        return None
    if not is_own_statement(turn, start, start + len(candidate.quote)):
        return None
    quoted = set(_WORD.findall(folded(candidate.quote)))
    if not set(_WORD.findall(folded(candidate.value))) <= quoted or not _is_named(candidate.subject, quoted):
        return None
    return NewFact(
        subject=candidate.subject,
        slot=candidate.slot,
        value=candidate.value,
        quote=candidate.quote,
        sensitivity=topics.sensitivity(candidate.quote),
        confidence=CONFIDENCE,
        valid_from_us=None,
        valid_until_us=None,
        closes=False,
    )


def _is_named(subject: str, quoted: set[str]) -> bool:
    """Tell whether the quote says whom it is about: the person themselves, a relation, or a name in it."""
    if subject == "me":
        return not quoted.isdisjoint(_instructions().speaker.split())
    called = {subject} | {word for name in LANGUAGES for word, key in grammar(name).relations.items() if key == subject}
    return any(set(_WORD.findall(folded(word))) <= quoted for word in called)


@lru_cache
def _slots() -> frozenset[str]:
    """Return the slots that a model may fill: those of the patterns but for notes, which only a person asks for."""
    rows = (pattern.row for language in LANGUAGES for pattern in grammar(language).patterns)
    return frozenset(row.slot for row in rows if "{" not in row.slot and row.slot != NOTE)


@lru_cache
def _instructions() -> _Instructions:
    return documents.read(Path(__file__).with_name("form.yaml"), _Instructions)
