"""What is decided when the person commands by a key or another program instead of by word of mouth. Pure."""

from msgspec.structs import replace

from companion_voice.conversation import guesses, replies
from companion_voice.conversation.state import Result, State
from companion_voice.events import CloseMicrophone, Hold, OpenMicrophone, Show


def hush(state: State) -> Result:
    """Fall silent; first hold what is being said, to know how much of it was heard. A farewell is left to its end."""
    if state.reply and state.reply.ends:
        return state, ()
    if state.reply and state.aloud:
        return replace(state, hushing=True), (Hold(epoch=state.reply.epoch),)
    return hushed(state)


def hushed(state: State) -> Result:
    """Drop what was being said and what was about to be."""
    state, withdrawn = guesses.withdraw(replace(state, hushing=False))
    epoch = state.epoch + 1
    state, abandoned = replies.abandon(replace(state, epoch=epoch), before=epoch)
    return state, withdrawn + abandoned


def mute(state: State, *, muted: bool) -> Result:
    """Close the microphone, or open it again; words that were being spoken into it are dropped."""
    if muted == state.muted or not state.setup.listens:
        return state, ()
    if not muted:
        state, told = _indicated(replace(state, muted=False), state.phrases.microphone_on)
        return state, (OpenMicrophone(), *told)
    state = replace(state, muted=True, ears="closed", microphone_retry=None, ignored=state.utterance)
    state, withdrawn = guesses.withdraw(state)
    state, resumed = replies.resume(state)
    state, told = _indicated(state, state.phrases.microphone_off)
    return state, (*withdrawn, *resumed, CloseMicrophone(), *told)


def _indicated(state: State, text: str) -> Result:
    """Tell whether the microphone is open: aloud where the person wants to hear it, but not before they have spoken."""
    unaddressed = state.setup.waits and not state.history
    if state.boundaries.mic.indicator == "light" or unaddressed:
        return state, (Show(kind="notice", text=text),)
    return replies.announce(state, text)
