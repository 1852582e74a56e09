"""What a session leaves behind for research: one record a session, a turn, a system event, an answer, a behaviour.

These records are the columns of every export; the codebook is made from them, so that it cannot drift. They hold no
name of a person, only a pseudonym. Knows no file and no format.
"""

from typing import Literal, TypeAlias

import msgspec

Level: TypeAlias = Literal["metrics", "labels", "redacted", "text"]
"""How much of what was said may be kept, from counts alone to every word; each one contains those before it."""

LEVELS: tuple[Level, ...] = ("metrics", "labels", "redacted", "text")

Speaker: TypeAlias = Literal["person", "companion", "system"]
"""Who speaks: `system` is the neutral voice that speaks for the program."""

End: TypeAlias = Literal["goodbye", "stop", "cap", "crash", "open"]
"""How a session ended; `open` where its journal just ceases."""

Kind: TypeAlias = Literal["rule", "exact", "judge"]
"""How a behaviour was found: by rule from the text, exactly from what the program did, by a model that judges."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation."""

    session: str
    """Random id of the conversation."""
    participant: str = ""
    """Pseudonym; empty outside a study."""
    study: str = ""
    condition: str = ""
    """Opaque name of the arm."""
    started: str
    """Local wall time, ISO 8601 with offset; shifted by the participant's days in an export."""
    duration: float
    """Seconds from the first event to the last."""
    end: End
    level: Level
    language: str
    """Two-letter code it began in."""
    persona: str
    persona_hash: str
    condition_hash: str
    prompt_hash: str
    """SHA-256 of the prompt's head."""
    settings_hash: str
    models_hash: str
    software: str
    """Version of the program."""
    stt: str
    llm: str
    tts: str


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of speech of one side."""

    session: str
    turn: int
    """Counts from 1 in its session."""
    speaker: Speaker
    at: float
    """Seconds since the session began when the first words stood (person) or the first sound left (companion)."""
    text: str | None
    """What was said, as far as the level keeps it."""
    heard: str | None
    """What the person heard of it, where an interruption cut it; equal to `text` otherwise."""
    words: int
    characters: int
    text_hash: str
    """Keyed hash of the text, so that equal texts can be told without the text."""
    language: str
    interrupted: bool
    latency: float | None = None
    """Seconds from the end of the person's speech to the first sound of this answer; none for a person's turn."""
    confidence: float | None = None
    """0 to 1, of the recogniser; none for a companion's turn."""
    source: Literal["voice", "text", "rule", "model"] = "voice"
    """How a person's words came, or whether a rule or a model made the companion's."""
    recalled: int = 0
    """Memories that entered the prompt of this answer."""
    struck: bool = False
    """The participant struck it: no text of it is exported."""
    labels: tuple["Behaviour", ...] = ()
    """What was found in it while its words stood, where the level keeps labels alone."""


class SystemEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something the program did or that happened to it: a disclosure, a guard's rewrite, a voice cue, a fault."""

    session: str
    at: float
    turn: int
    """The turn it belongs to; 0 before the first."""
    what: str
    """disclosure, guard, crisis, break, cap, boundary, off_record, cue, fault, memory or persona."""
    detail: str
    """For example the guard's rule, the cue's code (`V01` …), the engine that failed. Never what anybody said."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence of a behaviour of the taxonomy in one turn."""

    session: str
    turn: int
    code: str
    """`A01` … `A30`, `B01` … `B08`, `U01` … `U16`, `V01` … `V06`."""
    kind: Kind
    rule: str
    """Name of the rule that found it, of the record it was read from, or of the judging model."""
    start: int = 0
    """First character of what shows it, in the turn's text."""
    end: int = 0


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to one item of a questionnaire."""

    session: str
    participant: str
    questionnaire: str
    item: str
    language: str
    asked: Literal["before", "after", "baseline", "end"]
    value: str
    at: float
    """Seconds since the session began; 0 where it was answered outside one."""
