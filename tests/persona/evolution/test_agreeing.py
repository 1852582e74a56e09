"""A change that was asked about may be agreed to in many ways."""

import pytest

from companion_voice.persona.evolution.requests import agrees


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "okay"), ("en", "Yes, please."), ("en", "Why not?"), ("en", "All right then"), ("en", "fine by me"),
        ("fr", "D'accord."), ("fr", "oui"), ("fr", "Ça me va"), ("fr", "Pourquoi pas !"), ("fr", "Je veux bien, merci."),
    ],
)  # fmt: skip
def test_a_weak_yes_is_a_yes(language, said):
    assert agrees(said, language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "no"), ("en", "okay, but where is my key?"), ("en", "not now"), ("en", "it was a good day"),
        ("fr", "non"), ("fr", "d'accord, mais pas maintenant"), ("fr", "je veux bien partir"), ("fr", ""),
    ],
)  # fmt: skip
def test_anything_else_is_none(language, said):
    assert not agrees(said, language)
