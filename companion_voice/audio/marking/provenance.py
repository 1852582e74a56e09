"""The words that say a file was made by a program: a chunk in a WAV, a header in exported text. Knows no clock.

A WAV carries them twice: as `LIST`/`INFO`, which players show, and as JSON in a chunk of our own, `cvpr`, which
programs read. `digital_source_type` is IPTC's term for what a trained model made.
"""

import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from companion_voice import __version__
from companion_voice.errors import RecordingError

PROGRAM = "Companion Voice"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
CHUNK = b"cvpr"
LARGEST = 64 * 1024
"""Bytes of a chunk that are read."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where speech comes from. A field this version does not know is passed over, so that later ones can add some."""

    persona: str
    voice: str
    """The engine that spoke, such as `piper` or `espeak`."""
    time: datetime
    program: str = PROGRAM
    version: str = __version__
    synthetic_speech: bool = True
    digital_source_type: str = SOURCE_TYPE


def header(kind: str, now: datetime) -> str:
    """Return the line that begins exported text of `kind`, such as "transcript". Pure: `now` is the time of export."""
    return f"{kind} · {PROGRAM} {__version__} · {now.isoformat(timespec='seconds')} · contains text made by AI"


def chunks(provenance: Provenance) -> bytes:
    """Return the RIFF chunks that say `provenance`, to stand before the sound."""
    info = {
        b"ISFT": f"{provenance.program} {provenance.version}",
        b"ICMT": f"Synthetic speech, made by AI ({provenance.voice}); the speaker, {provenance.persona}, is no person.",
        b"ICRD": provenance.time.isoformat(timespec="seconds"),
    }
    said = b"".join(_chunk(name, text.encode() + b"\0") for name, text in info.items())
    return _chunk(b"LIST", b"INFO" + said) + _chunk(CHUNK, msgspec.json.encode(provenance))


def read(path: Path) -> Provenance | None:
    """Return what the file at `path` says of itself; None when it says nothing, or is no WAV.

    Raises `RecordingError` when it cannot be read or what it says is damaged.
    """
    try:
        with path.open("rb") as file:
            said = next((body for name, body in _listed(file) if name == CHUNK), None)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
    if said is None:
        return None
    try:
        return msgspec.json.decode(said, type=Provenance)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingError(
            f"What {path} says about its origin is damaged.", "It was changed after it was written."
        ) from error


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


def _listed(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and beginning of every chunk of a RIFF WAVE file."""
    start = file.read(12)
    if start[:4] != b"RIFF" or start[8:] != b"WAVE":
        return
    while len(head := file.read(8)) == 8:  # noqa: PLR2004 - a chunk's name and length
        name, length = struct.unpack("<4sI", head)
        after = file.tell() + length + length % 2
        yield name, file.read(min(length, LARGEST))
        file.seek(after)
