"""Piper, on a voice of our own making."""

from pathlib import Path

import numpy as np
import pytest

from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.tts import piper
from companion_voice.engines.tts.piper import Piper
from companion_voice.errors import ConfigurationError
from tests.synthetic_voice import PHONEME


def voice_of(file: Path, **tuning: str) -> Piper:
    return piper.load(EngineOptions(model=str(file), threads=1, tuning=tuning))


def said(voice: Piper, text: str, language: str = "en", role: str = "persona") -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *voice.speak(text, language=language, role=role)])


def test_every_phoneme_of_a_sentence_sounds(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    [phonemes] = voice._voice.phonemize("Hello.")
    sound = said(voice, "Hello.")
    assert sound.dtype == np.float32
    assert sound.size == len(voice._voice.phonemes_to_ids(phonemes)) * round(PHONEME * voice.sample_rate)


def test_a_text_of_two_sentences_comes_in_two_pieces(micro_voice: Path) -> None:
    assert len(list(voice_of(micro_voice).speak("Hello. How are you?", language="en", role="persona"))) == 2


def test_a_faster_voice_takes_less_time_and_the_program_keeps_the_usual_pace(micro_voice: Path) -> None:
    usual, fast = voice_of(micro_voice), voice_of(micro_voice, speed="2")
    assert said(fast, "Hello.").size == pytest.approx(said(usual, "Hello.").size / 2, rel=0.01)
    assert said(fast, "Hello.", role="system").size == said(usual, "Hello.").size


def test_another_language_is_pronounced_by_its_own_rules(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert not np.array_equal(said(voice, "Les chats", "en"), said(voice, "Les chats", "fr"))
    assert np.array_equal(said(voice, "Les chats", "en"), said(voice, "Les chats", "xx"))


def test_phonemes_a_person_types_are_text(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert np.array_equal(said(voice, "[[aaaa]]"), said(voice, "[aaaa]]"))


@pytest.mark.parametrize("text", ["", "   ", "\0"])
def test_nothing_to_say_is_no_sound(micro_voice: Path, text: str) -> None:
    assert said(voice_of(micro_voice), text).size == 0


@pytest.mark.parametrize("text", ["😀", "…", "\ud800", "漢字", "a" * 5000])
def test_odd_text_does_no_harm(micro_voice: Path, text: str) -> None:
    voice = voice_of(micro_voice)
    assert np.isfinite(said(voice, text)).all()
    assert said(voice, "Hello.").size


def test_a_long_text_comes_in_parts(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert 0 < next(voice.speak("word " * 10_000, language="en", role="persona")).size < 120 * voice.sample_rate


@pytest.mark.parametrize("tuning", [{"speed": "0"}, {"speed": "quick"}, {"sped": "1"}])
def test_a_setting_that_makes_no_sense_is_refused_by_name(micro_voice: Path, tuning: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="speed"):
        voice_of(micro_voice, **tuning)
