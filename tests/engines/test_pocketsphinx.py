"""pocketsphinx, the ears that need nothing downloaded."""

import numpy as np
import pytest
import soxr

from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.stt import pocketsphinx
from companion_voice.engines.stt.pocketsphinx import Pocketsphinx
from companion_voice.engines.tts import espeak
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.events import Transcript


@pytest.fixture(scope="module")
def ears() -> Pocketsphinx:
    return pocketsphinx.load(EngineOptions())


@pytest.fixture(scope="module")
def spoken() -> Samples:
    voice = espeak.load(EngineOptions())
    sound = np.concatenate(list(voice.speak("Where do you want to go?", language="en", role="persona")))
    quiet = np.pad(soxr.resample(sound, voice.sample_rate, HEARING_RATE), HEARING_RATE // 3)
    room: Samples = (quiet + np.random.default_rng(0).standard_normal(quiet.size) * 3e-3).astype(np.float32)
    return room


def test_words_are_those_of_the_utterance_since_it_began(ears: Pocketsphinx, spoken: Samples) -> None:
    ears.begin()
    ears.feed(spoken)
    ears.begin()
    assert ears.transcript() == Transcript("", language="en")


def test_sound_in_small_blocks_is_heard_like_sound_in_one(ears: Pocketsphinx, spoken: Samples) -> None:
    ears.begin()
    for start in range(0, spoken.size, 512):
        ears.feed(spoken[start : start + 512])
    assert {"you", "go"} <= set(ears.transcript().text.split())


def test_words_may_be_asked_for_twice_and_more_may_follow(ears: Pocketsphinx, spoken: Samples) -> None:
    ears.begin()
    ears.feed(spoken)
    first = ears.transcript().text
    assert first
    assert ears.transcript().text == first
    ears.feed(np.zeros(HEARING_RATE, np.float32))
    assert ears.transcript().text == first
    ears.feed(spoken)
    both = ears.transcript().text
    assert both.startswith(first)
    assert len(both.split()) >= len(first.split()) + 2


@pytest.mark.parametrize("level", [0, 1e-4, 0.05])
def test_silence_and_hiss_are_no_words(ears: Pocketsphinx, level: float) -> None:
    ears.begin()
    ears.feed((np.random.default_rng(0).standard_normal(2 * HEARING_RATE) * level).astype(np.float32))
    assert ears.transcript().text == ""


def test_sound_louder_than_loud_is_clipped_and_heard(ears: Pocketsphinx, spoken: Samples) -> None:
    ears.begin()
    ears.feed(spoken * 4)
    assert ears.transcript().text


def test_another_language_is_refused() -> None:
    with pytest.raises(ModelError, match="hears English only"):
        pocketsphinx.load(EngineOptions(languages=("fr",)))


def test_settings_it_does_not_have_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="no settings"):
        pocketsphinx.load(EngineOptions(tuning={"window": "full"}))
