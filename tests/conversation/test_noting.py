"""What is newly remembered is told at once, at the end, or never."""

import pytest

from companion_voice.boundaries import phrases
from companion_voice.boundaries.settings import Boundaries, Memory
from companion_voice.conversation.state import Setup, begin
from companion_voice.conversation.turns import step
from companion_voice.events import End, MemoryAnswered, Noted, Show, Started, StopRequested, Typed
from tests.scenarios.theatre import WALL

TOLD = "New in my memory: your sister is called Ann."
NEWS = Noted(at=1.0, facts=("your sister is called Ann",))


def shown(announce, *events):
    setup = Setup(
        name="Ada", head="", greeting="", farewell="", language="en", languages=("en",), aloud=False, listens=False,
        phrases={code: phrases.load(code) for code in phrases.LANGUAGES}, engines={"llm": ("mind",)}, remembers=True,
        boundaries=Boundaries(memory=Memory(announce_new=announce)),
    )  # fmt: skip
    state, commands = begin(setup), []
    for event in (Started(at=0.0), *events):
        state, more = step(state, event)
        commands.append([c.text if isinstance(c, Show) else c for c in more if isinstance(c, Show | End)])
    return commands


@pytest.mark.parametrize(
    ("announce", "when"), [("at_once", [True, False]), ("end_of_session", [False, True]), ("never", [False, False])]
)
def test_what_is_new_is_told_when_the_person_wants_it(announce, when):
    _, at_once, at_the_end = shown(announce, NEWS, StopRequested(at=2.0))
    assert [TOLD in at_once, TOLD in at_the_end] == when


def test_a_goodbye_stays_one_sentence_and_what_is_new_is_only_shown_after_it():
    *_, left = shown("end_of_session", NEWS, NEWS, Typed(at=2.0, text="goodbye", wall=WALL))
    assert left[-1] == End(reason="goodbye")
    assert left.count(TOLD) == 1


def test_what_was_forgotten_meanwhile_is_not_told():
    forgot = MemoryAnswered(at=2.0, epoch=0, text="Done.", operation="forget", forgot=True)
    assert TOLD not in shown("end_of_session", NEWS, forgot, StopRequested(at=3.0))[-1]
