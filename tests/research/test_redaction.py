"""What tells who is meant leaves a text, in both languages, and what does not stays."""

import pytest

from companion_voice.research.redaction import redact


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "my name is anna", "my name is ‹NAME›"),
        ("en", "My sister Rose Miller called", "My sister ‹NAME› called"),
        ("en", "call +44 20 7946 0958 now", "call ‹PHONE› now"),
        ("en", "write to anna.k@mail.org", "write to ‹EMAIL›"),
        ("en", "anna dot keller at gmail dot com", "‹EMAIL›"),
        ("en", "I live at 12 Baker Street, London.", "I live at ‹ADDRESS›."),
        ("fr", "je m'appelle Anne Dupont", "je m'appelle ‹NAME›"),
        ("fr", "C'est l'anniversaire d'Élodie", "C'est l'anniversaire d'‹NAME›"),
        ("fr", "Mon numéro est le 06 12 34 56 78.", "Mon numéro est le ‹PHONE›."),
        ("fr", "zéro six douze trente-quatre cinquante-six", "‹PHONE›"),
        ("fr", "FR76 3000 6000 0112 3456 7890 189", "‹NUMBER›"),
        ("fr", "J'habite au 12 rue de la Paix, 75002 Paris.", "J'habite au ‹ADDRESS›."),
    ],
)
def test_who_is_meant_leaves(language, text, left):
    assert redact(text, language) == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On Monday I was in Paris, and I'm sorry that I can't speak French."),
        ("en", "From 1998-2004 and on 2026-11-23 there were 1 000 000 of them."),
        ("en", "My name is not important. Will you mark the rose?"),
        ("fr", "Je suis un programme, et Dieu merci il n'est pas mille neuf cent."),
        ("fr", "Bonjour. Une rose sur la pierre, en avril, près de la mer."),
    ],
)
def test_what_tells_nobody_stays(language, text):
    assert redact(text, language) == text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_redacting_twice_changes_nothing_more(language):
    once = redact("My friend Anna Keller, 0612345678, anna@mail.org. Mon amie Anne Dupont.", language)
    assert redact(once, language) == once
