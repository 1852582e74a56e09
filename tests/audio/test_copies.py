"""What was played, heard again at some delay, is told from a person."""

import numpy as np
import pytest

from companion_voice.audio.copies import LATEST, LIKENESS, WINDOW, Copies
from tests.audio.room import HEARD, PLAYED, STORY, voice

HEARD_AT = int(WINDOW * HEARD)


@pytest.fixture(scope="module")
def played():
    return voice(STORY, rate=HEARD)[HEARD : 2 * HEARD]


def copies_of(played):
    copies = Copies()
    copies.play(played, HEARD)
    return copies


@pytest.mark.parametrize("delay", [0.02, 0.08, 0.2, LATEST])
@pytest.mark.parametrize("gain", [0.5, 0.1, -0.3])
def test_what_was_played_is_a_copy_at_any_delay_and_loudness(played, delay, gain):
    copies = copies_of(played)
    end = len(played) - int(delay * HEARD)
    copies.hear(np.float32(gain) * played[end - HEARD_AT : end])
    assert copies.likeness() >= LIKENESS


def test_another_voice_is_no_copy(played):
    copies = copies_of(played)
    person = voice("wait a moment, what time is it?", "rms", rate=HEARD)
    likenesses = []
    for start in range(0, len(person) - HEARD_AT, HEARD_AT):
        copies.hear(person[start : start + HEARD_AT])
        likenesses.append(copies.likeness())
    assert np.mean(np.array(likenesses) >= LIKENESS) < 0.02


def test_a_voice_half_as_loud_as_the_echo_is_heard_through_it(played):
    copies = copies_of(played)
    person = voice("wait a moment, what time is it?", "rms", rate=HEARD)[HEARD // 2 :][:HEARD_AT]
    echo = played[-HEARD_AT - HEARD // 10 :][:HEARD_AT]
    copies.hear(echo + person * np.float32(0.5 * np.linalg.norm(echo) / np.linalg.norm(person)))
    assert copies.likeness() < LIKENESS


def test_nothing_is_a_copy_of_silence():
    copies = Copies()
    copies.hear(voice("hello", rate=HEARD)[:HEARD_AT])
    assert copies.likeness() == 0


def test_silence_is_no_copy(played):
    copies = copies_of(played)
    copies.hear(np.zeros(HEARD_AT, np.float32))
    assert copies.likeness() == 0


def test_it_is_told_at_the_rate_of_the_speaker(played):
    loud = voice(STORY)[PLAYED : 2 * PLAYED]
    copies = Copies()
    for start in range(0, PLAYED, PLAYED // 100):
        copies.play(loud[start : start + PLAYED // 100], PLAYED)
    copies.hear(played[-HEARD_AT - HEARD // 10 :][:HEARD_AT])
    assert copies.likeness() >= LIKENESS
