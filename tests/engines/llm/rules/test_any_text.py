"""Whatever is said, there is one sensible answer, and always the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.engines.llm.rules import load
from companion_voice.engines.protocols import EngineOptions
from tests.engines.llm.rules.speaking import PARTNER, answer, conversation, prompt

WORDS = """
I you my your am are is was name sister remember that what who why the a and but not like want AI story end yes
je tu vous mon ma suis ai est s'appelle retiens que quoi qui pourquoi le la et mais pas aime veux histoire fin oui
?! , . … 😀 é ' - {x} [a|b] <rule> (x) ~ % 12 3.5 + 日本
"""
languages = st.sampled_from(["en", "fr"])
texts = st.text(max_size=200) | st.lists(st.sampled_from(WORDS.split()), max_size=30).map(" ".join)


@given(languages, st.lists(texts, min_size=1, max_size=6))
def test_any_conversation_gets_an_answer_and_always_the_same(language: str, said: list[str]) -> None:
    replies = conversation(language, said)
    assert all(re.search(r"\w", reply) for reply in replies)
    assert conversation(language, said) == replies
    assert not any(re.search(r"\{\w+\}|\x1f", re.sub(r"\{x\}", "", reply)) for reply in replies)


@given(languages, st.lists(texts, max_size=5))
def test_any_order_of_messages_gets_an_answer(language: str, said: list[str]) -> None:
    assert answer(*said, language=language).strip()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "said",
    [
        "word " * 10_000,
        "my name is that my name is that " * 2_000,
        "I think that you said that I was " * 2_000,
        "why? " * 5_000,
        "a" * 50_000,
        "😀" * 10_000,
        "\n" * 10_000,
        "' " * 10_000,
    ],
    ids=lambda said: f"{said[:12]!r}…",
)
def test_a_flood_gets_a_short_answer(language: str, said: str) -> None:
    assert 0 < len(answer(said, language=language)) < 400


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_conversation_gets_an_answer(language: str) -> None:
    assert answer(language=language)


def test_pieces_are_sentences_that_join_to_the_reply() -> None:
    pieces = list(PARTNER.reply(prompt("I am worried about my exam")))
    assert len(pieces) == 2
    assert pieces[0] == "You are worried about your exam."
    assert pieces[1].startswith(" ")


def test_nothing_is_remembered_between_conversations() -> None:
    partner = load(EngineOptions())
    before = list(partner.reply(prompt("what is my name?")))
    list(partner.reply(prompt("my name is Anna")))
    assert list(partner.reply(prompt("what is my name?"))) == before


def test_a_language_that_was_not_announced_can_be_spoken() -> None:
    assert "seize heures" in "".join(load(EngineOptions()).reply(prompt("quelle heure est-il", language="fr")))
