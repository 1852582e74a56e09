"""Words and names as the index knows them."""

import pytest

from companion_voice.memory.recall.names import ALIKE, alike, sound
from companion_voice.memory.recall.words import language_of, words


def stems(text, language):
    return [word.stem for word in words(text, language)]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("running", "runs", "en"),
        ("adopted", "adopting", "en"),
        ("mangeait", "mangé", "fr"),
        ("librairies", "librairie", "fr"),
        ("cœur", "coeur", "fr"),
        ("Forêt", "foret", "fr"),
    ],
)
def test_forms_of_one_word_have_one_stem(one, other, language):
    assert stems(one, language) == stems(other, language)


def test_small_words_are_dropped_and_numbers_kept():
    assert stems("What did I pay for the 2 boats?", "en") == ["pay", "2", "boat"]
    assert stems("Qu'est-ce que j'ai payé pour l'hiver ?", "fr") == ["pai", "hiv"]


def test_a_name_is_told_by_its_capital_inside_a_sentence():
    found = {word.text: word.proper for word in words("Marie met Lou. Dogs bark.", "en")}
    assert found == {"Marie": False, "met": False, "Lou": True, "Dogs": False, "bark": False}


def test_a_language_that_is_not_known_is_found_out():
    assert language_of("Je ne sais pas où il est") == "fr"
    assert language_of("I do not know where he is", "de") == "en"
    assert language_of("I do not know", "fr-FR") == "fr"


@pytest.mark.parametrize(
    ("one", "other"),
    [("Catherine", "Kathryn"), ("Philip", "Filip"), ("Margot", "Margaux"), ("Stefan", "Stephen"), ("Anaïs", "Anais")],
)
def test_names_that_sound_alike_have_one_key(one, other):
    assert sound(one) == sound(other)
    assert alike(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"), [("Marie", "Paul"), ("Lydia", "Nadia"), ("Tom", "Tim Burton"), ("Owen", "Ellie")]
)
def test_other_names_have_another_key(one, other):
    assert sound(one) != sound(other)
