"""When a change of the persona is looked for, asked about and decided."""

import msgspec
import pytest
from msgspec.structs import replace

from companion_voice.boundaries.crisis import State as Crisis
from companion_voice.conversation.growth import REST
from companion_voice.conversation.turns import step
from companion_voice.events import (
    ChangeProposed,
    ConsiderChange,
    DecideChange,
    PersonaGrown,
    Prepare,
    Typed,
    WritingEnded,
    Written,
)
from companion_voice.persona.evolution.changes import Grown
from companion_voice.persona.evolution.proposals import Proposal
from tests.conversation.test_casting import after, state
from tests.scenarios.theatre import WALL

SHORTER = msgspec.to_builtins(
    Proposal(
        kind="trait", key="verbosity", old=0.5, new=0.45, reason="asked_shorter", evidence=("t1",), clear=True,
        decision="ask",
    )
)  # fmt: skip
PROPOSED = ChangeProposed(at=3, persona="ada", proposal=SHORTER)


def talking():
    one = state()
    return replace(one, setup=replace(one.setup, remembers=True))


def answered(one, said, reply):
    """Return a state in which the model answered with `reply`, and all that was commanded on the way."""
    one, first = after(one, Typed(at=1, text=said, wall=WALL))
    one = replace(one, reply=one.reply and replace(one.reply, stage="writing"))
    one, second = after(one, Written(at=2, epoch=one.reply.epoch, text=reply))
    one, third = after(one, WritingEnded(at=2, epoch=one.reply.epoch, prompt_tokens=1, cached_tokens=1))
    return one, (*first, *second, *third)


@pytest.mark.parametrize(("said", "is_looked_for"), [("please be shorter", True), ("it rained all day", False)])
def test_a_change_is_looked_for_where_the_person_gives_a_reason(said, is_looked_for):
    _, commands = answered(talking(), said, "All right.")
    assert any(isinstance(command, ConsiderChange) for command in commands) == is_looked_for


def test_a_persona_that_may_not_change_is_never_considered():
    one = talking()
    still = replace(one.setup.persona, evolution=replace(one.setup.persona.evolution, mode="off"))
    _, commands = answered(replace(one, setup=replace(one.setup, persona=still)), "please be shorter", "All right.")
    assert not any(isinstance(command, ConsiderChange) for command in commands)


@pytest.mark.parametrize(("said", "kept"), [("yes", True), ("okay", True), ("why not", True), ("no", False)])
def test_a_change_is_asked_about_and_decided_by_the_person(said, kept):
    one, _ = after(talking(), PROPOSED)
    assert "shorter" in one.history[-1].text
    one, commands = after(one, Typed(at=4, text=said, wall=WALL))
    assert DecideChange(persona="ada", proposal=SHORTER, kept=kept) in commands
    assert one.deciding is None


def test_whoever_talks_of_something_else_has_decided_nothing():
    one, _ = after(talking(), PROPOSED)
    one, first = after(one, Typed(at=4, text="what a day", wall=WALL))
    one, second = after(one, Typed(at=5, text="yes", wall=WALL))
    assert not any(isinstance(command, DecideChange) for command in (*first, *second))


def test_nobody_is_asked_again_at_once():
    one, _ = after(talking(), PROPOSED)
    one, _ = after(one, Typed(at=4, text="no", wall=WALL))
    before = len(one.history)
    one, _ = after(one, PROPOSED)
    assert len(one.history) == before
    assert one.proposed == SHORTER
    assert REST > 1


def test_nobody_in_danger_is_asked():
    one = replace(talking(), crisis=Crisis(sign="ideation"))
    assert one.crisis.active
    assert after(one, PROPOSED)[0].deciding is None


def test_another_persona_is_not_asked_about():
    one, commands = step(talking(), replace(PROPOSED, persona="quill"))
    assert (one.proposed, one.deciding, commands) == (None, None, ())


def test_what_a_persona_has_become_is_its_head_from_then_on():
    one = talking()
    grown = Grown(traits={name: one.setup.persona.traits.of(name).baseline for name in
                          ("warmth", "humour", "verbosity", "formality", "curiosity", "doubt")})  # fmt: skip
    less = replace(grown, traits=grown.traits | {"verbosity": 0.0})
    same, nothing = after(one, PersonaGrown(at=1, persona="ada", grown=msgspec.to_builtins(grown)))
    assert (same.setup.head, nothing) == (one.setup.head, ())
    now, commands = after(one, PersonaGrown(at=1, persona="ada", grown=msgspec.to_builtins(less)))
    assert now.setup.head != one.setup.head
    assert [command.prompt.head.startswith(now.setup.head) for command in commands if isinstance(command, Prepare)] == [
        True
    ]
    assert now.setup.cast == one.setup.cast
