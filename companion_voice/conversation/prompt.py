"""The prompt of one reply. Pure; knows no model.

The head never changes and history is only ever added to, so that a model can keep what it has computed. Now and then a
line before the person's words brings the persona back. What memory holds comes last, fenced and dated, as quotations;
beside it stands what the persona knows of what was just said. While somebody may be in danger no persona is told of.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from companion_voice.boundaries import fiction
from companion_voice.boundaries import manner as wishes
from companion_voice.boundaries.phrases import Phrases
from companion_voice.conversation.state import State
from companion_voice.events import Manner, Message, Prompt, Quotation
from companion_voice.persona.cards.lorebook import active
from companion_voice.persona.head import brought_up, knowledge, manner, reminder
from companion_voice.persona.schema import Persona

LONGEST_HISTORY = 48
"""Turns a prompt may carry: every token of a long one costs time. What was said before, memory brings back."""
STRIDE = 24
"""Turns left out at once when there are more: dropping them one by one would change the beginning on every turn."""
MOST_KEPT = 20 * STRIDE
"""Turns that a conversation keeps: more than a prompt carries, so that the words of any book can be looked for."""
LONGEST_QUOTATION = 300
"""Characters of a quotation that a model is shown."""


def with_message(state: State, message: Message) -> State:
    """Note what was said; what no prompt can carry any more is let go, and every prompt begins where it would have."""
    history = (*state.history, message)
    if len(history) <= MOST_KEPT:
        return replace(state, history=history)
    gone = sum(one.who == "person" for one in history[:STRIDE])
    return replace(state, history=history[STRIDE:], forgone=state.forgone + gone)


def prepared(state: State) -> Prompt:
    """Return what the next prompt will begin with."""
    return _prompt(state, state.history, "")


def prompt(state: State, said: str, wall: str, recalled: Sequence[Quotation] = (), *, note: str = "") -> Prompt:
    """Return what a model needs to answer `said`, spoken at local wall time `wall`."""
    messages = state.history
    if not messages or messages[-1] != Message(who="person", text=said):
        messages = (*messages, Message(who="person", text=said))
    return replace(
        _prompt(state, messages, wall),
        recalled=tuple(recalled),
        note=_late(state, said, messages, note),
        manner=_manner(state, said, messages),
    )


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


def _late(state: State, said: str, messages: tuple[Message, ...], note: str) -> str:
    """Return what a model reads after the person's words: that a story runs, what it knows, what memory holds."""
    persona = state.setup.persona
    if state.crisis.active:
        return note
    part = fiction.words(state.language).told if state.story else ""
    known = _known(state, persona, said, messages) if persona else ()
    own = brought_up(persona, said, state.language, known=known) if persona else ""
    return "\n".join(filter(None, (part, own, note)))


def _reminder(state: State, messages: tuple[Message, ...]) -> str:
    """Return what brings the persona back in the person's turn that is to be answered, or that comes next."""
    persona = state.setup.persona
    if persona is None or state.crisis.active:
        return ""
    turns = sum(message.who == "person" for message in messages)
    return reminder(persona, turns + (_settled(messages) == len(messages)), state.language)


def _manner(state: State, said: str, messages: tuple[Message, ...]) -> Manner:
    persona = state.setup.persona
    if persona is None or state.crisis.active:
        return Manner()
    return manner(persona, said, known=_known(state, persona, said, messages))


def _known(state: State, persona: Persona, said: str, messages: tuple[Message, ...]) -> tuple[str, ...]:
    """Return what the persona knows that bears on what is talked about; a card's book has conditions of its own."""
    if state.setup.key not in state.setup.books:
        return knowledge(persona, said)
    entries, budget = state.setup.books[state.setup.key]
    return active([one for one in entries if one.keys], [message.text for message in messages], budget)


def _prompt(state: State, messages: tuple[Message, ...], wall: str) -> Prompt:
    return Prompt(
        head=state.setup.plain_head if state.crisis.active else _head(state),
        messages=_recent(messages),
        name=state.setup.name,
        language=state.language,
        now=wall,
        reminder=_reminder(state, messages),
    )


def _head(state: State) -> str:
    """Return the persona's head with how the person wants to be spoken with, which changes only when they say so."""
    return "\n".join(filter(None, (state.setup.head, " ".join(wishes.asked(state.boundaries, state.language)))))


def _recent(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the last turns; the words to be answered never decide where they begin, since they cannot wait."""
    over = max(0, _settled(messages) + 1 - LONGEST_HISTORY)
    return messages[-(-over // STRIDE) * STRIDE :]


def _settled(messages: tuple[Message, ...]) -> int:
    """Return how many messages stand before the words to be answered."""
    return len(messages) - (bool(messages) and messages[-1].who == "person")
