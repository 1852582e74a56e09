"""Telling the person what is newly remembered: at once, when the conversation ends, or never. Pure.

At the end it is shown and not spoken: a goodbye is one sentence.
"""

from msgspec.structs import replace

from companion_voice.conversation import replies
from companion_voice.conversation.state import Result, State
from companion_voice.events import AnyCommand, Noted, Show


def noted(state: State, event: Noted) -> Result:
    """Tell what is new, or keep it for the end."""
    match state.boundaries.memory.announce_new:
        case "at_once":
            return replies.announce(state, _told(state, event.facts))
        case "end_of_session":
            return replace(state, noted=state.noted + event.facts), ()
        case "never":
            return state, ()


def at_the_end(state: State, commands: tuple[AnyCommand, ...]) -> tuple[AnyCommand, ...]:
    """Return what ends the conversation, with what is new shown last."""
    if not state.noted:
        return commands
    *before, end = commands
    return (*before, Show(kind="notice", text=_told(state, state.noted)), end)


def _told(state: State, facts: tuple[str, ...]) -> str:
    return state.phrases.memory_new.format(facts="; ".join(dict.fromkeys(facts)))
