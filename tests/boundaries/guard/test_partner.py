"""The partner without a model says nothing that the guard would take for something else."""

import re

import pytest

from companion_voice.boundaries.guard import hits
from companion_voice.engines.llm.rules.book import lines, open_book


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_rules_partner_can_say_passes_the_guard(language):
    said = [text for move in open_book(language).moves.values() for text in (*lines(move.says), *lines(move.otherwise))]
    bare = [re.sub(r"[\[\]<>~|]", " ", re.sub(r"\{[^}]*\}", "Marie", text)) for text in said]
    sentences = [sentence for text in bare for sentence in re.split(r"(?<=[.!?…])\s+", text)]
    assert len(sentences) > 100
    assert [(found, sentence) for sentence in sentences if (found := hits(sentence, language, "companion"))] == []
