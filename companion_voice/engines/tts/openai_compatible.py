"""Speaking by a server of the OpenAI kind: `POST audio/speech`, whose WAV or PCM is played while it comes.

Such a voice cannot be told a language, and has one manner; the system role is the voice at its own pace.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from companion_voice.engines import tuning
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.remote.access import Access
from companion_voice.engines.remote.server import Ask, Server, reached
from companion_voice.engines.remote.wav import Pcm, UnfitSoundError, Wav
from companion_voice.engines.tts.rest import rested

_LARGEST = 16 * 1024 * 1024
"""Bytes of a sentence's sound: almost six minutes at 24 kHz."""
_SOUND = ("audio/", "application/octet-stream")


class Tuning(Access, frozen=True):
    """What may be set."""

    voice: str = "alloy"
    """A voice that the server knows."""
    format: Literal["wav", "pcm"] = "wav"
    rate: Annotated[int, msgspec.Meta(ge=8_000, le=96_000)] = 24_000
    """Samples a second of bare PCM; a WAV says its own."""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    pauses: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0
    """How long it rests after a sentence: more than 1 is obeyed, less is as usual."""
    expressiveness: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """A persona may set it; no such server can be told."""


def load(options: EngineOptions) -> "OpenAICompatible":
    """Return the voice of the server. Raises `ConfigurationError` or `EngineLostError`."""
    chosen = tuning.typed(options, Tuning)
    return OpenAICompatible(reached(chosen), options.model, chosen)


class OpenAICompatible:
    """One voice of one server. A `Voice`."""

    def __init__(self, server: Server, model: str, chosen: Tuning) -> None:
        self._server = server
        self._model = model
        self._tuning = chosen
        self.sample_rate: int = chosen.rate
        """Of what was yielded last; what a WAV says comes before its first sound."""
        self.close = server.close

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:  # noqa: ARG002 - of every Voice
        """Yield `float32[n]` at `sample_rate` as it comes; an empty one is a moment to be cancelled in.

        Raises `EngineError` when the server cannot say this, and `EngineLostError` when it fails.
        """
        chosen = self._tuning
        sound = Wav() if chosen.format == "wav" else Pcm(chosen.rate)
        ask = Ask("audio/speech", _SOUND, _LARGEST, json=self._question(text, role))
        for piece in self._server.pieces(ask):
            try:
                samples = sound.take(piece)
            except UnfitSoundError as error:
                raise self._server.lost("sent something that is no sound") from error
            self.sample_rate = sound.rate or self.sample_rate
            yield samples
        if not sound.rate:
            raise self._server.lost("sent something that is no sound")
        if role == "persona" and chosen.pauses > 1:
            yield rested(np.zeros(0, np.float32), sound.rate, text=text, pauses=chosen.pauses)

    def _question(self, text: str, role: str) -> dict[str, Any]:
        chosen = self._tuning
        asked: dict[str, Any] = {"input": text, "voice": chosen.voice, "response_format": chosen.format}
        if self._model:
            asked["model"] = self._model
        if role == "persona" and chosen.speed != 1:
            asked["speed"] = chosen.speed
        return asked
