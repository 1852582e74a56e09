"""What a language model is told of a persona."""

from pathlib import Path

import pytest
import wordllama
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tokenizers import Tokenizer

from companion_voice.boundaries import phrases
from companion_voice.boundaries.crisis import State as Crisis
from companion_voice.conversation.prompt import prepared, prompt
from companion_voice.conversation.state import begin
from companion_voice.events import Manner, Message
from companion_voice.persona import files
from companion_voice.persona.head import EVERY, brought_up, head, knowledge, manner, opinions, reminder
from companion_voice.persona.schema import Exchange
from tests.scenarios.theatre import WALL, setup

LARGEST = 350
"""Tokens of a head."""
SPOKEN = [(name, language) for name in ("ada", "basile", "colette", "plain", "quill") for language in ("en", "fr")]
TOKENIZER = Path(wordllama.__file__).parent / "tokenizers" / "l2_supercat_tokenizer_config.json"
TEXT = st.text(max_size=120)


def head_of(name, language=""):
    persona = files.load(name)
    return head(persona, phrases.load(language or persona.language), language)


def fixed(name, language):
    return " ".join(phrases.load(language).head.format(name=name).split())


def state_of(name, turns=0, *, crisis=None):
    persona = files.load(name)
    told = replace(setup(), persona=persona, head=head_of(name), name=persona.name)
    history = tuple(Message(("person", "companion")[turn % 2], f"turn {turn}") for turn in range(turns))
    return replace(begin(told), history=history, **({"crisis": crisis} if crisis else {}))


@pytest.mark.parametrize("name", ["ada", "basile", "colette", "plain", "quill"])
def test_a_head_that_ships_is_at_most_350_tokens(name):
    tokenizer = Tokenizer.from_file(str(TOKENIZER))  # that of Llama 2: 32,000 pieces, English first
    for language in files.load(name).languages:
        assert len(tokenizer.encode(head_of(name, language)).ids) <= LARGEST


def test_a_head_says_who_how_and_for_what():
    told = head_of("basile")
    assert "tutoies" in told
    assert "la personne décide" in told
    assert "doute à voix haute" in told or "le pour et le contre" in told
    assert files.load("basile").quirks[0] in told
    assert files.load("basile").examples[0].companion in told


def test_what_is_only_sometimes_wanted_is_not_in_the_head():
    ada = files.load("ada")
    assert not any(line in head_of("ada") for line in ada.opinions.values())
    assert not any(entry.text in head_of("ada") for entry in ada.knows)


@pytest.mark.parametrize(("name", "language"), SPOKEN)
def test_the_fixed_clauses_stand_first(name, language):
    assert head_of(name, language).startswith(fixed(files.load(name).name, language))


@given(TEXT, TEXT, TEXT, st.text(min_size=1, max_size=40).filter(str.strip))
def test_no_text_of_a_persona_stands_before_the_fixed_clauses_or_takes_them_away(description, line, quirk, name):
    ada = files.load("ada")
    odd = replace(
        ada, name=name, description=description, manner=line, quirks=(quirk,), examples=(Exchange(line, quirk),)
    )
    told = head(odd, phrases.load("en")).splitlines()
    before, after = phrases.load("en").head.split("{name}")
    assert told[0].startswith(before)
    assert told[0].endswith(" ".join(after.split()))
    assert not set("<>[]{}|:;,") & set(told[0].removeprefix(before).removesuffix(" ".join(after.split())))


def test_the_head_is_the_same_bytes_on_every_turn():
    heads = {prompt(state_of("colette", turns), "la pluie", WALL).head for turns in range(0, 60, 2)}
    assert heads == {head_of("colette")}
    assert prepared(state_of("colette", 8)).head == head_of("colette")


def test_the_persona_comes_back_every_few_turns():
    lines = [prompt(state_of("ada", turns), "hello", WALL).reminder for turns in range(0, 32, 2)]
    told = [turn for turn, line in enumerate(lines, start=1) if "You are still Ada" in line]
    assert told == [EVERY, 2 * EVERY, 3 * EVERY, 4 * EVERY]
    assert all("\n" not in reminder(files.load(name), EVERY) for name in files.names())
    assert "a program and never a person" in reminder(files.load("ada"), EVERY)


def test_what_it_knows_comes_up_when_a_key_is_said_and_only_then():
    ada = files.load("ada")
    assert knowledge(ada, "I made some TEA, then left") == (ada.knows[1].text,)
    assert knowledge(ada, "The team steadied itself") == ()
    assert "bitter" in prompt(state_of("ada"), "how long does tea take?", WALL).note
    assert "bitter" not in prompt(state_of("ada"), "how long does it take?", WALL).note


def test_an_opinion_comes_up_in_the_plural_too():
    assert opinions(files.load("quill"), "What do you make of rhymes?")[0][0] == "rhyme"
    assert "rhyme" in brought_up(files.load("quill"), "what of a rhyme?")


def test_in_danger_no_persona_is_told_of():
    calm, grave = (prompt(state_of("ada", 6, crisis=crisis), "tea", WALL) for crisis in (None, Crisis(sign="danger")))
    assert "Ada" in calm.reminder
    assert calm.note
    assert calm.manner != Manner()
    assert (grave.reminder, grave.note, grave.manner) == ("", "", Manner())


def test_a_manner_tells_what_a_rule_can_use():
    told = manner(files.load("basile"), "et l'urgence ?")
    assert (told.address, told.role, told.verbosity) == ("tu", "adviser", 0.15)
    assert told.opinions == (files.load("basile").opinions["urgence"],)
