"""Commands by another program: silence, a closed microphone, something to say."""

import pytest
from msgspec.structs import replace

from companion_voice.boundaries.settings import Boundaries, Microphone
from companion_voice.conversation.state import begin
from companion_voice.events import (
    CloseMicrophone,
    HushRequested,
    MicrophoneFound,
    MicrophoneLost,
    MuteRequested,
    OpenMicrophone,
    SayRequested,
    Show,
    SpeechPaused,
    SpeechStarted,
    Typed,
)
from tests.scenarios import theatre
from tests.scenarios.theatre import WALL, Theatre


@pytest.fixture
def stage():
    """A companion that has greeted, and has a long answer ready."""
    return Theatre(replies=["One two three. Four five six. Seven eight nine."], state=begin(theatre.setup()))


def commands(stage, kind):
    return [(at, one) for at, _, several in stage.log for one in several if isinstance(one, kind)]


def test_hush_silences_it_at_once_and_keeps_only_what_was_heard(stage):
    stage.at(10, Typed(at=10, text="count", wall=WALL))
    stage.at(11, HushRequested(at=11))
    stage.play(30)
    assert stage.silences == [11]
    assert stage.state.reply is None
    heard = theatre.what_was_said(stage)[-1]
    assert heard.startswith("companion: One")
    assert "Seven" not in heard


def test_hush_while_it_says_nothing_changes_nothing_that_is_heard(stage):
    stage.at(10, HushRequested(at=10))
    stage.at(12, Typed(at=12, text="count", wall=WALL))
    stage.play(30)
    assert theatre.what_was_said(stage)[-1] == "companion: One two three. Four five six. Seven eight nine."


def test_hush_does_not_cut_a_farewell_short(stage):
    stage.at(10, Typed(at=10, text="goodbye", wall=WALL))
    stage.at(10.3, HushRequested(at=10.3))
    stage.play(30)
    assert stage.end.reason == "goodbye"


def test_what_is_to_be_said_waits_for_the_reply_and_is_no_part_of_it(stage):
    stage.at(10, Typed(at=10, text="count", wall=WALL))
    stage.at(11, SayRequested(at=11, text="The tea is ready."))
    stage.play(30)
    assert "The tea is ready." in [text for _, text in stage.sounding]
    assert "tea" not in theatre.what_was_said(stage)[-1]


def test_a_muted_microphone_is_closed_and_hears_nothing(stage):
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.at(10.1, SpeechStarted(at=10.1, utterance=1))
    stage.play(20)
    assert [at for at, _ in commands(stage, CloseMicrophone)] == [10]
    assert theatre.state_word(stage) == "muted"


def test_after_a_goodbye_the_next_conversation_keeps_the_microphone_off_and_says_nothing_until_it_is_spoken_to():
    stage = Theatre(replies=["One two three."], state=begin(theatre.setup(waits=True)))
    stage.at(13, MuteRequested(at=13, muted=False))
    stage.at(15, Typed(at=15, text="count", wall=WALL))
    stage.play(12)
    assert (theatre.state_word(stage), stage.sounding) == ("muted", [])
    stage.play(30)
    assert [at for at, _ in commands(stage, OpenMicrophone)] == [13]
    said = [text for _, text in stage.sounding]
    assert said[0].startswith("I am a program")
    assert said[-1].startswith("One two three")


def test_it_is_opened_again_when_that_is_wanted(stage):
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.at(13, MuteRequested(at=13, muted=False))
    stage.play(20)
    assert [at for at, _ in commands(stage, OpenMicrophone)] == [0, 13]
    assert theatre.state_word(stage) == "listening"


def test_muting_twice_is_muting_once(stage):
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.at(11, MuteRequested(at=11, muted=True))
    stage.play(12)
    assert len(commands(stage, CloseMicrophone)) == 1


def test_what_was_being_said_into_it_is_dropped(stage):
    stage.at(10, SpeechStarted(at=10, utterance=1))
    stage.at(10.5, MuteRequested(at=10.5, muted=True))
    stage.at(10.6, SpeechPaused(at=10.6, utterance=1, silence=0.1))
    stage.play(20)
    assert stage.state.ears == "closed"
    assert stage.state.guess is None


def test_a_microphone_that_vanishes_or_opens_late_while_muted_stays_closed(stage):
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.at(10.1, MicrophoneLost(at=10.1, reason="gone"))
    stage.at(10.2, MicrophoneFound(at=10.2, name="late"))
    stage.play(60)
    assert stage.state.ears == "closed"
    assert [at for at, _ in commands(stage, CloseMicrophone)] == [10, 10.2]


def test_muting_one_that_has_lost_its_microphone_ends_the_attempts(stage):
    stage.microphone = False
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.play(60)
    assert [at for at, _ in commands(stage, OpenMicrophone) if at > 10] == []


@pytest.mark.parametrize(("indicator", "heard"), [("sound+light", True), ("light", False)])
def test_whether_the_microphone_is_open_is_shown_and_said_where_that_is_wanted(indicator, heard):
    boundaries = Boundaries(mic=Microphone(indicator=indicator))
    stage = Theatre(replies=[], state=begin(replace(theatre.setup(), boundaries=boundaries)))
    stage.at(10, MuteRequested(at=10, muted=True))
    stage.at(20, MuteRequested(at=20, muted=False))
    stage.play(30)
    told = {stage.state.phrases.microphone_off, stage.state.phrases.microphone_on}
    assert told <= {command.text for _, command in commands(stage, Show)}
    assert (told <= {text for _, text in stage.sounding}) is heard
