"""The columns of every export: one struct a table, tidy, joined by `study_id`, `ppt_id` and `session_id`.

Names follow those in use (`ppt_id`, `study_id`, `arm`, `week`), so that tables join with other people's. Every type is
text, a whole number, a number or yes/no, where it is known. What a column means stands in `codebook.{en,fr}.yaml`.
Knows no file, no format and nothing of where rows come from.
"""

import types
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

import msgspec

from companion_voice.research.records import End, Kind, Level, Speaker

Side: TypeAlias = Literal["system", "boundary", "user", "voice"]
"""Whose behaviour it is: the system's (A), the system's keeping a boundary (B), the user's (U), the voice's (V)."""

SIDES: dict[str, Side] = {"A": "system", "B": "boundary", "U": "user", "V": "voice"}
"""By the first letter of a behaviour's code."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every table begins with, so that any two of them can be joined and any one grouped by arm."""

    study_id: str
    ppt_id: str
    arm: str


class Participant(Row, frozen=True, kw_only=True):
    """One participant."""

    consent_level: Level
    lang: str
    simulated: bool
    n_sessions: int


class Session(Row, frozen=True, kw_only=True):
    """One conversation."""

    session_id: str
    session_index: int
    week: int
    day: int
    started_at: str
    duration_s: float
    end_reason: End
    excluded_by: str | None
    level: Level
    lang: str
    n_turns: int
    n_words_person: int
    n_words_companion: int
    n_interruptions: int
    n_struck: int
    n_events: int
    persona_id: str
    persona_hash: str
    condition_hash: str
    prompt_hash: str
    config_hash: str
    models_hash: str
    software_version: str
    stt_id: str
    model_id: str
    tts_id: str


class Turn(Row, frozen=True, kw_only=True):
    """One stretch of speech of one side."""

    session_id: str
    turn: int
    role: Speaker
    at_s: float
    text: str | None
    text_heard: str | None
    text_hash: str | None
    n_words: int
    n_characters: int
    lang: str
    interrupted: bool
    latency_s: float | None
    stt_confidence: float | None
    source: Literal["voice", "text", "rule", "model"]
    n_recalled: int
    struck: bool
    synthetic: bool


class Event(Row, frozen=True, kw_only=True):
    """Something the program did, or that happened to it."""

    session_id: str
    turn: int
    at_s: float
    event: str
    detail: str


class Behaviour(Row, frozen=True, kw_only=True):
    """One occurrence of a behaviour of the taxonomy in one turn."""

    session_id: str
    turn: int
    code: str
    side: Side
    detector: Kind
    rule: str
    start: int | None
    end: int | None


class Response(Row, frozen=True, kw_only=True):
    """One answer to one item of a questionnaire."""

    session_id: str | None
    questionnaire: str
    item: str
    lang: str
    timepoint: Literal["before", "after", "baseline", "end"]
    value: str
    at_s: float


TABLES: dict[str, type[Row]] = {
    "participants": Participant,
    "sessions": Session,
    "turns": Turn,
    "events": Event,
    "behaviours": Behaviour,
    "responses": Response,
}
"""Every table of an export by its name, from the widest unit to the smallest."""


class Column(NamedTuple):
    """One column of one table."""

    table: str
    name: str
    type: Literal["text", "integer", "number", "boolean"]
    optional: bool
    values: tuple[str, ...]
    """The values it can have, where they are counted; none where any is possible."""


def columns(table: str) -> tuple[Column, ...]:
    """Return the columns of `table`, in order."""
    return tuple(_column(table, field.name, field.type) for field in msgspec.structs.fields(TABLES[table]))


def all_columns() -> Iterator[Column]:
    """Yield the columns of every table."""
    for table in TABLES:
        yield from columns(table)


def _column(table: str, name: str, kind: object) -> Column:
    members = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    bare = next(member for member in members if member is not types.NoneType)
    values = get_args(bare) if get_origin(bare) is Literal else ()
    return Column(table, name, "text" if values else _TYPES[bare], types.NoneType in members, tuple(values))


_TYPES: dict[object, Literal["text", "integer", "number", "boolean"]] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
}
