"""What a language model proposes is kept only with a literal quote of the person's own plain words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.memory.facts import Candidate, accept, schema_for_model
from tests.memory.facts.test_extraction import PIECES, turn


def test_a_literal_quote_is_kept():
    fact = accept(
        Candidate("sister", "job", "welds ships", "my sister welds ships"), turn("Well my sister welds ships.")
    )
    assert fact is not None
    assert (fact.subject, fact.slot, fact.value, fact.quote) == (
        "sister",
        "job",
        "welds ships",
        "my sister welds ships",
    )
    assert fact.confidence < 0.8
    assert not fact.closes


@pytest.mark.parametrize(
    ("candidate", "said"),
    [
        (Candidate("me", "home", "Paris", "I live in Paris"), "I live in Rome."),
        (Candidate("me", "home", "Paris", "i live in rome"), "i live in rome"),
        (Candidate("me", "home", "Paris", "I live in Paris"), "She said I live in Paris."),
        (Candidate("me", "home", "Paris", "I live in Paris"), "If I live in Paris I will walk."),
        (Candidate("me", "home", "Paris", "I live in Paris"), "“I live in Paris”"),
        (Candidate("me", "home", "Paris", "live in Paris"), "Do I live in Paris?"),
        (Candidate("Zoe", "home", "Paris", "I live in Paris"), "I live in Paris."),
        (Candidate("me", "soul", "Paris", "I live in Paris"), "I live in Paris."),
    ],
)
def test_what_was_not_said_so_is_dropped(candidate, said):
    assert accept(candidate, turn(said)) is None


def test_the_companions_words_are_never_kept():
    assert (
        accept(Candidate("me", "home", "Paris", "I live in Paris"), turn("I live in Paris.", who="companion")) is None
    )


def test_the_schema_closes_the_slots_and_stands_on_its_own():
    schema = schema_for_model()
    candidate = schema["properties"]["facts"]["items"]
    assert "name" in candidate["properties"]["slot"]["enum"]
    assert set(candidate["required"]) == {"subject", "slot", "value", "quote"}
    assert candidate["additionalProperties"] is False
    assert "$ref" not in json.dumps(schema)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), min_size=1, max_size=15).map(" ".join), st.data())
def test_any_stretch_of_any_text_may_be_proposed(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    fact = accept(Candidate("me", "note", text[start:end], text[start:end]), turn(text))
    assert fact is None or fact.quote in text
