"""The fixed phrases of a language: what the program itself says, and what it must understand without a model.

Reading them is all this module does; deciding with them is done beside it.
"""

from pathlib import Path

import msgspec

from companion_voice import documents

LANGUAGES = ("en", "fr")


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything fixed in one language. Patterns are regular expressions over `words.plain` text."""

    greeting: str
    farewell: str
    acknowledgement: str
    """A short sound where an answer is late."""
    recalled: str
    """How a model is shown what is remembered; {quotations} are lines of `quotation`."""
    quotation: str
    who: dict[str, str]
    not_remembered: str
    """How a model is told that memory holds no sure answer."""
    memory_new: str
    """What is told of {facts} that are new."""
    memory_failed: str
    journal_failed: str
    off_record: str
    boundary_kept: str
    """That a boundary cannot be moved as the person asks; {reason} says why."""
    no_answer: str
    too_much: str
    other_language: str
    microphone_on: str
    microphone_off: str
    microphone_lost: str
    microphone_found: str
    speaker_lost: str
    half_duplex: str
    died: dict[str, str]
    """What is said when the engine of a kind died and was restarted."""
    replaced: dict[str, str]
    """What is said when the engine of a kind cannot be had and another takes its place."""
    missing: dict[str, str]
    """What is shown when no engine of a kind is left."""
    language_names: dict[str, str]
    head: str
    """The fixed part of a persona's prompt: what every persona is and does, whatever else it is."""
    plain_head: str
    """The whole of a prompt while somebody may be in danger: no persona speaks then."""
    stop: tuple[str, ...]
    goodbye: tuple[str, ...]
    backchannel: tuple[str, ...]


def load(language: str) -> Phrases:
    """Return the phrases of `language`, one of `LANGUAGES`."""
    return documents.read(Path(__file__).with_name("phrases") / f"{language}.yaml", Phrases)
