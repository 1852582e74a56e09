"""Hearing that needs nothing downloaded: pocketsphinx, with the English model inside its wheel.

Decodes while the person speaks, so that little is left to do when they stop. Asked for words in the middle, it closes
a part and begins another; the words of an utterance are those of its parts. It cannot tell how sure it is.
"""

import numpy as np
from pocketsphinx import Decoder

from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.stt.level import could_be_speech
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.events import Transcript

_CLEAN_SPEECH = "41.00,-5.29,-0.12,5.09,2.48,-4.07,-1.37,-1.78,-5.08,-2.05,-6.45,-1.42,1.17"
"""The cepstral mean to start from, so that the first words are heard as well as later ones."""


def load(options: EngineOptions) -> "Pocketsphinx":
    """Return the recogniser. Raises `ModelError` unless English may be spoken."""
    if "en" not in options.languages:
        raise ModelError(
            "pocketsphinx hears English only, and the conversation is not in English.",
            "Get a model that hears your language: `companion models pull --tier small`.",
        )
    if options.tuning:
        raise ConfigurationError("pocketsphinx has no settings of its own.", "Take `tuning` out of the settings.")
    return Pocketsphinx()


class Pocketsphinx:
    """pocketsphinx. A `Transcriber`."""

    def __init__(self) -> None:
        self._decoder = Decoder(loglevel="FATAL", cmninit=_CLEAN_SPEECH)
        self._parts: list[str] = []
        self._heard: list[Samples] = []

    def begin(self) -> None:
        """Forget the previous utterance."""
        if self._heard:
            self._close_part()
        self._parts.clear()

    def feed(self, samples: Samples) -> None:
        """Decode what was just said."""
        if not self._heard:
            self._decoder.start_utt()
        self._heard.append(samples)
        self._decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())

    def transcript(self) -> Transcript:
        """Return the words since `begin`, in lower case and without punctuation."""
        if self._heard and (words := self._close_part()):
            self._parts.append(words)
        return Transcript(" ".join(self._parts), language="en")

    def so_far(self) -> Transcript:
        """Return the words since `begin`, as they look while the person speaks."""
        hypothesis = self._decoder.hyp() if self._heard else None
        words = [*self._parts, *([str(hypothesis.hypstr)] if hypothesis else [])]
        return Transcript(" ".join(words), language="en")

    def _close_part(self) -> str:
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        spoken = could_be_speech(np.concatenate(self._heard))
        self._heard.clear()
        return str(hypothesis.hypstr) if hypothesis and spoken else ""
