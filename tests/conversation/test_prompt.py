from itertools import pairwise

from msgspec.structs import replace

from companion_voice.conversation.prompt import LONGEST_HISTORY, MOST_KEPT, STRIDE, prepared, prompt, with_message
from companion_voice.conversation.state import begin
from companion_voice.events import Message
from companion_voice.persona import files
from companion_voice.persona.cards.lorebook import Budget, Lore
from tests.scenarios.theatre import WALL, setup


def state_after(turns: int):
    """Return the state after so many turns, by both in alternation."""
    whos = ("person", "companion")
    history = tuple(Message(who=whos[i % 2], text=f"turn {i}") for i in range(turns))
    return replace(begin(setup()), history=history)


def test_the_head_is_the_same_on_every_turn():
    (head,) = {prompt(state_after(turns), "hello", WALL).head for turns in range(0, 900, 30)}
    assert head.splitlines()[0] == "You are Ada."


def test_the_head_says_how_the_person_wants_to_be_spoken_with():
    state = state_after(0)
    wished = replace(state, boundaries=replace(state.boundaries, humour="none"))
    assert "You make no jokes." not in prompt(state, "hello", WALL).head
    assert "You make no jokes." in prompt(wished, "hello", WALL).head


def test_what_is_prepared_is_the_beginning_of_the_prompt():
    for turns in range(0, 400, 2):
        state = state_after(turns)
        before, whole = prepared(state).messages, prompt(state, "hello", WALL).messages
        assert whole[: len(before)] == before
        assert whole[-1] == Message(who="person", text="hello")


def test_a_long_history_is_shortened_seldom_and_never_too_little():
    beginnings = [prompt(state_after(turns), "hello", WALL).messages[0] for turns in range(2, 1200, 2)]
    changes = sum(a != b for a, b in pairwise(beginnings))
    assert changes <= 1200 // STRIDE
    assert all(len(prompt(state_after(turns), "x", WALL).messages) <= LONGEST_HISTORY for turns in range(0, 1200, 7))


def test_what_is_let_go_of_a_long_history_changes_no_prompt():
    state = state_after(0)
    for turns in range(1, 1200):
        state = with_message(state, Message(who=("companion", "person")[turns % 2], text=f"turn {turns - 1}"))
        if turns % 37 == 0:
            assert prompt(state, "hello", WALL) == prompt(state_after(turns), "hello", WALL)
        assert len(state.history) <= MOST_KEPT
    assert state.forgone + sum(one.who == "person" for one in state.history) == 600


def test_the_line_that_brings_the_persona_back_is_prepared_before_the_person_speaks():
    reminded = []
    for turns in range(0, 40, 2):
        state = state_after(turns)
        state = replace(state, setup=replace(state.setup, persona=files.load("ada")))
        reminded.append(prompt(state, "hello", WALL).reminder)
        assert prepared(state).reminder == reminded[-1]
    assert [bool(line) for line in reminded] == [False, False, False, True] * 5


def test_a_lorebook_is_brought_up_within_its_conditions():
    lore = (
        Lore("The harbour closes at six.", keys=("harbour",), depth=1),
        Lore("The keeper is deaf.", keys=("keeper",), also=(("harbour",),)),
    )
    one = state_after(0)
    setup = replace(one.setup, persona=files.load("ada"), key="sea", books={"sea": (lore, Budget())})
    one = replace(one, setup=setup)
    assert "closes at six" in prompt(one, "Where is the harbour?", WALL).note
    assert "deaf" not in prompt(one, "Who is the keeper?", WALL).note
    assert "deaf" in prompt(one, "Who is the harbour keeper?", WALL).note
    later = replace(one, history=(Message(who="person", text="the harbour"), Message(who="companion", text="Yes.")))
    assert "closes at six" not in prompt(later, "And then?", WALL).note
