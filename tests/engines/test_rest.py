"""How a persona's voice rests and varies, in sound that the real engines make."""

import numpy as np
import pytest

from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.tts import espeak
from companion_voice.engines.tts.rest import REST, rested

RATE = 1000
SPOKEN = np.concatenate([np.full(100, 0.5, np.float32), np.zeros(50, np.float32)])


@pytest.mark.parametrize(("pauses", "seconds"), [(0, 0.1), (0.5, 0.125), (1, 0.15), (2, 0.15 + REST)])
def test_a_sentence_is_followed_by_its_rest(pauses, seconds):
    assert len(rested(SPOKEN, RATE, text="Well.", pauses=pauses)) == pytest.approx(seconds * RATE)


@pytest.mark.parametrize("text", ["well,", "and then", "", "3.5 apples"])
def test_within_a_sentence_it_goes_on_at_once(text):
    assert rested(SPOKEN, RATE, text=text, pauses=2) is SPOKEN


def test_silence_alone_has_nothing_to_rest_from():
    assert len(rested(np.zeros(10, np.float32), RATE, text="…", pauses=0)) == 10


def said(role="persona", **tuning):
    voice = espeak.load(EngineOptions(languages=("en",), tuning={key: str(value) for key, value in tuning.items()}))
    return np.concatenate(list(voice.speak("We met by the old harbour wall.", language="en", role=role)))


def test_espeak_rests_as_long_as_it_is_told():
    assert len(said(pauses=2)) > len(said()) > len(said(pauses=0))


def test_the_program_itself_speaks_as_always():
    usual, set_otherwise = said("system"), said("system", pauses=2, expressiveness=1, speed=2)
    assert len(set_otherwise) == pytest.approx(len(usual), rel=0.01)


def test_how_lively_espeak_speaks_is_heard():
    assert not np.array_equal(said(expressiveness=0), said(expressiveness=1))
