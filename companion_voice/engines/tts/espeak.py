"""The voice that needs nothing downloaded: espeak-ng, from the library and data of the `espeakng-loader` wheel.

Robotic, but hundreds of times faster than speech, so a whole sentence is made before it is spoken. The library keeps
its voice in global state, so everything is set anew for each sentence.
"""

import ctypes
import textwrap
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

import espeakng_loader
import msgspec
import numpy as np

from companion_voice.engines import tuning
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.tts.rest import rested
from companion_voice.errors import ConfigurationError, EngineError

_LONGEST = 300
"""Characters made at a time: a cancel is heard between two of them."""
_WORDS_A_MINUTE = 165
_LEAD = 0.02
"""Seconds of silence kept before the first sound."""
_QUIET = 1e-3

_SYNCHRONOUS = 2
_DO_NOT_EXIT = 0x8000
_RATE, _PITCH_BASE, _PITCH_RANGE = 1, 3, 4
_CHARACTERS = 1
_UTF8 = 1
_END_PAUSE = 0x1000

_DEFAULTS = {"en": "en-us", "fr": "fr-fr"}
"""For languages of more than one voice."""
_PITCH = {"persona": 50, "system": 35}
_SPREAD = 25
"""Pitch, and the range of the program's own, in espeak-ng's percent: it speaks lower and flatter than personas do."""

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set."""

    voice: str = ""
    """An espeak-ng voice such as `en-gb`, a variant such as `+f3`, or both: `en-gb+f3`."""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    pauses: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0
    """How long it rests after a sentence, 1 as usual."""
    expressiveness: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    """How much its melody varies; 0.5 as usual."""


def load(options: EngineOptions) -> "Espeak":
    """Return the voice. Raises `EngineError` or `ConfigurationError`."""
    return Espeak(tuning.typed(options, Tuning))


class Espeak:
    """espeak-ng. A `Voice`."""

    def __init__(self, chosen: Tuning) -> None:
        self._tuning = chosen
        self._library = _library()
        self._blocks: list[Samples] = []
        self._callback = _Callback(self._collect)  # kept, because C keeps only its address
        data = espeakng_loader.get_data_path()
        self.sample_rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DO_NOT_EXIT)
        if self.sample_rate <= 0:
            raise EngineError("espeak-ng cannot read its voice data.", "Install the program again.")
        self._voices = _voices(self._library)
        self._variants = {file.name for file in (Path(data) / "voices" / "!v").iterdir()}
        self._choose(_DEFAULTS["en"] + chosen.voice if chosen.voice.startswith("+") else chosen.voice)

    def speak(self, text: str, *, language: str, role: str) -> Iterator[Samples]:
        """Yield `float32[n]` at `sample_rate`, a long text in parts. Raises `ConfigurationError` for its language."""
        for part in textwrap.wrap(text.replace("\0", " "), _LONGEST):
            self._sound_like(role, language)
            sound = self._synthesise(part)
            pauses = 1.0 if role == "system" else self._tuning.pauses
            if sound.size:
                yield rested(sound, self.sample_rate, text=part, pauses=pauses)

    def _synthesise(self, text: str) -> Samples:
        data = text.encode("utf-8", "replace")
        self._blocks.clear()
        self._library.espeak_SetSynthCallback(self._callback)
        if self._library.espeak_Synth(data, len(data) + 1, 0, _CHARACTERS, 0, _UTF8 | _END_PAUSE, None, None):
            raise EngineError("espeak-ng could not speak a sentence.")
        return _without_lead(np.concatenate([np.zeros(0, np.float32), *self._blocks]), self.sample_rate)

    def _collect(self, samples: Any, count: int, _events: int | None) -> int:  # noqa: ANN401 - a pointer of ctypes
        if samples and count > 0:
            self._blocks.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / np.float32(32768))
        return 0

    def _sound_like(self, role: str, language: str) -> None:
        self._choose(self._voice(language, role))
        own = role == "system"
        speed = 1.0 if own else self._tuning.speed
        pitch = _PITCH["system" if own else "persona"]
        spread = _SPREAD if own else round(100 * self._tuning.expressiveness)
        for parameter, value in (
            (_RATE, round(_WORDS_A_MINUTE * speed)),
            (_PITCH_BASE, pitch),
            (_PITCH_RANGE, spread),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)

    def _voice(self, language: str, role: str) -> str:
        """Return the voice for a sentence: the plain one, or the one chosen as far as it speaks the language."""
        base, plus, variant = self._tuning.voice.partition("+")
        default = _DEFAULTS.get(language, language)
        if role == "system":
            return default
        return (base if base.split("-")[0] == language else default) + plus + variant

    def _choose(self, voice: str) -> None:
        if not voice:
            return
        base, plus, variant = voice.partition("+")
        if base.lower() not in self._voices or (plus and variant not in self._variants):
            raise ConfigurationError(
                f"espeak-ng has no voice “{voice}”.", "Names look like `en-gb`, `fr-fr` or, with a variant, `en-us+f3`."
            )
        self._library.espeak_SetVoiceByName((self._voices[base.lower()] + plus + variant).encode())


class _Description(ctypes.Structure):
    """`espeak_VOICE`: `languages` is a list of a priority byte and a code each, ended by a zero."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("rest", ctypes.c_byte * 8),
        ("spare", ctypes.c_void_p),
    )


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError as error:
        raise EngineError(f"espeak-ng cannot be loaded: {error}.", "Install the program again.") from error
    number, address = ctypes.c_uint, ctypes.c_void_p
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, number, ctypes.c_int, number, number, address, address
    ]  # fmt: skip
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Description))
    return library


def _voices(library: ctypes.CDLL) -> dict[str, str]:
    """Return the voice for each language code, such as `gmw/en-US` for `en-us`: the one that suits it best."""
    found: dict[str, tuple[int, str]] = {}
    for entry in takewhile(bool, library.espeak_ListVoices(None)):
        for rank, code in _languages(entry.contents.languages):
            found[code] = min(found.get(code, (256, "")), (rank, entry.contents.identifier.decode()))
    return {code: identifier for code, (_, identifier) in found.items()}


def _languages(address: int) -> Iterator[tuple[int, str]]:
    while rank := ctypes.c_ubyte.from_address(address).value:
        code = ctypes.string_at(address + 1)
        yield rank, code.decode().lower()
        address += len(code) + 2


def _without_lead(sound: Samples, rate: int) -> Samples:
    """Return `sound` without its leading silence, but for a breath."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    return sound[max(0, loud[0] - round(_LEAD * rate)) :] if loud.size else sound[:0]
