"""What is done about engines that keep dying."""

from companion_voice.boundaries import phrases
from companion_voice.conversation.faults import FIRST_VOICE_RETRY, MOST_DEATHS
from companion_voice.conversation.state import Setup, begin
from companion_voice.conversation.turns import step
from companion_voice.events import EngineDied, EngineReady, SayRequested, Show, Speak, Started, StartEngine, Woke


def voiceless():
    """Return a companion whose only voice has just been given up."""
    setup = Setup(
        name="Ada", head="", greeting="Hello.", farewell="", language="en", languages=("en",), listens=False,
        phrases={code: phrases.load(code) for code in phrases.LANGUAGES}, engines={"llm": ("mind",), "tts": ("voice",)},
    )  # fmt: skip
    state, _ = step(begin(setup), Started(at=0.0))
    for at in range(MOST_DEATHS):
        state, commands = step(state, died(at))
    return state, commands


def died(at):
    return EngineDied(at=float(at), kind="tts", engine="voice", reason="was killed", loaded=True)


def started(commands):
    return [command for command in commands if isinstance(command, StartEngine)]


def test_a_voice_that_was_given_up_is_tried_again_and_speaks():
    state, commands = voiceless()
    assert not state.aloud
    assert started(commands) == []
    state, commands = step(state, Woke(at=FIRST_VOICE_RETRY / 2))
    assert started(commands) == []
    state, commands = step(state, Woke(at=FIRST_VOICE_RETRY + MOST_DEATHS))
    assert started(commands) == [StartEngine(kind="tts", engine="voice")]
    state, _ = step(state, EngineReady(at=FIRST_VOICE_RETRY + 10, kind="tts", engine="voice"))
    _, commands = step(state, SayRequested(at=FIRST_VOICE_RETRY + 11, text="The bread is done."))
    assert any(isinstance(command, Speak) for command in commands)


def test_one_that_dies_again_is_given_up_at_once_and_waited_for_again():
    state, _ = voiceless()
    state, _ = step(state, Woke(at=FIRST_VOICE_RETRY + MOST_DEATHS))
    state, commands = step(state, died(FIRST_VOICE_RETRY + 10))
    assert started(commands) == []
    assert state.phrases.missing["tts"] not in [one.text for one in commands if isinstance(one, Show)]
    _, commands = step(state, Woke(at=2 * FIRST_VOICE_RETRY + 10))
    assert started(commands) == []
    _, commands = step(state, Woke(at=3 * FIRST_VOICE_RETRY + 10))
    assert len(started(commands)) == 1


def test_one_that_lived_again_may_die_as_often_as_any():
    state, _ = voiceless()
    state, _ = step(state, Woke(at=FIRST_VOICE_RETRY + MOST_DEATHS))
    state, _ = step(state, EngineReady(at=FIRST_VOICE_RETRY + 4, kind="tts", engine="voice"))
    _, commands = step(state, died(FIRST_VOICE_RETRY + 5))
    assert len(started(commands)) == 1
