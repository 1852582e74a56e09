"""The conversation. Decides; does nothing. Knows no clock, no sound, no model.

`step` is the whole truth: fed the same events, it gives the same commands, so a journal of events replays.
"""

from msgspec.structs import replace

from companion_voice.conversation import (
    addressing,
    faults,
    guesses,
    language,
    listening,
    noting,
    remote,
    replies,
    returns,
    when,
)
from companion_voice.conversation.prompt import prepared
from companion_voice.conversation.state import Reply, Result, State
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    ChangeProposed,
    End,
    EngineDied,
    EngineFailed,
    EngineReady,
    Heard,
    HeardSoFar,
    Held,
    Hold,
    HushRequested,
    InputEnded,
    JournalFailed,
    Judged,
    Meet,
    MemoryAnswered,
    MemoryFailed,
    MicrophoneFound,
    MicrophoneLost,
    MuteRequested,
    MuteToggled,
    Noted,
    OpenMicrophone,
    OpenSpeaker,
    PersonaGrown,
    PersonaRefused,
    PersonaTaken,
    Prepare,
    Recalled,
    SayRequested,
    SentenceSpoken,
    SentenceStarted,
    SilenceContinued,
    SpeakerFound,
    SpeakerLost,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Started,
    StartEngine,
    StopRequested,
    Synthesised,
    TalkToggled,
    Typed,
    WakeWordHeard,
    Woke,
    WritingEnded,
    Written,
)


def step(state: State, event: AnyEvent) -> Result:
    """Return the next state and what the world should now do."""
    if state.ended:
        return state, ()
    state, commands = _stepped(state, event)
    return state, noting.at_the_end(state, commands) if state.ended else commands


def _stepped(state: State, event: AnyEvent) -> Result:
    state = when.heeded(state, event)
    answering = state.reply is not None
    state, commands = _decide(state, event)
    state, finished = replies.finish(state)
    state = _attend(state, event.at, answering=answering)
    if state.input_over and state.resting and not state.ended and _engines_settled(state):
        return replace(state, ended=True), (*commands, *finished, End(reason="input"))
    return state, commands + finished


def _decide(state: State, event: AnyEvent) -> Result:  # noqa: C901, PLR0911, PLR0912 - one line an event
    match event:
        case Started():
            return _start(state)
        case WakeWordHeard() | SpeechStarted() if state.muted:
            return state, ()
        case WakeWordHeard(at=at):
            return replace(state, addressing=addressing.woken(state.addressing, at)), ()
        case TalkToggled(at=at):
            return replace(state, addressing=addressing.toggled(state.addressing, at)), ()
        case SpeechStarted():
            return listening.started(state, event)
        case SpeechContinued() | SpeechPaused() | SilenceContinued() | SpeechResumed() | SpeechEnded() if (
            event.utterance == state.ignored
        ):
            return state, ()
        case SpeechContinued():
            return listening.continued(state, event)
        case SpeechPaused():
            return listening.paused(state, event)
        case SilenceContinued():
            return listening.still_silent(state, event)
        case SpeechResumed():
            return listening.resumed(state, event)
        case SpeechEnded():
            return listening.ended(state, event)
        case Heard():
            return listening.heard(state, event)
        case HeardSoFar():
            return listening.heard_so_far(state, event)
        case Judged():
            return listening.judged(state, event)
        case Typed():
            return _typed(state, event)
        case Held():
            return _held(state, event)
        case Recalled():
            return returns.recalled(state, event)
        case MemoryAnswered():
            return returns.memory_answered(state, event)
        case PersonaTaken():
            return returns.persona_taken(state, event)
        case PersonaGrown():
            return returns.persona_grown(state, event)
        case ChangeProposed():
            return returns.change_proposed(state, event)
        case PersonaRefused():
            return returns.persona_refused(state, event)
        case Noted():
            return noting.noted(state, event)
        case MemoryFailed(reason=reason):
            return replies.announce(state, state.phrases.memory_failed.format(reason=reason))
        case JournalFailed(reason=reason):
            return replies.announce(state, state.phrases.journal_failed.format(reason=reason))
        case Written(epoch=epoch, text=text):
            return replies.written(state, epoch, text, over=False)
        case WritingEnded(epoch=epoch):
            return replies.written(state, epoch, "", over=True)
        case Synthesised(epoch=epoch, index=index, ends=ends):
            return replies.mark(state, epoch, index, made=True, ends=ends), ()
        case SentenceStarted(epoch=epoch, index=index):
            return replies.mark(state, epoch, index, begun=True), ()
        case SentenceSpoken(epoch=epoch, index=index):
            return replies.mark(replace(state, quiet_since=event.at), epoch, index, spoken=True), ()
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
            state, acknowledged = replies.acknowledge(state, at)
            state, tried = faults.voice_tried(state, at)
            return state, acknowledged + tried + faults.woke(state, at)
        case InputEnded():
            return replace(state, input_over=True), ()
        case StopRequested():
            return replace(state, ended=True), (End(reason="stopped"),)
        case HushRequested():
            return remote.hush(state)
        case MuteRequested(muted=muted):
            return remote.mute(state, muted=muted)
        case MuteToggled():
            return remote.mute(state, muted=not state.muted)
        case SayRequested(text=text):
            return replies.announce(state, text)


def _start(state: State) -> Result:
    opened: tuple[AnyCommand, ...] = tuple(
        StartEngine(kind=kind, engine=engine.candidates[0])
        for kind, engine in state.engines.items()
        if engine.candidates
    )
    if state.setup.aloud:
        opened += (OpenSpeaker(),)
    if state.setup.listens and not state.muted:
        opened += (OpenMicrophone(),)
    if state.setup.remembers:
        opened += (Meet(persona=state.setup.key),)
    state, said = replies.opening(state)
    return state, (*opened, *said, Prepare(prompt=prepared(state)))


def _typed(state: State, event: Typed) -> Result:
    said = " ".join(event.text.split())
    if not said or (state.reply and state.reply.ends):
        return state, ()
    if len(state.setup.languages) > 1:
        state = replace(state, language=language.guess(said, among=state.setup.languages, otherwise=state.language))
    state, commands = guesses.withdraw(state)
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
        if state.hushing:
            return remote.hushed(state)
    if state.guess and state.guess.stage == "interrupting":
        return replies.accept(state, state.guess)
    return state, _foreseen(state)


def _foreseen(state: State) -> tuple[AnyCommand, ...]:
    """Have a held reply taken in as it will stand if it ends here, while the words that may end it are still said."""
    if state.reply is None or state.reply.ends:
        return ()
    ended, _ = replies.abandon(state, before=state.epoch)
    return (Prepare(prompt=prepared(ended)),)


def _attend(state: State, at: float, *, answering: bool) -> State:
    """Note where the companion began or ceased to speak: it is being talked with."""
    if answering == (state.reply is not None) or (answering and not addressing.attends(state.addressing, at)):
        return state
    follows = addressing.spoke if answering else addressing.speaks
    return replace(state, addressing=follows(state.addressing, at))


def _engines_settled(state: State) -> bool:
    return all(engine.ready or not engine.candidates for engine in state.engines.values())
