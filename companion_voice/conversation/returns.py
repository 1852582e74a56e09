"""What the other rooms send back to a reply that waits for it: memory, another persona, what grew. Pure.

What comes too late, for a reply that was given up, changes what is known and says nothing.
"""

from msgspec.structs import replace

from companion_voice.conversation import casting, consider, growth, replies, stories
from companion_voice.conversation.prompt import fenced, prepared, prompt
from companion_voice.conversation.state import Result, Sentence, State
from companion_voice.events import (
    ChangeProposed,
    Generate,
    Meet,
    MemoryAnswered,
    Message,
    PersonaGrown,
    PersonaRefused,
    PersonaTaken,
    Prepare,
    Recalled,
    Show,
)


def recalled(state: State, event: Recalled) -> Result:
    """Let the model answer with what memory holds."""
    reply = replies.by_epoch(state, event.epoch)
    if reply is None or reply.stage != "recalling":
        return state, ()
    note = fenced(event.items, state.phrases, sure=event.sure or not event.items)
    asked = prompt(state, reply.said, reply.wall, event.items, note=note)
    return replies.put(state, replace(reply, stage="writing")), (Generate(epoch=reply.epoch, prompt=asked),)


def memory_answered(state: State, event: MemoryAnswered) -> Result:
    """Say what memory did, or what it asks; forget here as well what it forgot."""
    if event.operation in ("forget", "correct"):
        state = replace(state, noted=())
    if event.forgot:
        state = replace(state, history=())
    if event.put_right:
        state = replace(state, history=_put_right(state.history, dict(event.put_right)))
    reply = replies.by_epoch(state, event.epoch)
    if reply is None or reply.stage != "recalling":
        return state, ()
    said, commands = replies.say(state, reply, (Sentence(event.text, kind="memory"),))
    state = replace(replies.put(state, replace(said, stage="written")), confirming=event.asks, quoting=True)
    if event.forgot:  # the model has computed what is gone; this takes its place
        commands += (Prepare(prompt=prepared(state)),)
    return state, commands


def persona_taken(state: State, event: PersonaTaken) -> Result:
    """Let another persona go on: it is said who speaks, and that it is the same program."""
    state, commands = casting.take_over(state, event)
    taken = casting.words(state.language).taken.format(name=state.setup.name)
    ended = (stories.closing(state),) if state.story else ()
    state = replace(state, story=0)
    said = (*ended, Sentence(taken, kind="identity"), Sentence(consider.greeting(state)))
    state, spoken = _answered(state, event.epoch, said)
    return state, (*commands, Meet(persona=event.persona), *spoken, Prepare(prompt=prepared(state)))


def persona_refused(state: State, event: PersonaRefused) -> Result:
    """Say why another persona cannot take over."""
    name = state.setup.cast[event.persona].name
    text = casting.words(state.language).refused.format(name=name, reason=event.reason)
    state, spoken = _answered(state, event.epoch, (Sentence(text, kind="notice"),))
    return state, (Show(kind="notice", text=text), *spoken)


def persona_grown(state: State, event: PersonaGrown) -> Result:
    """Speak as the persona has grown, and let the model read that."""
    after = growth.grown(state, event)
    if after.setup.head == state.setup.head:
        return after, ()
    return after, (Prepare(prompt=prepared(after)),)


def change_proposed(state: State, event: ChangeProposed) -> Result:
    """Ask about a change as soon as it is quiet."""
    state, asked = growth.question(growth.proposed(state, event))
    return replies.volunteer(state, (asked,)) if asked else (state, ())


def _answered(state: State, epoch: int, said: tuple[Sentence, ...]) -> Result:
    """End with `said` the reply that waited, if it still does."""
    reply = replies.by_epoch(state, epoch)
    if reply is None or reply.stage != "recalling":
        return state, ()
    reply, commands = replies.say(state, reply, said)
    return replies.put(state, replace(reply, stage="written")), commands


def _put_right(history: tuple[Message, ...], right: dict[str, str]) -> tuple[Message, ...]:
    """Return what was said as the person now says that it should be, so that no model goes by what was wrong."""
    return tuple(replace(one, text=right.get(one.text, one.text)) if one.who == "person" else one for one in history)
