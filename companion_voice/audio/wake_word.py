"""Hears a wake word in a stream of sound. Owns no thread and no device; knows nothing of what is said after it.

The networks are those of microWakeWord (Kevin Ahrendt), which the `pymicro-wakeword` wheel carries with its own
TensorFlow Lite. openWakeWord's were measured beside them and cost 27 times as much processor.
"""

import difflib
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

from companion_voice.errors import ConfigurationError

_LOUDEST = 32767

_ONCE = 100
"""Steps (one second) within which the network's being sure again is about the same word: it answers at every third
step only, and wavers."""


class Word(NamedTuple):
    """A wake word that comes with the program."""

    spoken: str
    """What the person says."""
    languages: tuple[str, ...]
    """Two-letter codes of the languages in whose accents it was learnt."""


WORDS = MappingProxyType(
    {
        "okay_nabu": Word("okay nabu", ("en", "fr", "nl", "de", "it", "es", "sv")),
        "alexa": Word("alexa", ("en",)),
        "hey_jarvis": Word("hey jarvis", ("en",)),
        "hey_mycroft": Word("hey mycroft", ("en",)),
    }
)
"""Every wake word by its name; the first was learnt in the most accents, French among them."""


def spoken(name: str) -> str:
    """Return what the person says for the wake word `name`. Raises `ConfigurationError` unless it is in `WORDS`."""
    if name not in WORDS:
        raise _unknown(name)
    return WORDS[name].spoken


class WakeWord:
    """One wake word, listened for. It costs less than 3 ms of processor a second of sound."""

    def __init__(self, name: str) -> None:
        """Load the network for `name`, one of `WORDS`. Raises `ConfigurationError` for any other."""
        spoken(name)
        self._network = MicroWakeWord.from_builtin(Model(name))
        self._features = MicroWakeWordFeatures()
        self._since = _ONCE
        """Steps since the network was last sure."""

    def heard(self, samples: NDArray[np.float32]) -> bool:
        """Take `float32[n]` at 16 kHz that follows what was given before; return whether the word was just completed.

        True once a time it is said, however long the network stays sure of it.
        """
        pcm = (np.clip(samples, -1, 1) * _LOUDEST).astype(np.int16).tobytes()
        completed = False
        for features in self._features.process_streaming(pcm):
            self._since += 1
            if self._network.process_streaming(features):
                completed |= self._since > _ONCE
                self._since = 0
        return completed

    def reset(self) -> None:
        """Forget what came before, as after a microphone was reopened."""
        self._network.reset()
        self._features.reset()
        self._since = _ONCE


def _unknown(name: str) -> ConfigurationError:
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), WORDS, n=1, cutoff=0.4)
    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(WORDS)}."
    return ConfigurationError(f"There is no wake word `{name}`.", hint)
