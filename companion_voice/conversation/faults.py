"""What is decided when an engine dies or a device goes away. Pure.

A lost device is a state that is shown, spoken and mended, never only a line in a log. An engine that dies is started
again; one that cannot load, or dies too often, gives way to the next that can do its work, and that is said. The last
one is tried a few times even when it cannot load, because there is nothing to lose.
"""

from msgspec.structs import replace

from companion_voice.conversation import guesses, replies
from companion_voice.conversation.prompt import prompt
from companion_voice.conversation.state import EngineState, Reply, Result, Sentence, State
from companion_voice.events import (
    AnyCommand,
    CloseMicrophone,
    End,
    EngineDied,
    EngineFailed,
    Generate,
    Kind,
    MicrophoneLost,
    OpenMicrophone,
    OpenSpeaker,
    Show,
    SpeakerLost,
    StartEngine,
    WakeAt,
)

MOST_DEATHS = 3
DEATHS_WITHIN = 60.0
"""An engine that dies `MOST_DEATHS` times within so many seconds is given up."""
FIRST_VOICE_RETRY = 15.0
LONGEST_VOICE_RETRY = 240.0
"""Seconds after which a voice that was given up is tried again, twice as many each time: where nobody looks at a
screen, nothing else speaks."""
FIRST_RETRY = 1.0
LONGEST_RETRY = 15.0
"""Seconds between attempts to open a lost device: 1, 2, 4, 8, 15: one that is back is noticed within 15."""


def engine_ready(state: State, kind: Kind) -> State:
    """Note that an engine can work; a voice that is there again speaks from the next sentence on."""
    engine = state.engines[kind]
    deaths = () if engine.wait else engine.deaths
    state = _with_engine(state, kind, replace(engine, ready=True, deaths=deaths, wait=0.0))
    return replace(state, aloud=state.setup.aloud and state.speaker_retry is None) if kind == "tts" else state


def engine_died(state: State, event: EngineDied) -> Result:
    """Start the engine again, or the next that can do its work; then take up what was in its hands."""
    engine = state.engines[event.kind]
    if not engine.candidates or engine.candidates[0] != event.engine:
        return state, ()
    deaths = (*(at for at in engine.deaths if event.at - at < DEATHS_WITHIN), event.at)
    others = len(engine.candidates) > 1 or event.kind == "turn"
    hopeless = len(deaths) >= MOST_DEATHS or (others and not event.loaded)
    left = engine.candidates[1:] if hopeless else engine.candidates
    state = _with_engine(state, event.kind, EngineState(left, deaths=() if hopeless else deaths, wait=engine.wait))
    shown: tuple[AnyCommand, ...] = (Show(kind="error", text=f"{event.engine}: {event.reason}"),)
    if event.kind == "turn":  # the length of a pause does its work meanwhile, so nobody need be told aloud
        return state, (*shown, *(StartEngine(kind="turn", engine=engine) for engine in left[:1]))
    if not left:
        state, commands = _none_left(state, event)
        return state, shown + commands
    state, resumed = _take_up_again(state, event.kind)
    text = state.phrases.replaced[event.kind].format(engine=left[0]) if hopeless else state.phrases.died[event.kind]
    state, told = replies.announce(state, text)
    return state, (*shown, StartEngine(kind=event.kind, engine=left[0]), *resumed, *told)


def engine_failed(state: State, event: EngineFailed) -> Result:
    """Say that an engine could not do one piece of work; it stays ready for the next."""
    shown = (Show(kind="error", text=event.reason),)
    match event.kind:
        case "stt":
            state, commands = _nothing_heard(state, event.epoch)
        case "llm":
            state, commands = replies.written(state, event.epoch, "", over=True)
        case "tts":
            state, commands = _unspoken(state, event.epoch), ()
    return state, shown + commands


def microphone_lost(state: State, event: MicrophoneLost) -> Result:
    """Be deaf: show it, say it once, and try again later. A microphone that is to be closed is no loss."""
    if state.muted:
        return state, ()
    known = state.ears == "deaf"
    wait = min(state.microphone_retry[1] * 2, LONGEST_RETRY) if known and state.microphone_retry else FIRST_RETRY
    state, commands = guesses.withdraw(replace(state, ears="deaf", microphone_retry=(event.at + wait, wait)))
    if not known:
        state, resumed = replies.resume(state)
        state, told = replies.announce(state, state.phrases.microphone_lost)
        commands += (Show(kind="error", text=event.reason), *resumed, *told)
    return state, (*commands, WakeAt(at=event.at + wait))


def microphone_found(state: State) -> Result:
    """Hear again, unless the person closed the microphone while it was being opened."""
    if state.muted:
        return state, (CloseMicrophone(),)
    was_deaf = state.ears == "deaf"
    state = replace(state, ears="quiet", microphone_retry=None)
    return replies.announce(state, state.phrases.microphone_found) if was_deaf else (state, ())


def speaker_lost(state: State, event: SpeakerLost) -> Result:
    """Answer in writing, and try again later."""
    known = state.speaker_retry is not None
    wait = min(state.speaker_retry[1] * 2, LONGEST_RETRY) if state.speaker_retry else FIRST_RETRY
    state = _silenced(replace(state, aloud=False, speaker_retry=(event.at + wait, wait)))
    if known:
        return state, (WakeAt(at=event.at + wait),)
    state, told = replies.announce(state, state.phrases.speaker_lost)
    return state, (Show(kind="error", text=event.reason), *told, WakeAt(at=event.at + wait))


def speaker_found(state: State) -> Result:
    """Speak again, from the next sentence on."""
    can_speak = state.setup.aloud and bool(state.engines["tts"].candidates)
    return replace(state, speaker_retry=None, aloud=can_speak), ()


def woke(state: State, at: float) -> tuple[AnyCommand, ...]:
    """Try lost devices whose time has come."""
    commands: tuple[AnyCommand, ...] = ()
    if state.microphone_retry and at >= state.microphone_retry[0]:
        commands += (OpenMicrophone(),)
    if state.speaker_retry and at >= state.speaker_retry[0]:
        commands += (OpenSpeaker(),)
    return commands


def _take_up_again(state: State, kind: Kind) -> Result:
    """Ask again for what the dead engine had in its hands."""
    if kind == "stt":
        return _nothing_heard(state, state.guess.epoch if state.guess else -1)
    commands: tuple[AnyCommand, ...] = ()
    for reply in (state.reply, state.guess):
        if reply is None:
            continue
        if kind == "tts":
            commands += tuple(
                replies.speak(state, reply, index, sentence)
                for index, sentence in enumerate(reply.sentences)
                if state.aloud and not sentence.made
            )
        elif reply.stage == "writing":
            state, again = _write_again(state, reply)
            commands += again
    return state, commands


def _write_again(state: State, reply: Reply) -> Result:
    """Ask for the reply anew if none of it was written, else leave it at what was written."""
    if any(sentence.kind == "reply" for sentence in reply.sentences):
        return replies.written(state, reply.epoch, "", over=True)
    state = replies.put(state, replace(reply, pending=""))
    return state, (Generate(epoch=reply.epoch, prompt=prompt(state, reply.said, reply.wall)),)


def _nothing_heard(state: State, epoch: int) -> Result:
    """Give up the words of an utterance, and go on with what it interrupted."""
    state = replace(state, late=tuple(e for e in state.late if e != epoch))
    if state.guess is None or state.guess.epoch != epoch or state.guess.stage != "hearing":
        return state, ()
    state = replace(state, guess=None)
    return replies.resume(state) if state.ears != "hearing" else (state, ())


def voice_tried(state: State, at: float) -> Result:
    """Start again the voice that was given up, once its time has come; if it dies again, it is given up at once."""
    voice = state.engines.get("tts")
    if voice is None or voice.retry_at is None or at < voice.retry_at:
        return state, ()
    again = EngineState((voice.lost,), deaths=(at,) * (MOST_DEATHS - 1), wait=voice.wait)
    return _with_engine(state, "tts", again), (StartEngine(kind="tts", engine=voice.lost),)


def _none_left(state: State, event: EngineDied) -> Result:
    """Nothing can do this work any more: without a voice the conversation goes on in writing, else it ends."""
    text = state.phrases.missing[event.kind]
    if event.kind == "tts":
        before = state.engines["tts"].wait
        wait = min(before * 2, LONGEST_VOICE_RETRY) or FIRST_VOICE_RETRY
        lost = EngineState((), lost=event.engine, retry_at=event.at + wait, wait=wait)
        state = _silenced(replace(_with_engine(state, "tts", lost), aloud=False))
        told = () if before else (Show(kind="error", text=text),)
        return state, (*told, WakeAt(at=event.at + wait))
    return replace(state, ended=True), (Show(kind="error", text=text), End(reason="failed"))


def _silenced(state: State) -> State:
    """Count everything that was shown as said, since nothing more will be heard."""

    def shown(reply: Reply | None) -> Reply | None:
        if reply is None or not reply.confirmed:
            return reply
        done = tuple(replace(s, made=True, begun=True, spoken=True) for s in reply.sentences)
        return replace(reply, sentences=done, cut=None)

    return replace(state, reply=shown(state.reply))


def _unspoken(state: State, epoch: int) -> State:
    """Count the sentences of `epoch` that could not be made as said: they were shown."""
    for reply in (state.reply, state.guess):
        if reply and reply.epoch == epoch:
            done = tuple(s if s.made else _said(s) for s in reply.sentences)
            state = replies.put(state, replace(reply, sentences=done))
    return state


def _said(sentence: Sentence) -> Sentence:
    return replace(sentence, made=True, begun=True, spoken=True)


def _with_engine(state: State, kind: Kind, engine: EngineState) -> State:
    return replace(state, engines={**state.engines, kind: engine})
