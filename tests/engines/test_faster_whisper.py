"""Whisper, on models of our own making."""

from pathlib import Path

import numpy as np
import pytest

from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.stt import faster_whisper
from companion_voice.engines.stt.faster_whisper import FasterWhisper, Reading
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.events import Transcript
from tests import synthetic_models

TIME = np.arange(40 * HEARING_RATE) / HEARING_RATE
BABBLE: Samples = (np.sin(2 * np.pi * 180 * TIME) * (np.sin(2 * np.pi * 2 * TIME) > 0)).astype(np.float32)


def ears_of(model: Path, *languages: str, **tuning: str) -> FasterWhisper:
    return faster_whisper.load(
        EngineOptions(model=str(model), languages=languages or ("en",), threads=1, tuning=tuning)
    )


def heard(ears: FasterWhisper, seconds: float) -> Transcript:
    ears.begin()
    ears.feed(BABBLE[: round(seconds * HEARING_RATE)])
    return ears.transcript()


@pytest.mark.parametrize("seconds", [0.3, 2, 12, 27.9, 28.1, 31, 40])
@pytest.mark.parametrize("window", ["short", "full"])
def test_words_are_heard_in_speech_of_any_length(micro_whisper: Path, seconds: float, window: str) -> None:
    transcript = heard(ears_of(micro_whisper, window=window), seconds)
    assert transcript.text.startswith(synthetic_models.SENTENCE)
    assert transcript.language == "en"
    assert transcript.confidence > 0.8


@pytest.mark.parametrize(("seconds", "floor", "window"), [(1, 10, 10), (9, 10, 11), (1, 4, 4), (29.5, 10, 30)])
def test_the_window_fits_the_speech(micro_whisper: Path, seconds: float, floor: float, window: float) -> None:
    ears = ears_of(micro_whisper, window_floor=str(floor))
    assert ears._window(round(seconds * HEARING_RATE), floor) == window * HEARING_RATE


def test_words_may_be_asked_for_twice_and_a_new_utterance_begins_empty(micro_whisper: Path) -> None:
    ears = ears_of(micro_whisper)
    first = heard(ears, 2)
    assert ears.transcript() == first
    ears.begin()
    assert ears.transcript() == Transcript("")


@pytest.mark.parametrize("level", [0, 1e-4, 0.05])
def test_nothing_is_heard_in_silence_and_hiss(micro_whisper: Path, level: float) -> None:
    ears = ears_of(micro_whisper)
    ears.begin()
    ears.feed((np.random.default_rng(0).standard_normal(3 * HEARING_RATE) * level).astype(np.float32))
    assert ears.transcript() == Transcript("")


def test_a_language_that_was_not_expected_but_is_clearly_spoken_is_named(tmp_path: Path) -> None:
    german = synthetic_models.whisper(tmp_path / "german", language="de", sentence="Guten Tag")
    assert heard(ears_of(german, "en", "fr"), 2) == Transcript("Guten Tag", "de", pytest.approx(1, abs=0.2))


@pytest.mark.parametrize("spoken", ["en", "fr"])
def test_of_several_languages_the_one_spoken_is_taken(tmp_path: Path, spoken: str) -> None:
    model = synthetic_models.whisper(tmp_path / "model", language=spoken)
    assert heard(ears_of(model, "en", "fr"), 2).language == spoken


def test_an_endless_repetition_is_doubtful_and_heard_again_in_the_full_window(tmp_path: Path) -> None:
    loop = synthetic_models.whisper(tmp_path / "loop", sentence="again " * 80)
    ears = ears_of(loop)
    _, reading = ears._in_short_window(BABBLE[: 2 * HEARING_RATE])
    assert reading.looping
    assert reading.doubtful


@pytest.mark.parametrize(
    ("reading", "doubtful", "empty"),
    [
        (Reading("Yes.", -0.2, 0.1, looping=False), False, False),
        (Reading("Yes.", -0.2, 0.9, looping=False), False, False),
        (Reading("Thank you.", -1.3, 0.9, looping=False), True, True),
        (Reading("Mumble.", -1.3, 0.1, looping=False), True, False),
        (Reading("ha ha ha ha", -0.1, 0.1, looping=True), True, False),
    ],
)
def test_what_is_doubted_and_what_is_taken_for_silence(reading: Reading, *, doubtful: bool, empty: bool) -> None:
    assert (reading.doubtful, reading.empty) == (doubtful, empty)


def test_a_language_the_model_does_not_know_is_refused(micro_whisper: Path) -> None:
    with pytest.raises(ModelError, match="does not hear tlh"):
        ears_of(micro_whisper, "tlh")


@pytest.mark.parametrize("tuning", [{"window": "wide"}, {"window_floor": "1"}, {"windo": "short"}])
def test_a_setting_that_makes_no_sense_is_refused_by_name(micro_whisper: Path, tuning: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="window"):
        ears_of(micro_whisper, **tuning)
