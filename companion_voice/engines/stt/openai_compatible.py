"""Hearing by a server of the OpenAI kind: `POST audio/transcriptions`, a WAV of the whole utterance.

Silence and hiss are not sent at all, as they are not asked about locally.
"""

import io
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import soundfile

from companion_voice.engines import tuning
from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.remote.access import Access
from companion_voice.engines.remote.server import Ask, Server, reached
from companion_voice.engines.stt.level import could_be_speech
from companion_voice.events import Transcript

_LARGEST = 256 * 1024
"""Bytes of an answer: many times what can be said in an utterance."""
_NAMED: Final = {"english": "en", "french": "fr"}
"""Languages as OpenAI's own server writes them; others write codes."""


class Tuning(Access, frozen=True):
    """What may be set."""


class _Answer(msgspec.Struct, frozen=True):
    text: str
    language: str | None = None


def load(options: EngineOptions) -> "OpenAICompatible":
    """Return the model `options.model` of the server. Raises `ConfigurationError` or `EngineLostError`."""
    return OpenAICompatible(reached(tuning.typed(options, Tuning)), options.model, options.languages)


class OpenAICompatible:
    """One model of one server. A `Transcriber`."""

    def __init__(self, server: Server, model: str, languages: Sequence[str]) -> None:
        self._server = server
        self._model = model
        self._languages = tuple(languages)
        self._heard: list[Samples] = []
        self.close = server.close

    def begin(self) -> None:
        """Forget the previous utterance."""
        self._heard.clear()

    def feed(self, samples: Samples) -> None:
        """Keep what was just said."""
        self._heard.append(samples)

    def transcript(self) -> Transcript:
        """Return the words since `begin`. Raises `EngineError` or `EngineLostError`."""
        samples = np.concatenate([np.zeros(0, np.float32), *self._heard])
        if not could_be_speech(samples):
            return Transcript("")
        ask = Ask(
            "audio/transcriptions",
            ("application/json",),
            _LARGEST,
            data=self._fields(),
            files={"file": ("speech.wav", _wav(samples), "audio/wav")},
        )
        answer = self._read(b"".join(self._server.pieces(ask)))
        text = " ".join(answer.text.split())
        return Transcript(text, language=self._language(answer.language or "") if text else "")

    def _fields(self) -> dict[str, str]:
        """Return what is asked: words in the one language there is, or words and which language they are in."""
        model = {"model": self._model} if self._model else {}
        if len(self._languages) == 1:
            return model | {"language": self._languages[0], "response_format": "json"}
        return model | {"response_format": "verbose_json"}

    def _read(self, body: bytes) -> _Answer:
        try:
            return msgspec.json.decode(body, type=_Answer)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise self._server.lost("answered with something that is no answer") from error

    def _language(self, told: str) -> str:
        """Return the code of the language that was heard, as far as the server tells."""
        if len(self._languages) == 1:
            return self._languages[0]
        name = told.strip().lower()
        return _NAMED.get(name, name if len(name) == 2 else "")  # noqa: PLR2004 - the length of a code


def _wav(samples: Samples) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, HEARING_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
