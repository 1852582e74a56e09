"""Voices of Piper: one ONNX file and one JSON file, through onnxruntime.

A voice speaks one language; asked for another it pronounces that language with its own sounds. Speech is made a
sentence at a time.
"""

import dataclasses
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import onnxruntime
from piper.config import PiperConfig, SynthesisConfig
from piper.voice import PiperVoice

from companion_voice.engines import tuning
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.errors import ModelError

_LONGEST = 300
"""Characters made at a time: the memory a session takes grows with the longest and never shrinks."""
_ESPEAK_VOICES = {"en": "en-us", "fr": "fr"}
_HINT = "See what is here with `companion models list`, and fetch it again with `companion models pull`."


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set."""

    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


def load(options: EngineOptions) -> "Piper":
    """Return the voice in the file `options.model`, with its JSON beside it. Raises `ModelError`."""
    chosen = tuning.typed(options, Tuning)
    path = Path(options.model)
    config = _config(path.with_name(f"{path.name}.json"))
    if not path.is_file():
        raise ModelError(f"There is no voice at {path}.", _HINT)
    session = onnxruntime.InferenceSession(
        str(path), sess_options=_session_options(options.threads), providers=["CPUExecutionProvider"]
    )
    return Piper(PiperVoice(session=session, config=config), chosen)


class Piper:
    """One Piper voice. A `Voice`."""

    def __init__(self, voice: PiperVoice, chosen: Tuning) -> None:
        self._voice = voice
        self._speed = chosen.speed
        self.sample_rate: int = voice.config.sample_rate
        for _ in self.speak("a", language="", role="persona"):
            """Once for nothing: the first time is slow, and a broken voice shows now."""

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:
        """Yield `float32[n]` at `sample_rate`, a sentence at a time. The system role is the voice at its own pace."""
        speed = 1.0 if role == "system" else self._speed
        pace = SynthesisConfig(length_scale=self._voice.config.length_scale / speed)
        voice = self._pronouncing(language)
        for part in textwrap.wrap(_plain(text), _LONGEST):
            for chunk in voice.synthesize(part, pace):
                yield np.atleast_1d(chunk.audio_float_array)

    def _pronouncing(self, language: str) -> PiperVoice:
        own = self._voice.config.espeak_voice
        if own.split("-")[0] == language or language not in _ESPEAK_VOICES:
            return self._voice
        config = dataclasses.replace(self._voice.config, espeak_voice=_ESPEAK_VOICES[language])
        return dataclasses.replace(self._voice, config=config)


def _plain(text: str) -> str:
    """Return `text` without what Piper would take for phonemes, and without what C cannot take."""
    valid = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return re.sub(r"\[\[+", "[", valid)


def _config(path: Path) -> PiperConfig:
    try:
        config = PiperConfig.from_dict(json.loads(path.read_bytes()))
    except OSError as error:
        raise ModelError(f"The voice's description {path} cannot be read: {error.strerror}.", _HINT) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The voice's description {path} is damaged, or no description of a Piper voice.", _HINT
        ) from error
    if not isinstance(config.sample_rate, int) or not isinstance(config.phoneme_id_map, dict):
        raise ModelError(f"The voice's description {path} is no description of a Piper voice.", _HINT)
    return config


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    """Return options that keep the voice from taking more processor or memory than it needs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would grow to the longest sentence ever spoken and stay there
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
