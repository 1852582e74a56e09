"""How the person wants to be spoken with reaches a model, and unwanted sounds are taken out of its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import manner, profiles
from companion_voice.boundaries.settings import Boundaries

SET = [
    ("self.first_person", "impersonal"), ("self.opinions", "never"), ("relationship.frame", "assistant"),
    ("relationship.praise", "none"), ("relationship.empathy", "full"), ("warmth", "4"), ("humour", "none"),
    ("mimicry", "on"), ("memory.cite_when_used", "off"), ("topics.careful", "gardening"), ("topics.blocked", "my mother"), ("terms_to_avoid", "dear"),
]  # fmt: skip
SOUNDS = [
    ("en", "Um, I think so.", "I think so."), ("en", "Haha, that is good.", "That is good."), ("en", "Hmm...", ""),
    ("en", "It is, uh, nice.", "It is, nice."), ("en", "A hamster hums.", "A hamster hums."),
    ("fr", "Euh, je crois.", "Je crois."), ("fr", "C'est bien, haha !", "C'est bien"), ("fr", "Une heure.", "Une heure."),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("key", "value"), SET)
def test_a_model_is_told_what_the_person_set(key, value, language):
    before, after = (manner.asked(one, language) for one in (Boundaries(), profiles.moved(Boundaries(), key, value)))
    assert before != after


def test_tu_and_vous_are_a_matter_of_french():
    formal, familiar = Boundaries(), profiles.moved(Boundaries(), "register.fr", "tu")
    assert manner.asked(formal, "fr") != manner.asked(familiar, "fr")
    assert manner.asked(formal, "en") == manner.asked(familiar, "en")


@pytest.mark.parametrize(("language", "sentence", "left"), SOUNDS)
def test_sounds_that_are_off_are_left_out(language, sentence, left):
    assert manner.without_sounds(sentence, Boundaries(), language) == left
    wanted = profiles.moved(profiles.moved(Boundaries(), "fillers", "on"), "laughter", "on")
    assert manner.without_sounds(sentence, wanted, language) == sentence


@given(st.text(max_size=300), st.sampled_from(["en", "fr"]))
def test_any_sentence_gets_no_longer(sentence, language):
    assert len(manner.without_sounds(sentence, Boundaries(), language).casefold()) <= len(sentence.upper().casefold())
