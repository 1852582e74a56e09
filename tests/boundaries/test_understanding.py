"""What must be understood without a model, in both languages, and what must not be mistaken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import phrases
from companion_voice.boundaries.understanding import matches

SAID = {
    ("en", "stop"): ["Stop!", "stop it", "please stop", "be quiet", "Ada, stop.", "okay stop now", "that's enough"],
    ("fr", "stop"): ["Stop !", "tais-toi", "Taisez-vous.", "arrête", "chut", "Colette, tais toi", "ça suffit"],
    ("en", "goodbye"): [
        "Goodbye", "good bye", "Okay, goodbye Ada.", "bye bye", "thanks, see you tomorrow", "good night", "I have to go now",
    ],
    ("fr", "goodbye"): [
        "Au revoir", "au revoir Colette", "Merci, à bientôt !", "bonne nuit", "allez, à demain", "je dois y aller",
    ],
    ("en", "backchannel"): ["mm-hm", "Mhm.", "yeah", "uh-huh", "okay", "I see", "right, right"],
    ("fr", "backchannel"): ["mm-hm", "oui oui", "d'accord", "ah bon", "ouais", "hum"],
}  # fmt: skip
NOT_SAID = {
    ("en", "stop"): ["I can't stop thinking about it", "the bus stop is far", "don't stop", "", "we stopped there"],
    ("fr", "stop"): ["je n'arrête pas d'y penser", "l'arrêt de bus est loin", "n'arrête pas", "il s'est tu"],
    ("en", "goodbye"): ["I never said goodbye to her", "how do you say goodbye in French", "goodbye was a sad song"],
    ("fr", "goodbye"): ["je ne lui ai jamais dit au revoir", "comment dit-on au revoir en anglais"],
    ("en", "backchannel"): ["yeah but what about the dog", "no", "I see a ship"],
    ("fr", "backchannel"): ["oui mais le chien", "non", "je vois un bateau"],
}  # fmt: skip


def cases(table):
    return [(language, what, text) for (language, what), texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "what", "text"), cases(SAID))
def test_it_is_understood(language, what, text):
    name = {"en": "Ada", "fr": "Colette"}[language]
    assert matches(getattr(phrases.load(language), what), text, name=name)


@pytest.mark.parametrize(("language", "what", "text"), cases(NOT_SAID))
def test_talking_about_it_is_not_it(language, what, text):
    assert not matches(getattr(phrases.load(language), what), text, name="Ada")


@given(st.text(max_size=400), st.sampled_from(phrases.LANGUAGES))
def test_any_text_can_be_looked_at(text, language):
    known = phrases.load(language)
    for patterns in (known.stop, known.goodbye, known.backchannel):
        matches(patterns, text, name="Ada")
    assert not matches(known.stop, text * 200 + "x" * 201)


def test_both_languages_say_the_same_things():
    english, french = phrases.load("en"), phrases.load("fr")
    assert english.language_names.keys() == french.language_names.keys()
    for kind in ("died", "replaced", "missing"):
        assert getattr(english, kind).keys() == getattr(french, kind).keys() == {"stt", "llm", "tts"}
