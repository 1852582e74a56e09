"""espeak-ng, the voice that needs nothing downloaded."""

import numpy as np
import pytest
import soxr

from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.stt import pocketsphinx
from companion_voice.engines.tts import espeak
from companion_voice.engines.tts.espeak import Espeak
from companion_voice.errors import ConfigurationError

SENTENCE = "Tell me something about the weather."
SAID = [
    "how are you today",
    "the weather is very nice this morning",
    "where do you want to go",
    "please open the window",
]


@pytest.fixture
def voice() -> Espeak:
    return espeak.load(EngineOptions())


def said(voice: Espeak, text: str, language: str = "en", role: str = "persona") -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *voice.speak(text, language=language, role=role)])


def pitch(sound: Samples, rate: int) -> float:
    """Return the usual fundamental frequency of speech, in Hz: the median of its loud moments."""
    size = rate // 20
    frames = sound[: sound.size // size * size].reshape(-1, size)
    loud = frames[np.std(frames, axis=1) > np.std(sound)]
    spectra = np.abs(np.fft.rfft(loud, 4 * size, axis=1)) ** 2
    likeness = np.fft.irfft(spectra, axis=1)[:, rate // 400 : rate // 60]
    return float(np.median(rate / (likeness.argmax(axis=1) + rate // 400)))


def test_speech_is_mono_float_and_begins_at_once(voice: Espeak) -> None:
    sound = said(voice, SENTENCE)
    assert sound.dtype == np.float32
    assert 0.3 < np.abs(sound).max() <= 1
    assert np.flatnonzero(np.abs(sound) > 1e-3)[0] <= 0.021 * voice.sample_rate


def test_a_sentence_ends_in_a_pause(voice: Espeak) -> None:
    sound = said(voice, SENTENCE)
    last = np.flatnonzero(np.abs(sound) > 1e-2)[-1]
    assert 0.2 < (sound.size - last) / voice.sample_rate < 0.6


def test_speech_can_be_recognised(voice: Espeak) -> None:
    ears = pocketsphinx.load(EngineOptions())
    noise = np.random.default_rng(0)
    right = total = 0
    for text in SAID:
        sound = soxr.resample(said(voice, f"{text}."), voice.sample_rate, HEARING_RATE)
        room = np.pad(sound, HEARING_RATE // 3) + noise.standard_normal(sound.size + 2 * (HEARING_RATE // 3)) * 3e-3
        ears.begin()
        ears.feed(room.astype(np.float32))
        heard = ears.transcript().text.split()
        right += sum(word in heard for word in text.split())
        total += len(text.split())
    assert right >= 0.6 * total


def test_a_faster_voice_takes_less_time_and_the_program_keeps_its_own_pace() -> None:
    slow, fast = (espeak.load(EngineOptions(tuning={"speed": speed})) for speed in ("0.8", "1.6"))
    assert said(fast, SENTENCE).size < 0.7 * said(slow, SENTENCE).size
    assert said(fast, SENTENCE, role="system").size == pytest.approx(said(slow, SENTENCE, role="system").size, rel=0.01)


def test_the_program_speaks_lower_than_the_persona(voice: Espeak) -> None:
    persona, program = (said(voice, SENTENCE, role=role) for role in ("persona", "system"))
    assert pitch(program, voice.sample_rate) < 0.95 * pitch(persona, voice.sample_rate)
    assert pitch(said(voice, SENTENCE), voice.sample_rate) == pytest.approx(pitch(persona, voice.sample_rate), rel=0.05)


@pytest.mark.parametrize(
    ("chosen", "language", "role", "used"),
    [
        ("", "en", "persona", "en-us"),
        ("", "fr", "persona", "fr-fr"),
        ("en-gb", "en", "persona", "en-gb"),
        ("en-gb", "fr", "persona", "fr-fr"),
        ("en-gb+f3", "en", "persona", "en-gb+f3"),
        ("en-gb+f3", "fr", "persona", "fr-fr+f3"),
        ("+f3", "fr", "persona", "fr-fr+f3"),
        ("en-gb+f3", "en", "system", "en-us"),
    ],
)
def test_a_chosen_voice_speaks_its_language_and_its_variant_speaks_all(
    chosen: str, language: str, role: str, used: str
) -> None:
    assert espeak.load(EngineOptions(tuning={"voice": chosen}))._voice(language, role) == used


def test_a_variant_sounds_different_and_a_language_too(voice: Espeak) -> None:
    high = espeak.load(EngineOptions(tuning={"voice": "+f3"}))
    assert pitch(said(high, SENTENCE), voice.sample_rate) > 1.2 * pitch(said(voice, SENTENCE), voice.sample_rate)
    english, french = (said(voice, "Ils parlent beaucoup.", language).size for language in ("en", "fr"))
    assert english > 1.1 * french


@pytest.mark.parametrize("voice_name", ["en-xx", "en-us+nobody", "../../etc/passwd", "+"])
def test_a_voice_that_does_not_exist_is_refused_by_name(voice_name: str) -> None:
    with pytest.raises(ConfigurationError, match="no voice"):
        espeak.load(EngineOptions(tuning={"voice": voice_name}))


def test_a_language_nobody_speaks_is_refused(voice: Espeak) -> None:
    with pytest.raises(ConfigurationError, match="no voice “tlh”"):
        said(voice, SENTENCE, "tlh")


@pytest.mark.parametrize("tuning", [{"speed": "fast"}, {"speed": "9"}, {"spede": "1"}])
def test_a_setting_that_makes_no_sense_is_refused_by_name(tuning: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="speed"):
        espeak.load(EngineOptions(tuning=tuning))


@pytest.mark.parametrize("text", ["", "   ", "…", "\0", "\u200b"])
def test_nothing_to_say_is_no_sound(voice: Espeak, text: str) -> None:
    assert said(voice, text).size == 0


@pytest.mark.parametrize(
    "text", ["😀 hello", "<speak><break time='9s'/>hello</speak>", "[[h@loU]] hello", "\ud800 hello"]
)
def test_odd_text_is_spoken_all_the_same(voice: Espeak, text: str) -> None:
    assert 0.2 < said(voice, text).size / voice.sample_rate < 8


def test_a_long_text_comes_in_parts(voice: Espeak) -> None:
    assert 0 < next(voice.speak("word " * 10_000, language="en", role="persona")).size < 60 * voice.sample_rate
