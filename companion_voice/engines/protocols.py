"""What an engine is: one small Protocol a kind, found by name through an entry-point group.

`companion_voice.stt`, `companion_voice.llm` and `companion_voice.tts` are the groups; an entry point names a
function `load(options) -> engine` that may take seconds and raises `EngineError` or `ModelError` with a sentence
for the person. Engines run in a child process (`engines.host`), one request at a time, and are closed by its end.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

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
    cache: str = ""
    """A folder for what an engine would otherwise compute anew at every start; empty for none."""


class Transcriber(Protocol):
    """Speech to text. Sound arrives while the person speaks; the words may be asked for more than once."""

    def begin(self) -> None:
        """Forget the previous utterance."""

    def feed(self, samples: Samples) -> None:
        """Take `float32[n]` at 16 kHz that follows what was fed before."""

    def transcript(self) -> Transcript:
        """Return the words of everything fed since `begin`; more may be fed afterwards."""


@runtime_checkable
class Overhearing(Protocol):
    """What a `Transcriber` may be besides: one that can tell cheaply what was said so far, in mid-sentence."""

    def so_far(self) -> Transcript:
        """Return the words since `begin`; the last of them may be wrong. More will be fed."""


class LanguageModel(Protocol):
    """Words to words."""

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply piece by piece as it is written; closing the iterator cancels it."""


@runtime_checkable
class Prefilling(Protocol):
    """What a `LanguageModel` may be besides: one that computes a prompt before the reply to it is asked for."""

    def prefill(self, prompt: Prompt) -> Iterator[None]:
        """Compute a prompt up to where the person's words go on, stopping often.

        It has no messages, or ends with the companion's, or with what the person has said so far. Closing the
        iterator ends the work; what was computed stays good for the next prompt that begins the same.
        """


@runtime_checkable
class Extracting(Protocol):
    """What a `LanguageModel` may be besides: one that can fill in a form."""

    def extract(self, prompt: Prompt, schema: str) -> Iterator[bytes]:
        """Yield a JSON document that fits `schema` as the answer to a prompt; an empty piece is a moment to be left in.

        What it computed for the conversation stays good.
        """


class Usage(NamedTuple):
    """What a prompt cost, in tokens."""

    prompt: int = 0
    """0 where an engine cannot tell."""
    cached: int = 0
    """Those of them that had been computed before the reply was asked for."""


@runtime_checkable
class Counting(Protocol):
    """What a `LanguageModel` may be besides: one that knows what a prompt cost."""

    usage: Usage
    """Of the last reply."""


class TurnDetector(Protocol):
    """How a person pauses: to breathe, or because they have finished. Sound arrives as for a Transcriber."""

    def begin(self) -> None:
        """Forget the previous utterance."""

    def feed(self, samples: Samples) -> None:
        """Take `float32[n]` at 16 kHz that follows what was fed before."""

    def complete(self) -> float:
        """Return how likely the person has finished, 0 to 1."""


class Voice(Protocol):
    """Text to speech."""

    sample_rate: int
    """Samples a second of what `speak` yields."""

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:
        """Yield `float32[n]` at `sample_rate` as it is made. `role` is "persona" or "system" (a neutral voice)."""


@runtime_checkable
class Timing(Protocol):
    """What a `Voice` may be besides: one that knows where its words end."""

    word_ends: tuple[float, ...]
    """Where each word of the text spoken last ends, as a share of its sound (0 to 1), once all of it was yielded.

    As many as `text.split()` has words, or none where it cannot tell.
    """


Engine: TypeAlias = Transcriber | TurnDetector | LanguageModel | Voice
Loader: TypeAlias = Callable[[EngineOptions], Engine]
