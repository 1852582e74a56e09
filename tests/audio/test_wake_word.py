"""Wake words, said by voices that a machine has: a synthetic voice is not a person, so this proves the way, no rate."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from companion_voice.audio.wake_word import WORDS, WakeWord
from companion_voice.errors import ConfigurationError
from tests.audio.room import HEARD, STORY, Sound, voice

FRAME = 512


def in_a_room(speech: Sound) -> Sound:
    """Return `speech` with two seconds before it and one after it, in faint noise."""
    sound = np.concatenate([np.zeros(2 * HEARD, np.float32), speech, np.zeros(HEARD, np.float32)])
    return sound + np.random.default_rng(0).normal(0, 3e-4, len(sound)).astype(np.float32)


def said(text: str, name: str = "slt") -> Sound:
    return in_a_room(voice(text, name, rate=HEARD, level=-20))


def said_by_espeak(text: str, name: str, pitch: int) -> Sound:
    if not shutil.which("espeak-ng"):
        pytest.skip("needs espeak-ng: sudo apt install espeak-ng")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "voice.wav"
        subprocess.run(["espeak-ng", "-v", name, "-p", str(pitch), "-s", "140", "-w", str(wav), text], check=True)
        samples, made = soundfile.read(wav, dtype="float32")
    speech = soxr.resample(samples, made, HEARD).astype(np.float32)
    return in_a_room(speech * np.float32(0.1 / np.sqrt(np.mean(speech**2))))


def moments(word: WakeWord, sound: Sound, size: int = FRAME) -> list[float]:
    """Return the seconds at which `word` was heard in `sound`."""
    starts = range(0, len(sound), size)
    return [start / HEARD for start in starts if word.heard(sound[start : start + size])]


@pytest.mark.parametrize("name", WORDS)
def test_every_word_is_heard_as_soon_as_it_is_said_and_once(name: str) -> None:
    sound = said(WORDS[name].spoken, "rms")
    [moment] = moments(WakeWord(name), sound)
    assert 2 < moment < len(sound) / HEARD - 0.5


@pytest.mark.parametrize("speaker", ["slt", "rms", "awb", "kal16"])
def test_different_people_are_heard(speaker: str) -> None:
    assert len(moments(WakeWord("okay_nabu"), said("okay nabu", speaker))) == 1


@pytest.mark.parametrize(("name", "text"), [("en-gb", "okay nabu"), ("fr", "okay nabou"), ("fr+f3", "okay nabou")])
@pytest.mark.parametrize("pitch", [35, 70])
def test_high_and_low_voices_of_both_languages_are_heard(name: str, text: str, pitch: int) -> None:
    assert len(moments(WakeWord("okay_nabu"), said_by_espeak(text, name, pitch))) == 1


@pytest.mark.parametrize("name", WORDS)
def test_other_talk_wakes_nobody(name: str) -> None:
    assert moments(WakeWord(name), said(STORY)) == []


@pytest.mark.parametrize("text", ["okay banana", "okay, now", "I know Nathan", "hey Jarvis", "a new boat"])
def test_what_sounds_a_little_like_it_wakes_nobody(text: str) -> None:
    assert moments(WakeWord("okay_nabu"), said(text)) == []


@pytest.mark.parametrize("loudness", [0.0, 1.0, 5.0])
def test_neither_silence_nor_noise_wakes_anybody(loudness: float) -> None:
    noise = np.random.default_rng(2).normal(0, 1, 5 * HEARD).astype(np.float32) * np.float32(loudness)
    assert moments(WakeWord("okay_nabu"), noise) == []


def test_it_is_heard_in_mid_sentence() -> None:
    assert len(moments(WakeWord("okay_nabu"), said("well then, okay nabu, what time is it?", "rms"))) == 1


def test_it_is_heard_again_each_time_it_is_said() -> None:
    sound = said("okay nabu", "rms")
    assert len(moments(WakeWord("okay_nabu"), np.concatenate([sound, sound, sound]))) == 3


@pytest.mark.parametrize("size", [160, 480, 8192])
def test_the_size_of_the_frames_does_not_matter(size: int) -> None:
    sound = said("okay nabu", "rms")
    [frames], [others] = moments(WakeWord("okay_nabu"), sound), moments(WakeWord("okay_nabu"), sound, size)
    assert abs(frames - others) <= max(size, FRAME) / HEARD


def test_what_came_before_a_reset_is_forgotten() -> None:
    sound, word = said("okay nabu", "rms"), WakeWord("okay_nabu")
    [moment] = moments(word, sound)
    middle = round((moment - 0.4) * HEARD)
    word.reset()
    assert moments(word, sound[:middle]) == []
    word.reset()
    assert moments(word, sound[middle:]) == []
    word.reset()
    assert moments(word, sound) == [moment]


@pytest.mark.parametrize("name", ["okay nabu", "OKAY_NABU", "ok_nabu"])
def test_an_unknown_word_is_refused_with_the_nearest(name: str) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean `okay_nabu`"):
        WakeWord(name)


def test_a_word_like_no_other_is_refused_with_all_there_are() -> None:
    with pytest.raises(ConfigurationError, match="alexa, hey_jarvis"):
        WakeWord("zzz")


def test_there_is_a_word_learnt_in_french() -> None:
    assert [name for name, word in WORDS.items() if "fr" in word.languages] == ["okay_nabu"]
