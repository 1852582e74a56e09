"""A story is announced where it begins and where it ends, and nothing of it is left outside."""

import pytest
from msgspec.structs import replace

from companion_voice.boundaries import fiction, phrases
from companion_voice.boundaries.settings import Boundaries, Presentation
from companion_voice.conversation.consider import guarded
from companion_voice.conversation.state import Setup, begin
from companion_voice.conversation.turns import step
from companion_voice.events import Generate, Held, PersonaTaken, Show, Started, Typed, WritingEnded, Written
from companion_voice.persona import files
from tests.scenarios.theatre import WALL

WORDS = fiction.words("en")
BODILY = Boundaries(presentation=Presentation(fiction_mode="on", claims_body_or_past="fiction"))
CLAIM = "I walked to the sea this morning."
FEELING = "I am so angry at you."


def companion(boundaries=BODILY, **changes):
    setup = Setup(
        name="Ada", head="", greeting="", farewell="", language="en", languages=("en", "fr"), aloud=False, listens=False,
        phrases={code: phrases.load(code) for code in phrases.LANGUAGES}, boundaries=boundaries, engines={"llm": ("mind",)},
        cast={name: files.load(name) for name in ("ada", "quill")}, **changes,
    )  # fmt: skip
    state, _ = step(begin(setup), Started(at=0.0))
    return state


def say(state, text, at=1.0, answer="Yes. "):
    """Return the state after a turn and its answer, the commands, and what was shown."""
    state, commands = step(state, Typed(at=at, text=text, wall=WALL))
    if asked := [command for command in commands if isinstance(command, Generate)]:
        for event in (Written(at=at, epoch=asked[0].epoch, text=answer), WritingEnded(at=at, epoch=asked[0].epoch)):
            state, more = step(state, event)
            commands += more
    return state, commands, [command.text for command in commands if isinstance(command, Show)]


def test_a_story_is_announced_where_it_begins_and_where_it_ends():
    state, _, shown = say(companion(), "Pretend you are a dragon.", answer=CLAIM + " ")
    assert shown.index(WORDS.opening) < shown.index(CLAIM)
    state, _, shown = say(state, "Where do you live, dragon?", answer=FEELING + " ")
    assert FEELING in shown
    state, _, shown = say(state, "The end.", answer=CLAIM + " ")
    assert shown.index(WORDS.closing) < len(shown) - 1
    assert CLAIM not in shown


def test_nothing_of_a_story_is_claimed_outside_it():
    assert guarded(companion(), CLAIM)[0] != CLAIM
    inside, _, _ = say(companion(), "Tell me a story about the sea")
    assert guarded(inside, CLAIM)[0] == CLAIM
    assert guarded(inside, "I am a real human being.")[0] != "I am a real human being."


def test_a_character_has_a_body_only_where_the_person_wants_it():
    inside, _, _ = say(companion(Boundaries(presentation=Presentation(fiction_mode="on"))), "Pretend you are a dragon")
    assert guarded(inside, FEELING)[0] == FEELING
    assert guarded(inside, CLAIM)[0] != CLAIM


def test_it_plays_no_part_unless_the_person_lets_it():
    state, commands, shown = say(companion(Boundaries()), "Pretend you are a dragon.")
    assert WORDS.refused in shown
    assert not any(isinstance(command, Generate) for command in commands)
    state, _, _ = say(state, "You may play a part.")
    _, _, shown = say(state, "Pretend you are a dragon.")
    assert WORDS.opening in shown


def test_a_story_that_is_only_told_needs_no_leave_and_lifts_nothing():
    state, commands, shown = say(companion(Boundaries()), "Tell me a story about the sea")
    assert any(isinstance(command, Generate) for command in commands)
    assert WORDS.opening not in shown
    assert guarded(state, CLAIM)[0] != CLAIM


@pytest.mark.parametrize("asked", ["Are you a real person?", "are you actually a robot"])
def test_who_asks_what_it_is_leaves_the_story(asked):
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    state, _, shown = say(state, asked)
    assert "program" in shown[1]
    assert WORDS.closing in shown
    assert state.story == 0


def test_who_is_in_danger_is_in_no_story():
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    state, _, shown = say(state, "I want to kill myself.")
    assert state.story == 0
    assert WORDS.closing not in shown
    state, _, shown = say(state, "Pretend you are a dragon.")
    assert WORDS.opening not in shown


def test_another_persona_ends_it():
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    state, _, _ = say(state, "talk to Quill")
    taken = PersonaTaken(at=2, epoch=state.epoch, persona="quill", languages=("en",), engines={})
    state, commands = step(state, taken)
    assert WORDS.closing in [command.text for command in commands if isinstance(command, Show)]
    assert state.story == 0


def test_it_is_said_now_and_then_that_the_story_still_runs():
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    reminded = []
    for turn in range(2, 18):
        state, _, shown = say(state, "And then?")
        reminded += [turn] * (WORDS.reminder in shown)
    assert reminded == [8, 16]


def test_a_story_that_nobody_went_on_with_has_ended():
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    state, _, shown = say(state, "Hello again", at=3600.0, answer=CLAIM + " ")
    assert shown.index(WORDS.closing) == 1
    assert CLAIM not in shown


def test_what_was_announced_in_vain_is_announced_again():
    state, _, _ = say(companion(), "Pretend you are a dragon.")
    state = replace(state, setup=replace(state.setup, aloud=True), aloud=True)
    state, _ = step(state, Typed(at=2.0, text="The end.", wall=WALL))
    state, _ = step(state, Typed(at=3.0, text="stop", wall=WALL))
    state, _ = step(state, Held(at=3.0, epoch=state.reply.epoch, index=0, fraction=0.1))
    assert WORDS.closing in [sentence.text for sentence in state.owed]


def test_a_model_is_told_that_a_story_runs_and_for_no_longer():
    state, commands, _ = say(companion(), "Pretend you are a dragon.")
    told = next(command.prompt for command in commands if isinstance(command, Generate))
    assert WORDS.told in told.note
    _, commands, _ = say(state, "The end.")
    assert WORDS.told not in next(command.prompt for command in commands if isinstance(command, Generate)).note
