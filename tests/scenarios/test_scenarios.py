"""Conversations written as scores, played in virtual time: who speaks when, and what must have been heard."""

from pathlib import Path

import pytest

from companion_voice.conversation.state import begin
from companion_voice.conversation.turns import step
from companion_voice.events import MicrophoneFound, MicrophoneLost
from tests.scenarios import theatre

SCORES = sorted(Path(__file__).parent.glob("*.yaml"))


@pytest.fixture(params=SCORES, ids=lambda path: path.stem)
def score(request):
    return theatre.load(request.param)


def test_the_score_is_heard_as_written(score):
    played = theatre.perform(score)
    expected = score["expect"]
    if "said" in expected:
        assert theatre.what_was_said(played) == expected["said"]
    if "never_said" in expected:
        assert not [text for _, text in played.sounding if expected["never_said"] in text]
    assert theatre.state_word(played) == expected["state"]
    assert [request["request"] for request in played.asked] == expected.get("asks_memory", [])
    for kind, text in expected.get("shown", {}).items():
        assert any(kind == one and text in words for one, words in played.shown), played.shown
    if note := expected.get("note"):
        assert note in played.prompts[-1].note
    for text, (earliest, latest) in expected.get("sounds_from", {}).items():
        assert [at for at, sound in played.sounding if sound == text and earliest <= at <= latest], played.sounding
    sounds = [text for _, text in played.sounding]
    assert [text for text in sounds if text in expected.get("sounds", [])] == expected.get("sounds", [])
    if "silent_by" in expected:
        assert min(played.silences) <= expected["silent_by"]
    if "ends" in expected:
        assert played.end.reason == expected["ends"]
    if "deaf_between" in expected:
        lost = min(at for at, event, _ in played.log if isinstance(event, MicrophoneLost))
        found = max(at for at, event, _ in played.log if isinstance(event, MicrophoneFound))
        assert [lost, round(found, 1)] == expected["deaf_between"]


def test_the_same_events_give_the_same_commands_again(score):
    played = theatre.perform(score)
    state = begin(played.state.setup)
    for _, event, commands in played.log:
        state, again = step(state, event)
        assert again == commands
    assert state == played.state
