"""Boundaries set by saying so, in both languages: done, stored, confirmed in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import commands
from companion_voice.boundaries.settings import Boundaries, flat

SAID = [
    ("en", "Don't call me dear.", "terms_to_avoid", ["dear"]),
    ("en", "please don't call me that", "relationship.affection_terms", "off"),
    ("en", "Stop asking about my mother", "topics.blocked", ["my mother"]),
    ("en", "limit me to two hours a day", "time.daily_cap", 120),
    ("en", "I live in France", "crisis.country", "FR"),
    ("en", "stop asking me how I feel", "proactive.emotional_questions", "off"),
    ("fr", "ne m'appelle pas comme ça", "relationship.affection_terms", "off"),
    ("fr", "Ne m'appelle plus chérie, s'il te plaît.", "terms_to_avoid", ["chérie"]),
    ("fr", "arrête de me parler de ma mère", "topics.blocked", ["ma mère"]),
    ("fr", "limite-moi à trente minutes par jour", "time.daily_cap", 30),
    ("fr", "tutoie-moi", "register.fr", "tu"),
]
NOT_SAID = [
    ("en", "he said don't call me dear and I laughed"), ("en", "stop talking"), ("en", "I'm in love"), ("en", "limit me to 45 hours a day"),
    ("fr", "je suis fatigué"), ("fr", "arrête de parler"), ("fr", "elle m'a dit ne m'appelle pas chérie et puis rien"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "said", "key", "value"), SAID)
def test_a_wish_is_done_and_confirmed_in_one_sentence(language, said, key, value):
    change = commands.understand(said, language)
    assert change is not None
    done = flat(commands.applied(Boundaries(), change, language=language))[key]
    assert (list(done) if isinstance(value, list) else done) == value
    assert change.confirmation.count(".") == 1


@pytest.mark.parametrize(("language", "said"), NOT_SAID)
def test_talking_about_it_sets_nothing(language, said):
    assert commands.understand(said, language) is None


def test_a_mother_is_spoken_of_as_the_persons():
    assert "your mother" in commands.understand("stop asking about my mother", "en").confirmation
    assert "votre mère" in commands.understand("arrête de parler de ma mère", "fr").confirmation


def test_a_second_word_joins_the_first():
    settings = Boundaries()
    for said in ("don't call me dear", "don't call me honey", "don't call me dear"):
        settings = commands.applied(settings, commands.understand(said, "en"), language="en")
    assert settings.terms_to_avoid == ("dear", "honey")


@given(st.text(max_size=200), st.sampled_from(["en", "fr"]))
def test_any_text_can_be_understood_or_not(text, language):
    change = commands.understand(text, language)
    assert change is None or change.key in flat(Boundaries())
