import numpy as np
import pytest
import soxr

from companion_voice.audio.marking import Watermark, detect
from companion_voice.audio.marking.detector import FALSE_ALARMS, threshold
from companion_voice.audio.marking.pattern import BANDS, CELLS, signs
from tests.audio.marking.speech import RATE, coded, said

VOICES = [("en", ""), ("en", "+f3"), ("fr", "")]


def marked(language: str = "en", variant: str = "") -> np.ndarray:
    return Watermark(RATE).mark(said(language, variant))


@pytest.mark.parametrize(("language", "variant"), VOICES)
def test_marked_speech_is_found_and_unmarked_speech_is_not(language, variant):
    assert detect(marked(language, variant), RATE).found
    assert not detect(said(language, variant), RATE).found


@pytest.mark.parametrize(("kind", "subtype"), [("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")])
@pytest.mark.parametrize(("language", "variant"), VOICES)
def test_the_mark_outlives_a_codec(language, variant, kind, subtype):
    assert detect(*coded(marked(language, variant), kind, subtype)).found
    assert not detect(*coded(said(language, variant), kind, subtype)).found


def test_the_mark_outlives_resampling_down_and_up():
    sound = soxr.resample(soxr.resample(marked(), RATE, 16_000), 16_000, 48_000)
    assert detect(sound, 48_000).found


@pytest.mark.parametrize("start", [0.0, 0.371, 1.113, 1.9])
def test_three_seconds_from_anywhere_are_enough(start):
    begin = round(start * RATE)
    assert detect(marked()[begin : begin + 3 * RATE], RATE).found


def test_a_marked_part_of_a_long_unmarked_recording_is_found_where_it_is():
    part = marked()[: 5 * RATE]
    found = detect(np.concatenate([np.tile(said("fr"), 3), part]), RATE)
    assert found.found
    assert abs(found.at - 3 * len(said("fr")) / RATE) < 4


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 48_000])
def test_every_rate_of_a_voice_can_be_marked(rate):
    sound = soxr.resample(said(), RATE, rate).astype(np.float32)
    assert detect(Watermark(rate).mark(sound), rate).found


def test_chunks_of_any_size_make_the_same_sound_as_one():
    sound, watermark, at = said(), Watermark(RATE), 0
    pieces = []
    for size in np.random.default_rng(3).integers(0, 900, 2_000):
        pieces.append(watermark.mark(sound[at : at + size]))
        assert len(pieces[-1]) == len(sound[at : at + size])
        at += size
    assert at > len(sound)
    np.testing.assert_allclose(np.concatenate(pieces), marked(), atol=1e-6)


def test_nothing_is_held_back():
    click = np.zeros(RATE, np.float32)
    click[1000] = 0.5
    assert np.abs(Watermark(RATE).mark(click)).argmax() == 1000


def test_silence_stays_silent():
    assert not Watermark(RATE).mark(np.zeros(RATE, np.float32)).any()


def test_the_mark_lies_far_under_the_speech():
    clean = said()
    added = marked() - clean
    assert 10 * np.log10((clean**2).sum() / (added**2).sum()) > 11


def test_every_band_is_as_often_louder_as_softer_within_chance():
    assert signs().shape == (CELLS, BANDS)
    assert abs(signs().mean()) < 4 / np.sqrt(CELLS * BANDS)


@pytest.mark.parametrize("sound", ["noise", "tone", "silence", "clicks", "too short"])
def test_sound_that_is_no_speech_is_not_taken_for_marked(sound):
    time = np.arange(4 * RATE) / RATE
    samples = {
        "noise": np.random.default_rng(1).normal(0, 0.1, len(time)),
        "tone": np.sin(2 * np.pi * 440 * time) * (1 + np.sin(2 * np.pi * 25 * time)) / 2,
        "silence": np.zeros(len(time)),
        "clicks": (np.arange(len(time)) % 882 == 0).astype(float),
        "too short": np.zeros(10),
    }[sound]
    assert not detect(samples.astype(np.float32), RATE).found


def test_the_threshold_keeps_the_bound_on_false_alarms_however_long_the_recording():
    for looks in (1, 10, 1_000):
        assert looks * 96 * np.exp(-(threshold(looks) ** 2) / 2) == pytest.approx(FALSE_ALARMS)
    assert FALSE_ALARMS <= 0.001
