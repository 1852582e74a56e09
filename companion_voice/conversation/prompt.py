"""The prompt of one reply. Pure; knows no model.

The head never changes and history is only ever added to, so that a model can keep what it has computed. What memory
holds comes last, fenced and dated, as quotations.
"""

from collections.abc import Sequence

from companion_voice.boundaries.phrases import Phrases
from companion_voice.conversation.state import State
from companion_voice.events import Message, Prompt, Quotation

LONGEST_HISTORY = 400
"""Turns a prompt may carry; the engine leaves out what its own context cannot hold."""
STRIDE = 100
"""Turns left out at once when there are more: dropping them one by one would change the beginning on every turn."""
LONGEST_QUOTATION = 300
"""Characters of a quotation that a model is shown."""


def prepared(state: State) -> Prompt:
    """Return what the next prompt will begin with."""
    return _prompt(state, state.history, "")


def prompt(state: State, said: str, wall: str, recalled: Sequence[Quotation] = (), *, note: str = "") -> Prompt:
    """Return what a model needs to answer `said`, spoken at local wall time `wall`."""
    messages = state.history
    if not messages or messages[-1] != Message(who="person", text=said):
        messages = (*messages, Message(who="person", text=said))
    return _prompt(state, messages, wall, tuple(recalled), note)


def fenced(recalled: Sequence[Quotation], phrases: Phrases, *, sure: bool) -> str:
    """Return what is remembered as a model is shown it."""
    if not recalled:
        return "" if sure else phrases.not_remembered
    lines = (_line(quotation, phrases) for quotation in recalled)
    known = phrases.recalled.format(quotations="\n".join(lines))
    return known if sure else f"{known}\n{phrases.not_remembered}"


def _line(quotation: Quotation, phrases: Phrases) -> str:
    text = " ".join(quotation.text.split())[:LONGEST_QUOTATION]
    return phrases.quotation.format(day=quotation.time[:10], who=phrases.who[quotation.who], text=text)


def _prompt(
    state: State, messages: tuple[Message, ...], wall: str, recalled: tuple[Quotation, ...] = (), note: str = ""
) -> Prompt:
    return Prompt(
        head=state.setup.plain_head if state.crisis.active else state.setup.head,
        messages=_recent(messages),
        name=state.setup.name,
        language=state.language,
        now=wall,
        recalled=recalled,
        note=note,
    )


def _recent(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    over = max(0, len(messages) - LONGEST_HISTORY)
    return messages[-(-over // STRIDE) * STRIDE :]
