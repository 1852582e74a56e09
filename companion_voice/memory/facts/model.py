"""What a language model may propose as a fact, and what is kept of it. Pure; knows no model.

A small model invents: of what one such extractor stored in real use, 97.8 % was junk (mem0ai/mem0#4573). So it fills
in a form under a grammar, and its proposal is kept only when its quote stands literally in the turn, is the person's
own plain statement, and carries the value.
"""

import re
from typing import Annotated, Any, Final

import msgspec

from companion_voice.memory import topics
from companion_voice.memory.facts.book import LANGUAGES, grammar
from companion_voice.memory.facts.extraction import is_own_statement
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.records import NewFact, Turn

CONFIDENCE: Final = 0.6
MOST: Final = 5
"""Facts that one turn may tell."""
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
        return True
    called = {subject} | {word for name in LANGUAGES for word, key in grammar(name).relations.items() if key == subject}
    return any(set(_WORD.findall(folded(word))) <= quoted for word in called)


def _slots() -> frozenset[str]:
    rows = (pattern.row for language in LANGUAGES for pattern in grammar(language).patterns)
    return frozenset(row.slot for row in rows if "{" not in row.slot)
