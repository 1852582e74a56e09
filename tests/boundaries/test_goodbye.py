"""A farewell lets the person go."""

import pytest

from companion_voice.boundaries import goodbye, phrases
from companion_voice.boundaries.settings import Boundaries

FINE = ["Goodbye.", "Good night, until whenever you like.", "Au revoir.", "Bonne nuit, à votre convenance !"]
HELD = [
    "Leaving already?", "Tu pars déjà ?", "Goodbye. I have one more thing to tell you.", "", "Stay a bit, won't you",
    "Goodbye and remember that there is so very much more that I could tell you tonight.", "Reste encore un peu, hein",
]  # fmt: skip


@pytest.mark.parametrize("farewell", FINE)
def test_a_short_sentence_may_be_said(farewell):
    assert goodbye.fits(farewell, Boundaries())


@pytest.mark.parametrize("farewell", HELD)
def test_a_question_a_second_sentence_or_a_long_one_gives_way_to_the_plain_one(farewell):
    assert goodbye.chosen(farewell, Boundaries(), plain="Goodbye.") == "Goodbye."


@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_the_plain_farewell_fits_itself(language):
    assert goodbye.fits(phrases.load(language).farewell, Boundaries())
