"""Whether there is anything in a sound that could be speech."""

import numpy as np
import pytest

from companion_voice.engines.protocols import HEARING_RATE, Samples
from companion_voice.engines.stt.level import could_be_speech

TIME = np.arange(2 * HEARING_RATE) / HEARING_RATE
HISS = np.random.default_rng(0).standard_normal(TIME.size)
SYLLABLES = np.sin(2 * np.pi * 180 * TIME) * (np.sin(2 * np.pi * 2 * TIME) > 0)


@pytest.mark.parametrize(
    "sound",
    [np.zeros(0), np.zeros(100), np.zeros(TIME.size), HISS * 0.1, HISS * 1e-4, 0.3 * np.sin(2 * np.pi * 50 * TIME)],
    ids=["nothing", "hardly anything", "silence", "hiss", "faint hiss", "hum"],
)
def test_silence_and_steady_noise_are_not_speech(sound: Samples) -> None:
    assert not could_be_speech(sound.astype(np.float32))


@pytest.mark.parametrize("loudness", [1.0, 0.1, 0.01])
def test_sound_that_rises_and_falls_may_be_speech(loudness: float) -> None:
    assert could_be_speech(((SYLLABLES + 0.05 * HISS) * loudness).astype(np.float32))
