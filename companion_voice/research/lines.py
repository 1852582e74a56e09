"""The lines a journal is made of, and the chain that holds them together. Knows no file.

Every line ends with the SHA-256 of the hash before it and of its own bytes, so that none can be changed, taken out or
put elsewhere without every hash after it. Whoever can write the file can also seal it anew: keep the last hash
elsewhere where that matters.
"""

import hashlib
from typing import Literal, TypeAlias

import msgspec

from companion_voice.events import AnyCommand, AnyEvent, Kind
from companion_voice.research.records import Level

VERSION = 2
"""Of the schema. Version 1 had no chain."""

_OPENS = b',"hash":"'
_CLOSES = b'"}\n'
_DIGEST = 64
_SEAL = len(_OPENS) + _DIGEST + len(_CLOSES)

Unwritten: TypeAlias = Literal["off_record", "crisis"]
"""Why a stretch of a conversation is not written: the person asked for it, or may have been in danger."""


class Numbered(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", omit_defaults=True):
    """What every line begins with."""

    n: int = 0
    """Counts from 1; given when the line is written."""


class Heading(Numbered, frozen=True, kw_only=True, tag="heading"):
    """The first line: what this conversation is, as far as hashes can tell it."""

    version: int
    session: str
    """Random id."""
    started: str
    """Local wall time, ISO 8601 with offset."""
    level: Level
    software: str
    """Version of the program."""
    language: str
    persona: str
    """Name of its file."""
    engines: dict[Kind, str]
    """What hears, answers and speaks, with the model's file name."""
    persona_hash: str
    prompt_hash: str
    """SHA-256 of the prompt's head."""
    settings_hash: str
    """SHA-256 of the setup, which holds the settings and boundaries that decide, as JSON."""
    models_hash: str
    """SHA-256 of the engines' names, models' files and tuning."""
    condition_hash: str = ""
    study: str = ""
    participant: str = ""
    condition: str = ""
    voice: dict[str, str] = {}
    """How the renderer was told to speak: engine, voice, speed, expressiveness …"""
    setup: msgspec.Raw = msgspec.Raw(b"null")
    """What a replay begins with, kept at level `text` alone; not typed, since a later program may want more of it, and
    all else of a journal is to be read for ever."""


class Entry(Numbered, frozen=True, kw_only=True, tag="entry"):
    """An event, and the commands it gave."""

    wall: float
    """Unix time at which it was handled; `event.at` is the monotonic one."""
    event: AnyEvent
    commands: tuple[AnyCommand, ...] = ()
    noted: tuple[str, ...] = ()
    """What changed in the state that no command tells: `break:soft`, `cap`, `boundary:time.daily_cap` …"""
    struck: bool = False
    """Its words were removed after it was written."""
    blank: bool = False
    """Its prompts were not written, because they held words of a stretch that is not."""


class Gap(Numbered, frozen=True, kw_only=True, tag="gap"):
    """A stretch of which nothing is written."""

    why: Unwritten
    at: float
    """Seconds since the conversation started when it began."""
    seconds: float


class Label(msgspec.Struct, frozen=True):
    """A behaviour that was found while the words were still there."""

    code: str
    kind: Literal["rule", "exact", "judge"]
    rule: str


class Labels(Numbered, frozen=True, kw_only=True, tag="labels"):
    """What was found in one turn, in place of its words."""

    at: float
    """When that turn began."""
    speaker: Literal["person", "companion", "system"]
    found: tuple[Label, ...]


class Resealed(Numbered, frozen=True, kw_only=True, tag="resealed"):
    """Words were removed from earlier lines, and every line was sealed anew."""

    wall: str
    struck: int
    """Lines that lost their words."""
    before: str
    """The last hash the journal had until then."""


class Closed(Numbered, frozen=True, kw_only=True, tag="closed"):
    """The last line of a journal that was ended in order."""

    at: float
    end: Literal["goodbye", "input", "stopped", "failed", ""]


Line: TypeAlias = Heading | Entry | Gap | Labels | Resealed | Closed

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def sealed(line: Line, before: str) -> tuple[bytes, str]:
    """Return the bytes of a line that follows the hash `before`, newline and all, and its own hash."""
    body = _encoder.encode(line)[:-1]
    digest = _digest(before, body)
    return body + _OPENS + digest.encode() + _CLOSES, digest


def follows(raw: bytes, before: str) -> str | None:
    """Return the hash of a line where it follows the hash `before`, else None."""
    digest = hash_of(raw)
    return digest if digest == _digest(before, raw[:-_SEAL]) else None


def hash_of(raw: bytes) -> str:
    """Return the hash that stands at the end of a line; empty where none does."""
    if raw[-_SEAL : -_SEAL + len(_OPENS)] != _OPENS or not raw.endswith(_CLOSES):
        return ""
    return raw[-_DIGEST - len(_CLOSES) : -len(_CLOSES)].decode("ascii", "replace")


def decode(raw: bytes) -> Line:
    """Return the line in `raw`. Raises `msgspec.DecodeError` or `UnicodeDecodeError`."""
    return _decoder.decode(raw)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _digest(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()
