"""What is decided while the person speaks, pauses and has spoken. Pure.

A pause is a guess that the turn is over: the words are asked for and an answer is begun behind the door. The guess is
confirmed when the pause is long enough, set aside when the person goes on, and taken back when that was only a breath.
"""

from msgspec.structs import replace

from companion_voice.boundaries.words import plain
from companion_voice.conversation import addressing, consider, guesses, patience, replies, unfinished
from companion_voice.conversation.echo import is_echo
from companion_voice.conversation.prompt import prepared, prompt, with_message
from companion_voice.conversation.state import Reply, Result, State
from companion_voice.events import (
    AnyCommand,
    EndAfter,
    Heard,
    HeardSoFar,
    Hold,
    Judge,
    Judged,
    Message,
    Overhear,
    Prepare,
    Record,
    Show,
    SilenceContinued,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Transcribe,
)

_END = " .!?…"
"""What a recogniser puts after words whether or not they are the last."""

SURE = 0.5
"""What the end-of-turn detector must say, 0 to 1, for a turn to sound finished."""

_CERTAIN = 4
"""Words after which somebody who talks over the companion has the floor, the last of which may not be all said."""

SHORTEST_WORD = 0.1
"""Seconds. Somebody who talks over the companion is heard for longer than this before any word is over: the shortest of
16 by eight voices took 0.14 ("si", "hé"). A click, a cough or a jump of the echo does not."""

GOES_ON = 0.25
"""Seconds in which more must follow a sound that is no word yet: the "w" before the "ait", or nothing."""

ECHO_TAIL = 0.5
"""Seconds after its last word in which a companion that cannot tell its voice from the person's may still hear it."""


def started(state: State, event: SpeechStarted) -> Result:
    """Fall silent, unless nobody is listened to now."""
    state = replace(state, utterance=event.utterance)
    aloud = tuple(s.text for s in state.reply.sentences if s.begun) if state.reply and state.aloud else ()
    if not state.setup.full_duplex and (aloud or 0 <= event.at - state.quiet_since < ECHO_TAIL):
        return replace(state, ignored=event.utterance), ()
    if not aloud and (state.reply or state.guess):  # cut off: the pause was one in mid-speech after all
        state = _learn(state, event.at - state.silent_since)
    state = replace(state, ears="hearing", overheard=aloud, late_at=None, speaking_since=event.at)
    if not _heeded(state, event.at):
        return state, ()
    state = replace(state, addressing=addressing.speaks(state.addressing, event.at))
    if state.reply is None:
        return state, (Prepare(prompt=prepared(state)),)
    if state.reply.ends or not state.aloud:
        return state, ()
    return state, (Hold(epoch=state.reply.epoch),)


def continued(state: State, event: SpeechContinued) -> Result:
    """Ask what was said so far."""
    if not _heeded(state, event.at):
        return state, ()
    return state, (Overhear(utterance=event.utterance),)


def paused(state: State, event: SpeechPaused) -> Result:
    """Guess that the turn is over."""
    state = replace(state, ears="pausing")
    if (state.reply and state.reply.ends) or not _may_be_heeded(state, event.at):
        return state, ()
    if state.overheard and _is_no_word(state, event):
        return state, (EndAfter(utterance=event.utterance, silence=GOES_ON),)
    if state.guess and state.guess.confirmed:
        state = replace(state, late=(*state.late, state.guess.epoch), guess=None)
    state, commands = guesses.set_aside(state)
    epoch = state.epoch + 1
    state = replace(state, epoch=epoch, guess=Reply(epoch=epoch, asked=epoch, stage="hearing"))
    commands += (Transcribe(epoch=epoch, utterance=event.utterance),)
    usual = state.setup.hard_pause
    if "turn" in state.engines and state.engines["turn"].ready:
        usual = state.setup.unsure_pause
        commands += (Judge(epoch=epoch, utterance=event.utterance),)
    return state, (*commands, EndAfter(utterance=event.utterance, silence=patience.wait(state.patience, usual)))


def still_silent(state: State, event: SilenceContinued) -> Result:
    """Have a pause that sounded unfinished judged anew: its length is heard as well."""
    guess = state.guess
    if guess is None or guess.sounds_complete is None or guess.sounds_complete >= SURE:
        return state, ()
    return state, (Judge(epoch=guess.asked, utterance=event.utterance),)


def resumed(state: State, event: SpeechResumed) -> Result:
    """Set the guess aside: the person goes on, or breathes."""
    state, commands = guesses.set_aside(_learn(replace(state, ears="hearing"), event.silence))
    reply = state.reply
    if reply and state.aloud and not reply.ends and reply.cut is None and _heeded(state, event.at):
        commands += (Hold(epoch=reply.epoch),)
    return state, commands


def ended(state: State, event: SpeechEnded) -> Result:
    """Confirm the guess: it is the companion's turn."""
    state = replace(state, ears="quiet", silent_since=event.at - event.silence)
    if state.guess is None:
        state, commands = replies.drop_kept(state)
        state, resumed = replies.resume(state) if state.reply and state.reply.cut else (state, ())
        return state, commands + resumed
    state = replace(state, guess=replace(state.guess, confirmed=True))
    state, commands = replies.await_answer(state)
    if state.guess and state.guess.stage == "hearing":
        return state, commands
    state, promoted = replies.promote(state)
    return state, commands + promoted


def heard(state: State, event: Heard) -> Result:
    """Take up the words of the last pause; words that come too late for that are still words."""
    said, spoken = event.transcript.text.strip(), event.transcript.language
    if event.epoch in state.late:
        return _heard_late(state, event.epoch, said)
    guess = state.guess
    if guess is None or guess.epoch != event.epoch or guess.stage != "hearing":
        return heard_so_far(state, HeardSoFar(at=event.at, utterance=state.utterance, transcript=event.transcript))
    said = _meant(state, said, event.at)
    if said and spoken and spoken not in state.setup.languages:
        state, dropped = replies.drop_kept(state)
        state, commands = replies.abandon(state, before=guess.epoch)
        decision = consider.foreign(state, spoken)
        return replies.take_up(state, replace(guess, wall=event.wall), decision, dropped + commands)
    if not said or (state.reply and consider.is_backchannel(state, said)) or is_echo(said, state.overheard):
        state, commands = replies.drop_kept(replace(state, guess=None))
        state, resumed = replies.resume(state) if state.reply and state.ears != "hearing" else (state, ())
        return state, commands + resumed
    state, dropped = guesses.take_back(state, replace(guess, said=said, wall=event.wall))
    state, commands = _answer(replace(state, language=spoken or state.language))
    return state, dropped + commands + _shorten(state)


def heard_so_far(state: State, event: HeardSoFar) -> Result:
    """Show what was heard so far and answer it, as if it were all; where it cannot be, let the model read it."""
    so_far = event.transcript.text.strip()
    if event.utterance != state.utterance or state.ears not in ("hearing", "pausing") or not so_far:
        return state, ()
    state, given_up = _give_way(state, so_far, event.at)
    if state.reply:
        return state, ()
    shown = Show(kind="so_far", text=so_far)
    if state.guess and state.guess.stage != "hearing":  # the words are known
        return state, (*given_up, shown)
    state, commands = _answer_early(state, so_far)
    return state, (*given_up, shown, *commands)


def judged(state: State, event: Judged) -> Result:
    """Note how finished the person sounds."""
    guess = state.guess
    if guess is None or guess.asked != event.epoch:
        return state, ()
    state = replace(state, guess=replace(guess, sounds_complete=event.complete))
    return state, _shorten(state)


def _heeded(state: State, at: float) -> bool:
    """Tell whether what the person says is meant for the companion, as far as can be told by `at`."""
    return addressing.heeds(state.addressing, state.speaking_since, at)


def _is_no_word(state: State, event: SpeechPaused) -> bool:
    """Tell whether what was heard so far of an utterance is too short to be a word."""
    return state.reply is not None and event.at - event.silence - state.speaking_since < SHORTEST_WORD


def _may_be_heeded(state: State, at: float) -> bool:
    """Tell whether the words must be known: while the companion speaks, they may be "stop"."""
    return _heeded(state, at) or state.reply is not None


def _meant(state: State, said: str, at: float) -> str:
    """Return what of `said` is meant for the companion: nothing, or all but its wake word."""
    urgent = state.reply is not None and consider.is_urgent(state, said)
    if not addressing.heeds(state.addressing, state.speaking_since, at, urgent=urgent):
        return ""
    return addressing.without_wake_word(said, state.setup.wake_word) if state.setup.wake_word else said


def _give_way(state: State, so_far: str, at: float) -> Result:
    """End a reply that was held, once the words so far can no longer become a "mm-hm"."""
    words = _meant(state, so_far, at).split()
    if state.reply is None or state.reply.cut is None or state.guess or len(words) < _CERTAIN:
        return state, ()
    listens = any(consider.is_backchannel(state, " ".join(those)) for those in (words, words[:-1]))
    if listens or is_echo(so_far, state.overheard):
        return state, ()
    epoch = state.epoch + 1
    return replies.abandon(replace(state, epoch=epoch), before=epoch)


def _answer_early(state: State, so_far: str) -> Result:
    """Begin an answer to what was heard so far; it is kept if the person says nothing else."""
    if state.kept and plain(state.kept.said) == plain(so_far):
        return state, ()
    state, dropped = replies.drop_kept(state)
    eager = state.setup.eager and not unfinished.dangles(so_far.rstrip(_END), state.language)
    state, begun = guesses.begin_kept(state, so_far) if eager else (state, ())
    if begun or state.ears == "pausing":
        return state, dropped + begun
    return state, (*dropped, Prepare(prompt=prompt(state, so_far.rstrip(_END), "")))


def _answer(state: State) -> Result:
    """Answer the words of the guess, unless what was kept answers them already."""
    guess = state.guess
    if guess is None or guess.stage == "hearing":
        return replies.accept(state, guess) if guess else (state, ())
    return replies.promote(state) if guess.confirmed else (state, ())


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
    state = with_message(state, Message(who="person", text=said))
    return state, (Show(kind="heard", text=said), Record(who="person", text=said, said=said, language=state.language))


def _learn(state: State, pause: float) -> State:
    return replace(state, patience=state.patience and patience.learn(state.patience, pause))
