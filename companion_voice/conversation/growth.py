"""How a persona grows in a conversation: when a change is looked for, asked about, decided, and spoken with. Pure.

What a change is stands in `persona.evolution`; its history lies in memory.
"""

import msgspec
from msgspec.structs import replace

from companion_voice.conversation.casting import played
from companion_voice.conversation.state import Sentence, State
from companion_voice.conversation.when import moment
from companion_voice.events import AnyCommand, ChangeProposed, ConsiderChange, PersonaGrown
from companion_voice.persona.evolution import answers
from companion_voice.persona.evolution.changes import Grown
from companion_voice.persona.evolution.embodied import embodied
from companion_voice.persona.evolution.proposals import Proposal
from companion_voice.persona.evolution.signals import Said, opinion, signals

REST = 8
"""The person's turns between two questions about a change: nobody wants to be asked all the time."""


def grown(state: State, event: PersonaGrown) -> State:
    """Speak from now on as the persona has grown: its prompts have another head, once."""
    setup = state.setup
    if event.persona != setup.key or setup.persona is None:
        return state
    told = moment(state).day or setup.wall[:10]
    now = embodied(setup.cast[setup.key], msgspec.convert(event.grown, Grown), told, state.language)
    return replace(state, setup=played(setup, setup.key, setup.languages, now))


def noticed(state: State, said: str, reply: str) -> tuple[AnyCommand, ...]:
    """Have a change looked for, where the person's words or the answer to them give a reason."""
    persona = state.setup.persona
    if persona is None or persona.evolution.mode == "off" or not state.setup.remembers or not said:
        return ()
    turn = Said("", state.wall, said, state.language)
    if signals(turn, name=persona.name) or opinion(turn, reply, name=persona.name):
        return (ConsiderChange(persona=state.setup.key),)
    return ()


def proposed(state: State, event: ChangeProposed) -> State:
    """Note a change that is to be asked about."""
    return replace(state, proposed=event.proposal) if event.persona == state.setup.key else state


def question(state: State) -> tuple[State, Sentence | None]:
    """Return what asks about a change, where there is one, it is quiet, and the person was not asked lately."""
    turns = state.forgone + sum(message.who == "person" for message in state.history)
    lately = state.asked_after is not None and 0 <= turns - state.asked_after < REST  # a talk may have begun anew
    if state.proposed is None or lately or state.crisis.active or not state.resting:
        return state, None
    text = answers.asked(msgspec.convert(state.proposed, Proposal), state.language)
    state = replace(state, proposed=None, deciding=state.proposed, asked_after=turns)
    return state, Sentence(text, kind="memory")


def decided(state: State, *, kept: bool) -> Sentence:
    """Return what is said after a yes or a no."""
    return Sentence(answers.answered(state.language, kept=kept), kind="memory")
