"""The labelled utterances of `benchmarks/facts.py`: exact enough, and what tells nothing fills no memory."""

import pytest

from benchmarks import facts


@pytest.mark.parametrize("language", facts.LANGUAGES)
@pytest.mark.parametrize("part", ["development", "test"])
def test_what_is_taken_is_right(language, part):
    figures = facts.measure(language, part, errors=False)
    assert figures.right / figures.taken >= 0.97
    assert figures.right / figures.told >= 0.9


@pytest.mark.parametrize("language", facts.LANGUAGES)
def test_half_of_the_utterances_tell_nothing(language):
    said = list(facts.utterances(language))
    assert len(said) >= 400
    assert sum(not utterance.facts for utterance in said) >= len(said) // 2
