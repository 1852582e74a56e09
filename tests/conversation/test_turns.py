"""What must be true of `step` whatever happens, in whatever order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion_voice.conversation.state import begin
from companion_voice.conversation.turns import step
from companion_voice.events import (
    EngineDied,
    EngineFailed,
    EngineReady,
    Heard,
    HeardSoFar,
    Held,
    Hush,
    InputEnded,
    Judged,
    Message,
    MicrophoneFound,
    MicrophoneLost,
    Prepare,
    Record,
    Release,
    SentenceSpoken,
    SentenceStarted,
    Show,
    SilenceContinued,
    Speak,
    SpeakerFound,
    SpeakerLost,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Started,
    Synthesised,
    Transcript,
    Typed,
    Woke,
    WritingEnded,
    Written,
)
from tests.scenarios.theatre import WALL, setup

WORDS = ["", "Mm-hm.", "Stop!", "goodbye", "Are you a robot?", "Tell me about boats.", "word " * 2000, "🎈"]
epochs, indexes, kinds = st.integers(0, 8), st.integers(0, 3), st.sampled_from(["stt", "llm", "tts"])
words = st.sampled_from(WORDS)
transcripts = st.builds(Transcript, text=words, language=st.sampled_from(["", "en", "de"]))

happenings = st.one_of(
    st.builds(EngineReady, at=st.just(0.0), kind=kinds, engine=st.just("any")),
    st.builds(
        EngineDied,
        at=st.floats(0, 100),
        kind=kinds,
        engine=st.sampled_from(["ears", "mind", "spare", "voice"]),
        reason=st.just("was killed"),
        loaded=st.booleans(),
    ),
    st.builds(EngineFailed, at=st.just(0.0), kind=kinds, epoch=epochs, reason=st.just("could not")),
    st.builds(MicrophoneLost, at=st.just(0.0), reason=st.just("unplugged")),
    st.builds(MicrophoneFound, at=st.just(0.0), name=st.just("microphone")),
    st.builds(SpeakerLost, at=st.just(0.0), reason=st.just("unplugged")),
    st.builds(SpeakerFound, at=st.just(0.0), name=st.just("speaker")),
    st.builds(SpeechStarted, at=st.just(0.0), utterance=epochs),
    st.builds(SpeechPaused, at=st.just(0.0), utterance=epochs, silence=st.just(0.2)),
    st.builds(SpeechResumed, at=st.just(0.0), utterance=epochs, silence=st.floats(0, 3)),
    st.builds(SpeechContinued, at=st.just(0.0), utterance=epochs),
    st.builds(SilenceContinued, at=st.just(0.0), utterance=epochs, silence=st.floats(0, 3)),
    st.builds(HeardSoFar, at=st.just(0.0), utterance=epochs, transcript=transcripts),
    st.builds(Judged, at=st.just(0.0), epoch=epochs, complete=st.floats(0, 1)),
    st.builds(SpeechEnded, at=st.just(0.0), utterance=epochs, silence=st.just(0.6)),
    st.builds(Heard, at=st.just(0.0), epoch=epochs, transcript=transcripts, wall=st.just(WALL)),
    st.builds(Typed, at=st.just(0.0), text=words, wall=st.just(WALL)),
    st.builds(Written, at=st.just(0.0), epoch=epochs, text=st.sampled_from(["A sentence. ", "half a ", "…"])),
    st.builds(WritingEnded, at=st.just(0.0), epoch=epochs),
    st.builds(Synthesised, at=st.just(0.0), epoch=epochs, index=indexes, ends=st.sampled_from([(), (0.2, 0.9)])),
    st.builds(SentenceStarted, at=st.just(0.0), epoch=epochs, index=indexes),
    st.builds(SentenceSpoken, at=st.just(0.0), epoch=epochs, index=indexes),
    st.builds(Held, at=st.just(0.0), epoch=epochs, index=st.none() | indexes, fraction=st.floats(0, 1)),
    st.builds(Woke, at=st.floats(0, 100)),
    st.builds(InputEnded, at=st.just(0.0)),
)


def lived(events, **changes):
    """Return each (state, commands) of a life that begins with `Started`."""
    state = begin(setup(**changes))
    for event in [Started(at=0.0), *events]:
        state, commands = step(state, event)
        yield state, commands


@given(st.lists(happenings, max_size=40), st.booleans())
@settings(max_examples=300)
def test_epochs_only_rise_and_nothing_is_spoken_for_an_old_one(events, aloud):
    epoch = hushed = 0
    for state, commands in lived(events, aloud=aloud):
        assert state.epoch >= epoch
        epoch = state.epoch
        for command in commands:
            match command:
                case Hush(epoch=before):
                    assert before >= hushed
                    hushed = before
                case Speak(epoch=of) | Release(epoch=of):
                    assert hushed <= of <= state.epoch


@given(st.lists(happenings, max_size=40), st.booleans())
@settings(max_examples=300)
def test_nothing_is_shown_before_the_disclosure(events, aloud):
    shown = [c for _, commands in lived(events, aloud=aloud) for c in commands if isinstance(c, Show)]
    assert shown[0].kind == "disclosure"


@given(st.lists(happenings, max_size=40))
@settings(max_examples=300)
def test_no_answer_begins_while_the_disclosure_is_owed(events):
    for state, _ in lived(events):
        reply = state.reply
        if reply and reply.said and not reply.ends and state.owed:
            assert all(sentence.kind != "reply" for sentence in reply.sentences)


@given(st.lists(happenings, max_size=40))
@settings(max_examples=300)
def test_deciding_is_a_function_of_the_events(events):
    assert list(lived(events)) == list(lived(events))


def test_without_a_voice_a_typed_line_is_answered_in_writing():
    events = [
        Typed(at=1.0, text="Tell me about boats.", wall=WALL),
        Written(at=2.0, epoch=2, text="Boats float. "),
        WritingEnded(at=3.0, epoch=2),
    ]
    *_, (state, _) = lived(events, aloud=False, listens=False)
    assert [message.text for message in state.history][-2:] == ["Tell me about boats.", "Boats float."]
    assert state.resting


def test_a_language_that_is_not_spoken_is_named():
    heard = Heard(at=1.8, epoch=2, transcript=Transcript("Guten Tag", "de"), wall=WALL)
    events = [
        SpeechStarted(at=1.0, utterance=1),
        SpeechPaused(at=1.7, utterance=1, silence=0.2),
        heard,
        SpeechEnded(at=2.1, utterance=1, silence=0.6),
    ]
    spoken = [c.text for _, commands in lived(events) for c in commands if isinstance(c, Speak)]
    assert "I think I heard German, and I only understand English." in spoken


@pytest.mark.parametrize(
    ("ends", "heard"), [((), "I am a program, not a person. What"), ((0.1, 0.2, 0.39, 0.41), "I am a")]
)
def test_what_was_heard_is_exact_where_the_voice_knows_its_words(ends, heard):
    events = [
        Synthesised(at=0.5, epoch=1, index=0, ends=ends),
        Typed(at=1.0, text="Tell me about boats.", wall=WALL),
        Held(at=1.0, epoch=1, index=0, fraction=0.4),
    ]
    records = [c.text for _, commands in lived(events) for c in commands if isinstance(c, Record)]
    assert records[0] == heard


def test_a_held_reply_is_taken_in_as_it_will_stand_if_it_ends_there():
    events = [
        SpeechStarted(at=1.0, utterance=1),
        Held(at=1.0, epoch=1, index=0, fraction=0.4),
    ]
    prepared = [c.prompt for _, commands in lived(events) for c in commands if isinstance(c, Prepare)]
    assert prepared[-1].messages[-1] == Message(who="companion", text="I am a program, not a person. What")


@pytest.mark.parametrize("aloud", [True, False])
def test_in_a_day_of_silence_nothing_is_said(aloud):
    ready = [EngineReady(at=1.0, kind=kind, engine="any") for kind in ("stt", "llm", "tts")]
    greeted = [SentenceSpoken(at=5.0, epoch=1, index=index) for index in range(4)]
    found = MicrophoneFound(at=1.0, name="microphone")
    silence = [Woke(at=600.0 * hour) for hour in range(1, 24 * 6)]
    lives = list(lived([found, *ready, *greeted, *silence], aloud=aloud))
    assert not lives[-1][0].reply
    assert [c for _, commands in lives[-len(silence) :] for c in commands if isinstance(c, Show | Speak)] == []
