"""How somebody talks with the companion this time: by voice, by typing, from a recording."""

from pathlib import Path

import msgspec


class Way(msgspec.Struct, frozen=True):
    """How to talk this time."""

    typed: bool = False
    """The person types."""
    mute: bool = False
    """Answers are only shown."""
    recording: Path | None = None
    """A recording is the microphone."""
    out: Path | None = None
    """Where to keep what the companion says, instead of a speaker."""
    fast: bool = False
    """A recording is read as fast as it goes."""
    journal: Path | None = None
