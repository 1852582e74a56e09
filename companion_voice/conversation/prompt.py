"""The prompt of one reply. Pure; knows no model.

The head never changes and history is only ever added to, so that a model can keep what it has computed.
"""

from companion_voice.conversation.state import State
from companion_voice.events import Message, Prompt

LONGEST_HISTORY = 400
"""Turns a prompt may carry; the engine leaves out what its own context cannot hold."""
STRIDE = 100
"""Turns left out at once when there are more: dropping them one by one would change the beginning on every turn."""


def prepared(state: State) -> Prompt:
    """Return what the next prompt will begin with."""
    return Prompt(
        head=state.setup.head,
        messages=_recent(state.history),
        name=state.setup.name,
        language=state.language,
        now="",
    )


def prompt(state: State, said: str, wall: str) -> Prompt:
    """Return what a model needs to answer `said`, spoken at local wall time `wall`."""
    messages = state.history
    if not messages or messages[-1] != Message(who="person", text=said):
        messages = (*messages, Message(who="person", text=said))
    return Prompt(
        head=state.setup.head,
        messages=_recent(messages),
        name=state.setup.name,
        language=state.language,
        now=wall,
    )


def _recent(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    over = max(0, len(messages) - LONGEST_HISTORY)
    return messages[-(-over // STRIDE) * STRIDE :]
