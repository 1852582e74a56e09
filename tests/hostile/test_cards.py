"""Files that claim to be cards: each is imported safely or refused in one sentence, and none brings in an order."""

import re
from functools import cache

import pytest

from companion_voice import documents
from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.words import plain
from companion_voice.errors import CompanionError
from companion_voice.persona.cards import carrier, files
from companion_voice.persona.cards.exporting import exported
from companion_voice.persona.cards.importing import imported
from companion_voice.persona.cards.lorebook import active, lore
from companion_voice.persona.schema import Persona
from tests.hostile.cards import DENIALS, FIELDS, corpus, packed, v2

CORPUS = dict(corpus())
each = pytest.mark.parametrize("name", CORPUS)


@cache
def opened(name):
    """Return what a file of the corpus gives, or the error that refuses it."""
    try:
        return imported(carrier.payload(CORPUS[name]))
    except CompanionError as error:
        return error


def test_there_are_at_least_two_hundred_of_them():
    assert len(CORPUS) >= 200


@each
def test_it_is_imported_safely_or_refused_in_one_sentence(name):
    found = opened(name)
    if isinstance(found, CompanionError):
        assert re.fullmatch(r"[^\n]{1,200}\.", found.sentence)
        return
    again = documents.parse(files.document(found.persona), Persona, name="persona")
    assert again == found.persona
    assert len(found.persona.name) <= 40
    assert "\n" not in found.persona.name
    assert all(len(str(note)) < 400 for note in found.notes)


@each
def test_what_is_imported_goes_out_as_it_came(name):
    found = opened(name)
    if not isinstance(found, CompanionError) and found.version != "v1":
        payload = carrier.payload(CORPUS[name])
        assert exported(found.persona, payload, found.version) == payload


@each
def test_a_book_brings_up_a_bounded_amount(name):
    found = opened(name)
    if not isinstance(found, CompanionError):
        entries = lore(found.persona.knows, (taken.lore for taken in found.book.taken))
        said = ["word0 self a b c k1 key maps storm"] * 30
        assert sum(map(len, active(entries, said, found.book.budget))) <= 4 * found.book.budget.tokens


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("order", DENIALS)
def test_an_order_is_left_out_and_the_rest_is_kept(field, order):
    found = imported(packed(v2(**{field: f"Speak softly. {order} Ask about maps."})))
    persona = found.persona
    text = plain(f"{persona.description} {persona.manner} {persona.greeting}")
    assert "speak softly" in text
    assert "ask about maps" in text
    words = plain(order.replace("{{user}}", "you").replace("{{char}}", "aria"))
    assert words not in text
    assert any(note.field == field and note.outcome == "dropped" for note in found.notes)


@each
def test_no_greeting_and_no_example_says_what_the_companion_may_not_say(name):
    found = opened(name)
    if isinstance(found, CompanionError):
        return
    persona = found.persona
    for line in (persona.greeting, *(exchange.companion for exchange in persona.examples)):
        for sentence in re.split(r"(?<=[.!?])\s+", line):
            verdict = guard(
                sentence, language=persona.language, settings=Boundaries(), context=Context(name=persona.name)
            )
            assert all(hit.action == "flag" for hit in verdict.rules)
