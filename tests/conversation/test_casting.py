"""Who is asked for, and what changes when another persona takes over."""

import pytest
from msgspec.structs import replace

from companion_voice.boundaries import phrases
from companion_voice.conversation import casting
from companion_voice.conversation.state import Setup, begin
from companion_voice.conversation.turns import step
from companion_voice.events import Become, Meet, Message, PersonaRefused, PersonaTaken, Prepare, StartEngine, Typed
from companion_voice.persona import files
from tests.scenarios.theatre import WALL

ASKED = [
    ("en", "Talk to Colette, please.", "colette"), ("en", "Can I talk to quill?", "quill"),
    ("en", "switch to Basil", "basile"), ("en", "I'd like to speak with Collette instead", "colette"),
    ("en", "switch back to Ada", "ada"), ("en", "get me Quill", "quill"), ("fr", "Je veux parler à Colette.", "colette"),
    ("fr", "passe-moi Ada", "ada"), ("fr", "j'aimerais parler avec Basile s'il te plaît", "basile"),
    ("fr", "change pour Quill", "quill"),
]  # fmt: skip
TALK = [
    ("en", "I want to talk to my sister"), ("en", "switch to the other train"), ("en", "Ada is a nice name"),
    ("en", "be quiet"), ("en", "I talked to Colette yesterday"), ("en", "can I talk to you about something?"),
    ("fr", "je veux parler à ma mère"), ("fr", "Colette est un joli prénom"), ("fr", "passe-moi le sel"),
]  # fmt: skip


def state(language="en", persona="ada"):
    cast = {name: files.load(name) for name in ("ada", "basile", "colette", "plain", "quill")}
    setup = Setup(
        name="", head="", greeting="", farewell="", language=language, languages=("en", "fr"), cast=cast, aloud=False,
        phrases={code: phrases.load(code) for code in phrases.LANGUAGES}, listens=False, engines={"llm": ("mind",)},
    )  # fmt: skip
    return replace(begin(casting.played(setup, persona, ("en", "fr"))), language=language)


@pytest.mark.parametrize(("language", "said", "persona"), ASKED)
def test_somebody_is_asked_for_by_name(language, said, persona):
    assert casting.asked_for(state(language), said) == persona


@pytest.mark.parametrize(("language", "said"), TALK)
def test_talk_about_people_asks_for_nobody(language, said):
    assert casting.asked_for(state(language), said) == ""


def after(one, *events):
    commands = ()
    for event in events:
        one, commands = step(one, event)
    return one, commands


def test_another_persona_goes_on_with_its_own_head_history_and_voice():
    before, asked = after(state(), Typed(at=1, text="talk to Colette", wall=WALL))
    (become,) = [command for command in asked if isinstance(command, Become)]
    taken = PersonaTaken(at=2, epoch=become.epoch, persona="colette", languages=("fr",), engines={"tts": ("voice",)})
    now, commands = after(before, taken)
    assert now.setup.name == "Colette"
    assert now.setup.head != before.setup.head
    assert now.language == "fr"
    assert now.history == (Message(who="companion", text=now.history[0].text),)
    assert "Colette" in now.history[0].text
    assert {type(command) for command in commands} >= {Meet, Prepare, StartEngine}
    back = replace(taken, persona="ada", languages=("en",), epoch=0)
    again, _ = after(now, back)
    assert Message(who="person", text="talk to Colette") in again.history


def test_it_is_said_that_it_is_the_same_program():
    before, _ = after(state(), Typed(at=1, text="talk to Colette", wall=WALL))
    taken = PersonaTaken(at=2, epoch=before.epoch, persona="colette", languages=("fr",), engines={})
    now, _ = after(before, taken)
    assert "même programme" in now.history[0].text


def test_a_persona_that_cannot_be_had_changes_nothing():
    before, _ = after(state(), Typed(at=1, text="talk to Colette", wall=WALL))
    now, commands = after(before, PersonaRefused(at=2, epoch=before.epoch, persona="colette", reason="No French here."))
    assert now.setup == before.setup
    assert any("No French here." in getattr(command, "text", "") for command in commands)


def test_who_is_there_already_is_not_begun_anew():
    now, commands = after(state(), Typed(at=1, text="talk to Ada", wall=WALL))
    assert not any(isinstance(command, Become) for command in commands)
    assert now.setup.name == "Ada"


def test_what_was_disclosed_and_what_is_set_hold_for_every_persona():
    before = replace(state(), boundaries=replace(state().boundaries, terms_to_avoid=("dear",)))
    before, _ = after(before, Typed(at=1, text="talk to Colette", wall=WALL))
    now, _ = after(before, PersonaTaken(at=2, epoch=before.epoch, persona="colette", languages=("fr",), engines={}))
    assert (now.boundaries, now.disclosures) == (before.boundaries, before.disclosures)
