"""The conversation. Decides; does nothing. Knows no clock, no sound, no model.

`step` is the whole truth: fed the same events, it gives the same commands, so a journal of events replays.
"""

from msgspec.structs import replace

from companion_voice.conversation import consider, faults, language, replies, unfinished
from companion_voice.conversation.echo import is_echo
from companion_voice.conversation.prompt import prepared
from companion_voice.conversation.state import Reply, Result, State
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    End,
    EndAfter,
    EngineDied,
    EngineFailed,
    EngineReady,
    Heard,
    Held,
    Hold,
    InputEnded,
    Judge,
    Judged,
    Message,
    MicrophoneFound,
    MicrophoneLost,
    OpenMicrophone,
    OpenSpeaker,
    Prepare,
    Record,
    SentenceSpoken,
    SentenceStarted,
    Show,
    SpeakerFound,
    SpeakerLost,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Started,
    StartEngine,
    StopRequested,
    Synthesised,
    Transcribe,
    Typed,
    Woke,
    WritingEnded,
    Written,
)

SURE = 0.5
"""What the end-of-turn detector must say, 0 to 1, for a turn to sound finished."""


def step(state: State, event: AnyEvent) -> Result:
    """Return the next state and what the world should now do."""
    if state.ended:
        return state, ()
    state, commands = _decide(state, event)
    state, finished = replies.finish(state)
    if state.input_over and state.resting and not state.ended and _engines_settled(state):
        return replace(state, ended=True), (*commands, *finished, End(reason="input"))
    return state, commands + finished


def _decide(state: State, event: AnyEvent) -> Result:  # noqa: C901, PLR0911, PLR0912 - one line an event
    match event:
        case Started():
            return _start(state)
        case SpeechStarted(utterance=utterance):
            return _speech_started(replace(state, utterance=utterance))
        case SpeechPaused() | SpeechResumed() | SpeechEnded() if event.utterance == state.ignored:
            return state, ()
        case SpeechPaused(utterance=utterance):
            return _speech_paused(state, utterance)
        case SpeechResumed():
            return _speech_resumed(state)
        case SpeechEnded():
            return _speech_ended(state)
        case Heard():
            return _heard(state, event)
        case Judged():
            return _judged(state, event)
        case Typed():
            return _typed(state, event)
        case Held():
            return _held(state, event)
        case Written(epoch=epoch, text=text):
            return replies.written(state, epoch, text, over=False)
        case WritingEnded(epoch=epoch):
            return replies.written(state, epoch, "", over=True)
        case Synthesised(epoch=epoch, index=index):
            return replies.mark(state, epoch, index, made=True), ()
        case SentenceStarted(epoch=epoch, index=index):
            return replies.mark(state, epoch, index, begun=True), ()
        case SentenceSpoken(epoch=epoch, index=index):
            return replies.mark(state, epoch, index, spoken=True), ()
        case EngineReady(kind=kind):
            return faults.engine_ready(state, kind), ()
        case EngineDied():
            return faults.engine_died(state, event)
        case EngineFailed():
            return faults.engine_failed(state, event)
        case MicrophoneLost():
            return faults.microphone_lost(state, event)
        case MicrophoneFound():
            return faults.microphone_found(state)
        case SpeakerLost():
            return faults.speaker_lost(state, event)
        case SpeakerFound():
            return faults.speaker_found(state)
        case Woke(at=at):
            return faults.woke(state, at)
        case InputEnded():
            return replace(state, input_over=True), ()
        case StopRequested():
            return replace(state, ended=True), (End(reason="stopped"),)


def _start(state: State) -> Result:
    opened: tuple[AnyCommand, ...] = tuple(
        StartEngine(kind=kind, engine=engine.candidates[0])
        for kind, engine in state.engines.items()
        if engine.candidates
    )
    if state.setup.aloud:
        opened += (OpenSpeaker(),)
    if state.setup.listens:
        opened += (OpenMicrophone(),)
    state, said = replies.opening(state)
    return state, (*opened, *said, Prepare(prompt=prepared(state)))


def _speech_started(state: State) -> Result:
    aloud = tuple(s.text for s in state.reply.sentences if s.begun) if state.reply and state.aloud else ()
    if aloud and not state.setup.full_duplex:
        return replace(state, ignored=state.utterance), ()
    state = replace(state, ears="hearing", overheard=aloud)
    if state.reply is None:
        return state, (Prepare(prompt=prepared(state)),)
    if state.reply.ends or not state.aloud:
        return state, ()
    return state, (Hold(epoch=state.reply.epoch),)


def _speech_paused(state: State, utterance: int) -> Result:
    if state.reply and state.reply.ends:
        return replace(state, ears="pausing"), ()
    if state.guess and state.guess.confirmed:
        state = replace(state, late=(*state.late, state.guess.epoch), guess=None)
    state, commands = replies.withdraw(state)
    epoch = state.epoch + 1
    state = replace(state, ears="pausing", epoch=epoch, guess=Reply(epoch=epoch, stage="hearing"))
    judged: AnyCommand = Judge(epoch=epoch, utterance=utterance)
    if not _has_detector(state):
        judged = EndAfter(utterance=utterance, silence=state.setup.hard_pause)
    return state, (*commands, Transcribe(epoch=epoch, utterance=utterance), judged)


def _speech_resumed(state: State) -> Result:
    state, commands = replies.withdraw(replace(state, ears="hearing"))
    if state.reply and state.aloud and not state.reply.ends and state.reply.cut is None:
        commands += (Hold(epoch=state.reply.epoch),)
    return state, commands


def _speech_ended(state: State) -> Result:
    state = replace(state, ears="quiet")
    if state.guess is None:
        return replies.resume(state) if state.reply and state.reply.cut else (state, ())
    state = replace(state, guess=replace(state.guess, confirmed=True))
    if state.guess and state.guess.stage == "hearing":
        return state, ()
    return replies.promote(state)


def _heard(state: State, event: Heard) -> Result:
    said, spoken = event.transcript.text.strip(), event.transcript.language
    if event.epoch in state.late:
        return _heard_late(state, event.epoch, said)
    guess = state.guess
    if guess is None or guess.epoch != event.epoch or guess.stage != "hearing":
        return state, ()
    if spoken and spoken not in state.setup.languages:
        state, commands = replies.abandon(state, before=guess.epoch)
        return replies.take_up(state, replace(guess, wall=event.wall), consider.foreign(state, spoken), commands)
    if not said or (state.reply and consider.is_backchannel(state, said)) or is_echo(said, state.overheard):
        state = replace(state, guess=None)
        return replies.resume(state) if state.reply and state.ears != "hearing" else (state, ())
    state = replace(state, language=spoken or state.language)
    state, commands = replies.accept(state, replace(guess, said=said, wall=event.wall))
    return state, commands + _shorten(state)


def _judged(state: State, event: Judged) -> Result:
    guess = state.guess
    if guess is None or guess.epoch != event.epoch:
        return state, ()
    state = replace(state, guess=replace(guess, sounds_complete=event.complete))
    return state, _shorten(state)


def _shorten(state: State) -> tuple[AnyCommand, ...]:
    """Wait no longer once both the sound and the words of the person are finished."""
    guess = state.guess
    if guess is None or state.ears != "pausing" or not guess.said or guess.sounds_complete is None:
        return ()
    if guess.sounds_complete < SURE or unfinished.dangles(guess.said, state.language):
        return ()
    return (EndAfter(utterance=state.utterance, silence=state.setup.sure_pause),)


def _heard_late(state: State, epoch: int, said: str) -> Result:
    state = replace(state, late=tuple(e for e in state.late if e != epoch))
    if not said:
        return state, ()
    state = replace(state, history=(*state.history, Message(who="person", text=said)))
    return state, (Show(kind="heard", text=said), Record(who="person", text=said, said=said))


def _typed(state: State, event: Typed) -> Result:
    said = " ".join(event.text.split())
    if not said or (state.reply and state.reply.ends):
        return state, ()
    if len(state.setup.languages) > 1:
        state = replace(state, language=language.guess(said, among=state.setup.languages, otherwise=state.language))
    state, commands = replies.withdraw(state)
    epoch = state.epoch + 1
    guess = Reply(epoch=epoch, stage="interrupting", said=said, wall=event.wall, confirmed=True)
    state = replace(state, epoch=epoch, guess=guess)
    if state.reply and state.aloud:
        return state, (*commands, Hold(epoch=state.reply.epoch))
    state, accepted = replies.accept(state, guess)
    return state, commands + accepted


def _held(state: State, event: Held) -> Result:
    reply = state.reply
    if reply and reply.epoch == event.epoch:
        cut = replies.reached(reply) if event.index is None else (event.index, event.fraction)
        state = replace(state, reply=replace(reply, cut=cut))
    if state.guess and state.guess.stage == "interrupting":
        return replies.accept(state, state.guess)
    return state, ()


def _has_detector(state: State) -> bool:
    return "turn" in state.engines and state.engines["turn"].ready


def _engines_settled(state: State) -> bool:
    return all(engine.ready or not engine.candidates for engine in state.engines.values())
