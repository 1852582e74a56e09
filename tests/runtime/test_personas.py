"""Personas in a whole conversation: changing them, and how they change."""

import json

import pytest


def say(conversation, line):
    """Type a line and return the answer."""
    conversation.say(line)
    conversation.wait_for("heard", text=line)
    return conversation.wait_for("reply_sentence")["text"]


@pytest.fixture
def ada(talk):
    conversation = talk("--text", "--mute", "--lang", "auto", "--llm", "rules")
    conversation.wait_for("ready")
    return conversation


def test_the_personas_take_turns_and_each_goes_on_where_it_was(ada):
    say(ada, "my favourite fruit is the pear")
    assert "C'est maintenant Colette" in say(ada, "talk to Colette")
    assert say(ada, "tu es qui ?").startswith("Je m'appelle Colette")
    assert "Ada is speaking now" in say(ada, "repasse-moi Ada")
    assert say(ada, "who are you?").startswith("I am Ada")
    assert ada.finish() == 0


def test_a_change_is_asked_about_kept_shown_and_taken_back(ada, companion):
    ada.say("please be shorter")
    asked = ada.wait_for("reply_sentence", text="You asked me to be shorter. Shall I keep to that?")
    assert asked
    assert "keep to that" in say(ada, "yes")
    assert "shorter" in say(ada, "what changed about you?")
    assert ada.finish() == 0
    history = json.loads(companion("persona", "history", "ada", "--json").stdout)["changes"]
    assert [(one["kind"], one["key"], one["decided_by"]) for one in history] == [("trait", "verbosity", "person")]
    assert companion("persona", "rollback", "ada", "--to", "0").returncode == 0
    later = companion("talk", "--text", "--mute", "--llm", "rules", typed="what changed about you?\n")
    assert later.stdout.splitlines()[-1] == "Ada: Nothing has changed about me."


def test_a_persona_of_its_own_memory_knows_nothing_that_others_were_told(companion):
    told = companion("talk", "--text", "--mute", "--llm", "rules", typed="my dentist is called Amelia Marsh\n")
    assert told.returncode == 0
    question = "what is my dentist called?\n"
    ada = companion("talk", "--text", "--mute", "--llm", "rules", typed=question)
    plain = companion("talk", "--text", "--mute", "--llm", "rules", "--persona", "plain", typed=question)
    assert "Amelia" in ada.stdout
    assert "Amelia" not in plain.stdout
