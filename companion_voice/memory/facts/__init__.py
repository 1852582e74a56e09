"""Facts taken from a person's own words: by patterns at once, and by a language model only with a literal quote."""

from companion_voice.memory.facts.extraction import extract, is_relation, slot_of, subject_of
from companion_voice.memory.facts.model import (
    Candidate,
    accept,
    has_one_value,
    instruction,
    kept,
    may_tell,
    schema_for_model,
)

__all__ = [
    "Candidate",
    "accept",
    "extract",
    "has_one_value",
    "instruction",
    "is_relation",
    "kept",
    "may_tell",
    "schema_for_model",
    "slot_of",
    "subject_of",
]
