"""Recordings of every kind as a microphone: the usual, the odd, the broken and the lying."""

import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion_voice.audio.recording import RecordingMicrophone
from companion_voice.audio.resample import HEARING_RATE
from companion_voice.errors import RecordingError

PITCH = 440


def tone(rate: int, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * PITCH * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def header(rate: int, channels: int, claim: int) -> bytes:
    """Return the header of a 16-bit WAV that claims `claim` bytes of sound."""
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    riff = b"RIFF" + struct.pack("<I", min(36 + claim, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16)
    return riff + form + b"data" + struct.pack("<I", claim)


def heard(microphone: RecordingMicrophone) -> np.ndarray:
    """Return all that is heard until the recording ends."""
    blocks = []
    while not microphone.ended:
        block = microphone.read(1)
        assert block is not None
        assert block.dtype == np.float32
        assert len(block)
        blocks.append(block)
    return np.concatenate(blocks)


def resident() -> int:
    """Return how many bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def listen(path: Path) -> np.ndarray:
    microphone = RecordingMicrophone(path, fast=True)
    assert microphone.open() == path.name
    try:
        return heard(microphone)
    finally:
        microphone.close()


def assert_is_the_tone(sound: np.ndarray, seconds: float, channels: int) -> None:
    assert len(sound) == pytest.approx(HEARING_RATE * seconds, abs=HEARING_RATE // 20)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert spectrum.argmax() * HEARING_RATE / len(sound) == pytest.approx(PITCH, abs=4)
    assert np.abs(sound).max() == pytest.approx(0.5 / channels, rel=0.1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_any_usual_rate_and_channel_count_is_heard(tmp_path: Path, rate: int, channels: int) -> None:
    path = tmp_path / "a.wav"
    sound = np.zeros((rate // 2, channels), np.float32)
    sound[:, -1] = tone(rate, 0.5)  # somebody who speaks into the last of eight microphones is heard too
    soundfile.write(path, sound, rate)
    assert_is_the_tone(listen(path), 0.5, channels)


@pytest.mark.parametrize("width", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"])
def test_any_usual_width_is_heard(tmp_path: Path, width: str) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(22_050, 0.5), 22_050, subtype=width)
    assert_is_the_tone(listen(path), 0.5, 1)


@pytest.mark.parametrize("frames", [1, 2, 319, 320, 321])
def test_a_recording_of_a_few_samples_is_heard(tmp_path: Path, frames: int) -> None:
    for rate in (8_000, 16_000, 44_100):
        soundfile.write(tmp_path / "a.wav", np.full(frames, 0.5, np.float32), rate)
        assert len(listen(tmp_path / "a.wav")) > 0


def test_impossible_values_become_possible_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.array([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45] * 500), 16_000, subtype="FLOAT")
    sound = listen(path)
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() <= 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"Dear diary, today I recorded nothing.\n" * 50, "is not a recording that can be read"),
        (b"RIFF" + b"\xff" * 400, "is not a recording that can be read"),
        (header(16_000, 1, 32_000)[:30], "is not a recording that can be read"),
        (header(16_000, 1, 0), "holds no sound"),
        (header(16_000, 1, 32_000), "holds no sound"),
        (header(16_000, 0, 32_000) + bytes(32_000), "is not a recording that can be read"),
        (header(3, 1, 32_000) + bytes(32_000), "says it has 3 samples a second"),
        (header(2_000_000_000, 1, 32_000) + bytes(32_000), "says it has 2000000000 samples a second"),
    ],
)
def test_what_cannot_be_heard_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as error:
        RecordingMicrophone(path, fast=True).open()
    assert sentence in error.value.sentence
    assert str(path) in error.value.sentence


def test_a_path_that_is_no_recording_is_refused_in_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "headerless.raw").write_bytes(bytes(1000))
    for name, sentence in {
        "": "is a folder",
        "none.wav": "does not exist",
        "pipe": "is not a file",
        "headerless.raw": "is not a recording that can be read",
    }.items():
        with pytest.raises(RecordingError, match=sentence):
            RecordingMicrophone(tmp_path / name, fast=True).open()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_recording_that_may_not_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(16_000, 0.1), 16_000)
    path.chmod(0)
    with pytest.raises(RecordingError, match="may not be read"):
        RecordingMicrophone(path, fast=True).open()


def test_a_truncated_recording_is_heard_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(16_000, 2), 16_000)
    path.write_bytes(path.read_bytes()[: 44 + 16_000 + 1])
    microphone = RecordingMicrophone(path, fast=True)
    microphone.open()
    assert microphone.notice == f"{path} is cut short: it promises 2.0 s and holds 0.5 s, which will be heard."
    assert_is_the_tone(heard(microphone), 0.5, 1)
    microphone.close()


@pytest.mark.parametrize("claim", [0xFFFFFFFF, 0x7FFFFFFF, 32_000])
def test_a_length_that_is_right_or_left_open_is_no_reason_for_a_notice(tmp_path: Path, claim: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(header(16_000, 1, claim) + (tone(16_000, 1) * 32767).astype("<i2").tobytes())
    microphone = RecordingMicrophone(path, fast=True)
    microphone.open()
    assert microphone.notice == ""
    assert_is_the_tone(heard(microphone), 1, 1)
    microphone.close()


def test_an_hour_of_eight_channels_is_not_loaded_whole(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    size = 3600 * 8 * 2 * 48_000
    path.write_bytes(header(48_000, 8, size))
    os.truncate(path, 44 + size)  # sparse: 2.8 GB that take no room
    microphone = RecordingMicrophone(path, fast=True)
    before = resident()
    microphone.open()
    for _ in range(500):
        assert microphone.read(1) is not None
    assert not microphone.ended
    assert resident() - before < 50_000_000
    microphone.close()


def test_after_its_end_there_is_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16_000, 0.1), 16_000)
    microphone = RecordingMicrophone(tmp_path / "a.wav", fast=True)
    microphone.open()
    heard(microphone)
    for _ in range(100):
        block = microphone.read(1)
        assert block is not None
        assert len(block) > 0
        assert not block.any()
    assert microphone.ended
    assert microphone.lost() is None
    microphone.close()


def test_at_real_speed_it_takes_as_long_as_it_took_to_speak(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(44_100, 0.3), 44_100)
    microphone = RecordingMicrophone(tmp_path / "a.wav", fast=False)
    microphone.open()
    began = time.monotonic()
    sound = heard(microphone)
    assert time.monotonic() - began >= 0.28
    assert_is_the_tone(sound, 0.3, 1)
    microphone.close()


def test_at_real_speed_nothing_comes_before_it_was_spoken(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16_000, 1), 16_000)
    microphone = RecordingMicrophone(tmp_path / "a.wav", fast=False)
    microphone.open()
    assert microphone.read(0) is None, "the first block is still being spoken"
    microphone.close()


def test_it_can_be_opened_again_from_the_start(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16_000, 0.2), 16_000)
    microphone = RecordingMicrophone(tmp_path / "a.wav", fast=True)
    for _ in range(2):
        microphone.open()
        assert_is_the_tone(heard(microphone), 0.2, 1)
    microphone.close()
    microphone.close()


GOOD = header(16_000, 2, 4_000) + (tone(16_000, 0.125) * 32767).astype("<i2").tobytes()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.dictionaries(st.integers(0, 60), st.integers(0, 255), max_size=6), length=st.integers(0, len(GOOD)))
def test_a_damaged_header_is_refused_or_survived(tmp_path: Path, damage: dict[int, int], length: int) -> None:
    content = bytearray(GOOD)
    for place, value in damage.items():
        content[place] = value
    path = tmp_path / "a.wav"
    path.write_bytes(content[:length])
    microphone = RecordingMicrophone(path, fast=True)
    try:
        microphone.open()
    except RecordingError:
        return
    for _ in range(50):
        block = microphone.read(1)
        assert block is not None
        assert np.isfinite(block).all()
    microphone.close()
