"""The whole thing through real audio devices: a voice into the microphone, the companion's own from the speaker."""

import numpy as np

from tests.pulse import RATE, wait_until
from tests.runtime.conftest import home_in

WHAT_IT_IS = {"program", "computer", "human", "stored", "here", "under", "control", "professional", "this", "say"}


def is_silent(sound, *, seconds):
    last = sound[-seconds * RATE :]
    return len(last) == seconds * RATE and np.abs(last).max() < 0.01


def test_somebody_asks_aloud_and_hears_the_answer(talk, pulse, spoken, recognise, tmp_path):
    (home_in(tmp_path) / "config" / "boundaries.yaml").unlink()  # what it says when nobody has set anything
    with pulse.recording() as recording:
        conversation = talk(environment=pulse.environment)
        conversation.wait_for("ready")
        conversation.wait_for("speaking_ended")
        before = len(recording.speaker)
        pulse.speak(spoken("what are you"))
        conversation.wait_for("heard", text="what are you")
        conversation.wait_for("speaking_ended")
        said = recording.speaker[before:]
        conversation.interrupt()
        assert conversation.finish() == 0
    words = set(recognise(said, RATE).split())
    assert len(words & WHAT_IT_IS) >= 3, words


def test_a_microphone_that_goes_away_is_a_state_and_comes_back(talk, own_pulse, spoken):
    conversation = talk(environment=own_pulse.environment)
    conversation.wait_for("ready")
    conversation.wait_for("speaking_ended")
    own_pulse.unplug()
    conversation.wait_for("deaf")
    own_pulse.plug_in()
    conversation.wait_for("hearing")
    conversation.wait_for("notice", text="I can hear you again.")
    with own_pulse.recording() as recording:  # the speaker, too, comes back, and it finishes its sentence
        wait_until(lambda: is_silent(recording.speaker, seconds=3), "it to be silent")
    own_pulse.speak(spoken("what are you"))
    conversation.wait_for("heard", text="what are you")
    conversation.interrupt()
    assert conversation.finish() == 0


def test_somebody_who_talks_over_it_is_listened_to(talk, pulse, spoken):
    conversation = talk(environment=pulse.environment)
    conversation.wait_for("ready")
    conversation.wait_for("speaking_ended")
    with pulse.recording() as recording:
        pulse.speak(spoken("what are you"))
        conversation.wait_for("speaking_started")
        wait_until(lambda: np.abs(recording.speaker).max(initial=0) > 0.05, "the answer to be heard")
        pulse.speak(spoken("what time is it"))
        conversation.wait_for("interrupted")
        conversation.wait_for("heard", text="what time is it")
    conversation.interrupt()
    assert conversation.finish() == 0
