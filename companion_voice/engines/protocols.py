"""What an engine is: one small Protocol a kind, found by name through an entry-point group.

`companion_voice.stt`, `companion_voice.llm` and `companion_voice.tts` are the groups; an entry point names a
function `load(options) -> engine` that may take seconds and raises `EngineError` or `ModelError` with a sentence
for the person. Engines run in a child process (`engines.host`), one request at a time, and are closed by its end.
"""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from companion_voice.events import Prompt, Transcript

Samples: TypeAlias = NDArray[np.float32]
"""Mono sound, `float32[n]` in [-1, 1]. Its rate is said where it is used."""

HEARING_RATE = 16_000
"""Samples a second of everything a Transcriber hears."""


class EngineOptions(msgspec.Struct, frozen=True):
    """What an engine is told when it loads."""

    model: str = ""
    """A file or folder; empty for engines that carry their own."""
    languages: tuple[str, ...] = ("en",)
    """Two-letter codes the person may speak, the likeliest first."""
    threads: int = 2
    """How many processor threads it may use."""
    tuning: dict[str, str] = {}
    """Engine-specific settings as text, such as `{"temperature": "0.7"}` or a voice's name."""


class Transcriber(Protocol):
    """Speech to text. Sound arrives while the person speaks; the words may be asked for more than once."""

    def begin(self) -> None:
        """Forget the previous utterance."""

    def feed(self, samples: Samples) -> None:
        """Take `float32[n]` at 16 kHz that follows what was fed before."""

    def transcript(self) -> Transcript:
        """Return the words of everything fed since `begin`; more may be fed afterwards."""


class LanguageModel(Protocol):
    """Words to words."""

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply piece by piece as it is written; closing the iterator cancels it."""


class Voice(Protocol):
    """Text to speech."""

    sample_rate: int
    """Samples a second of what `speak` yields."""

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:
        """Yield `float32[n]` at `sample_rate` as it is made. `role` is "persona" or "system" (a neutral voice)."""


Engine: TypeAlias = Transcriber | LanguageModel | Voice
Loader: TypeAlias = Callable[[EngineOptions], Engine]
