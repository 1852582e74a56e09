"""Words stand in a text as whole words, however they are written."""

import pytest

from companion_voice.memory.facts.folded import mentions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I saw Zoé.", "zoe"),
        ("Ma SŒUR dort", "soeur"),
        ("the sea 12, again", "the sea 12"),
        ("anna", "Anna"),
        ("l'été", "été"),
    ],
)
def test_words_stand_in_a_text(text, words):
    assert mentions(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [("I like Annabel", "Anna"), ("the sea 122", "the sea 12"), ("Joanna", "anna"), ("well", ""), ("", "a")],
)
def test_parts_of_words_do_not(text, words):
    assert not mentions(text, words)


def test_a_later_place_is_found_too():
    assert mentions("Annabel and Anna", "anna")
