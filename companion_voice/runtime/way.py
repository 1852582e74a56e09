"""How somebody talks with the companion this time: by voice, by typing, from a recording."""

from pathlib import Path

import msgspec

from companion_voice.events import Kind


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
    """Where to keep every event; None for nowhere."""
    patient: bool = False
    """A microphone that is not there is waited for."""
    waits: bool = False
    """The microphone is off, and nothing is said until somebody opens it and speaks."""
    passphrase: str | None = None
    """What opens an encrypted memory, where the person typed it."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of work that are wanted at all."""
        return (*(() if self.typed else ("stt", "turn")), "llm", *(() if self.mute else ("tts",)))
