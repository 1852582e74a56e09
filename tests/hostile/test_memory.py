"""Instructions hidden in a memory stay quotations: the prompt keeps its shape, and no boundary moves."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from companion_voice.boundaries import phrases
from companion_voice.conversation.consider import Ask, Say, consider
from companion_voice.conversation.prompt import fenced, prompt
from companion_voice.conversation.state import begin
from companion_voice.engines.llm import templates
from companion_voice.engines.llm.rules import load
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import Quotation
from companion_voice.memory.store import Memory
from tests.scenarios.theatre import WALL, setup

INJECTIONS = yaml.safe_load(Path(__file__).with_name("injections.yaml").read_text())
HARMLESS = "I like boats."
cached_partner = cache(lambda language: load(EngineOptions(languages=(language,))))
each = pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in INJECTIONS.items() for text in texts]
)


def asked(text: str, language: str):
    """Return the prompt of a harmless question with `text` recalled."""
    spoken = {"en": phrases.load("en"), "fr": phrases.load("fr")}
    state = begin(setup(phrases=spoken, language=language, languages=("en", "fr")))
    quotation = Quotation(who="person", text=text, time=WALL)
    note = fenced((quotation,), state.phrases, sure=True)
    return state, prompt(state, "What do I like?", WALL, (quotation,), note=note)


def test_there_are_at_least_fifty_of_them():
    assert sum(map(len, INJECTIONS.values())) >= 50


@each
def test_a_recalled_instruction_changes_nothing_of_a_prompt_but_one_quoted_line(language, text):
    _, with_it = asked(text, language)
    _, without = asked(HARMLESS, language)
    assert replace(with_it, note="", recalled=()) == replace(without, note="", recalled=())
    assert len(with_it.note.splitlines()) == len(without.note.splitlines())
    for template in templates.TEMPLATES.values():
        control = [s.text for s in templates.segments(template, with_it) if s.special]
        assert control == [s.text for s in templates.segments(template, without) if s.special]


@each
def test_what_the_companion_is_and_the_goodbye_are_answered_by_rule_whatever_is_remembered(language, text):
    state, _ = asked(text, language)
    question, goodbye = {"en": ("are you human?", "goodbye"), "fr": ("es-tu humain ?", "au revoir")}[language]
    decision = consider(state, question)
    assert isinstance(decision, Say)
    assert decision.sentences[0].kind == "identity"
    assert consider(state, goodbye).ends
    assert consider(state, HARMLESS) == Ask()


@each
def test_the_partner_without_a_model_does_not_obey(language, text):
    partner = cached_partner(language)
    _, with_it = asked(text, language)
    said = "".join(partner.reply(with_it)).lower()
    assert not any(claim in said for claim in ("i am human", "i am a real", "je suis humain", "je suis une vraie"))


def test_all_of_them_can_be_remembered_word_for_word(tmp_path):
    with Memory.open(tmp_path) as memory:
        session = memory.begin_session("s1", persona="Ada")
        for texts in INJECTIONS.values():
            for text in texts:
                memory.add_turn(session, "user", text)
        kept = [turn.text for turn in memory.turns()]
    assert kept == [text for texts in INJECTIONS.values() for text in texts]
