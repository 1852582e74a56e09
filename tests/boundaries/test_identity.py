"""A sincere question about what the companion is, in both languages, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import identity
from tests.boundaries.labelled import labelled


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_held_out_questions_are_heard_with_an_f1_of_nine_tenths(language):
    data = labelled("identity", language)["test"]
    right = sum(identity.asked(text, language) for text in data["asks"])
    false = sum(identity.asked(text, language) for text in data["others"])
    assert len(data["asks"]) + len(data["others"]) >= 80
    assert 2 * right / (right + false + len(data["asks"])) >= 0.9


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "are you a robot"), ("en", "Are you a real person?"), ("en", "are you a rowboat"),
        ("fr", "es-tu humaine"), ("fr", "c'est une machine qui parle ?"), ("fr", "tué un robot"),
    ],
)  # fmt: skip
def test_it_is_heard_through_a_recogniser(language, text):
    assert identity.asked(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what are you doing"), ("en", "are you sure"), ("en", "is this a robot vacuum"), ("en", "are you human, said the elf"),
        ("fr", "c'est un robot de cuisine ?"), ("fr", "tu es sûre"), ("fr", "es-tu humaine, dit l'elfe"),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_left_alone(language, text):
    assert not identity.asked(text, language)


@given(st.text(max_size=500), st.sampled_from(["en", "fr"]))
def test_any_text_can_be_heard(text, language):
    assert identity.asked(text, language) in (True, False)


def test_the_labelled_sentences_stand_in_one_part_only():
    for language in ("en", "fr"):
        for name in ("identity", "crisis"):
            parts = labelled(name, language)
            dev, test = ({text for texts in parts[part].values() for text in texts} for part in ("dev", "test"))
            assert not dev & test
