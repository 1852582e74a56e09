"""Voices of Piper: one ONNX file and one JSON file, through onnxruntime.

A voice speaks one language; asked for another it pronounces that language with its own sounds. Speech is made a
sentence at a time. A voice knows how long each of its phonemes sounds, and from that where each word ends.
"""

import dataclasses
import itertools
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import onnxruntime
from piper.config import PiperConfig, SynthesisConfig
from piper.voice import AudioChunk, PiperVoice

from companion_voice.conversation.alignment import Phoneme, word_ends
from companion_voice.engines import tuning
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.tts.durations import with_durations
from companion_voice.engines.tts.rest import rested
from companion_voice.errors import ModelError

_LONGEST = 300
"""Characters made at a time: the memory a session takes grows with the longest and never shrinks."""
_ESPEAK_VOICES = {"en": "en-us", "fr": "fr"}
_HINT = "See what is here with `companion models list`, and fetch it again with `companion models pull`."


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set."""

    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    pauses: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0
    """How long it rests after a sentence, 1 as usual."""
    expressiveness: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """How much melody and pace vary; 0.5 as the voice was made."""


def load(options: EngineOptions) -> "Piper":
    """Return the voice in the file `options.model`, with its JSON beside it. Raises `ModelError`."""
    chosen = tuning.typed(options, Tuning)
    path = Path(options.model)
    config = _config(path.with_name(f"{path.name}.json"))
    if not path.is_file():
        raise ModelError(f"There is no voice at {path}.", _HINT)
    with with_durations(path) as file:
        session = onnxruntime.InferenceSession(
            file, sess_options=_session_options(options.threads), providers=["CPUExecutionProvider"]
        )
    return Piper(PiperVoice(session=session, config=config), chosen)


class Piper:
    """One Piper voice. A `Voice` that knows where its words end."""

    word_ends: tuple[float, ...] = ()
    """Where each word of the text spoken last ends, as a share of its sound (0 to 1), once all of it was yielded.

    Empty before that, and for a voice that cannot tell.
    """

    def __init__(self, voice: PiperVoice, chosen: Tuning) -> None:
        self._voice = voice
        self._tuning = chosen
        self.sample_rate: int = voice.config.sample_rate
        for _ in self.speak("a", language="", role="persona"):
            """Once for nothing: the first time is slow, and a broken voice shows now."""

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:
        """Yield `float32[n]` at `sample_rate`, a sentence at a time. The system role is the voice at its own pace."""
        self.word_ends = ()
        tuning = Tuning() if role == "system" else self._tuning
        manner = self._manner(tuning)
        voice = self._pronouncing(language)
        ends: list[int] = []
        made = 0
        for part in textwrap.wrap(_plain(text), _LONGEST, break_on_hyphens=False):
            chunks: list[AudioChunk] = []
            for chunk in voice.synthesize(part, manner, include_alignments=True):
                chunks.append(chunk)
                yield np.atleast_1d(chunk.audio_float_array)
            ends += [made + end for end in _ends(voice, part, chunks)]
            made += sum(chunk.audio_float_array.size for chunk in chunks)
        rest = rested(np.zeros(0, np.float32), self.sample_rate, text=text, pauses=tuning.pauses)
        if rest.size:
            made += rest.size
            yield rest
        if made and len(ends) == len(text.split()):
            self.word_ends = tuple(end / made for end in ends)

    def _manner(self, tuning: Tuning) -> SynthesisConfig:
        own, liveliness = self._voice.config, 0.5 + tuning.expressiveness
        return SynthesisConfig(
            length_scale=own.length_scale / tuning.speed,
            noise_scale=own.noise_scale * liveliness,
            noise_w_scale=own.noise_w_scale * liveliness,
        )

    def _pronouncing(self, language: str) -> PiperVoice:
        own = self._voice.config.espeak_voice
        if own.split("-")[0] == language or language not in _ESPEAK_VOICES:
            return self._voice
        config = dataclasses.replace(self._voice.config, espeak_voice=_ESPEAK_VOICES[language])
        return dataclasses.replace(self._voice, config=config)


def _ends(voice: PiperVoice, text: str, chunks: Sequence[AudioChunk]) -> tuple[int, ...]:
    """Return in which sample of `chunks`, which say `text`, each of its words ends; nothing where one cannot tell."""
    spoken: list[Phoneme] = []
    for chunk in chunks:
        if chunk.phoneme_alignments is None:
            return ()
        spoken += [Phoneme(each.phoneme, int(each.num_samples)) for each in chunk.phoneme_alignments]
    words = ["".join(itertools.chain.from_iterable(voice.phonemize(word))) for word in text.split()]
    return word_ends(words, spoken)


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
