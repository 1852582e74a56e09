import numpy as np
import pytest

from companion_voice.audio.resample import Resampler, SentenceResampler


def tone(rate: int, seconds: float, pitch: float = 440) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_a_tone_keeps_its_pitch_and_length_however_it_is_cut(rate: int) -> None:
    sound = tone(rate, 1)
    resampler = Resampler(rate, 16_000)
    pieces = [resampler.take(piece) for piece in np.array_split(sound, 97)]
    out = np.concatenate([*pieces, resampler.take(sound[:0], last=True)])
    assert len(out) == pytest.approx(16_000, abs=2)
    assert np.abs(out[500:-500] - tone(16_000, 1)[500 : len(out) - 500]).max() < 0.01


def test_sound_of_the_right_rate_is_left_alone() -> None:
    sound = tone(16_000, 0.1)
    assert Resampler(16_000, 16_000).take(sound) is sound


def test_the_pieces_of_a_sentence_join_without_a_seam() -> None:
    resampler = SentenceResampler(48_000)
    pieces = np.array_split(tone(22_050, 0.5), 9)
    out = [resampler.take(1, 0, piece, 22_050, last=number == 8) for number, piece in enumerate(pieces)]
    steps = np.abs(np.diff(np.concatenate(out)))[200:-200]
    assert steps.max() < 1.05 * 0.5 * 2 * np.pi * 440 / 48_000


def test_a_sentence_that_is_left_unfinished_does_not_leak_into_the_next() -> None:
    resampler = SentenceResampler(48_000)
    resampler.take(1, 0, np.ones(1000, np.float32), 16_000, last=False)
    silence = resampler.take(2, 0, np.zeros(1000, np.float32), 22_050, last=True)
    assert len(silence) == pytest.approx(1000 * 48_000 / 22_050, abs=2)
    assert not silence.any()


def test_a_sentence_that_ended_may_be_said_again() -> None:
    resampler = SentenceResampler(48_000)
    first, second = (resampler.take(1, 0, tone(16_000, 0.1), 16_000, last=True) for _ in range(2))
    assert np.array_equal(first, second)
