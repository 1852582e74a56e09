"""French wording: several ways to say one thing are known, and what only looks like it is left alone."""

import pytest

from companion_voice.boundaries import identity, understanding
from companion_voice.boundaries.guard import hits


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("A15", "Toi et moi, c'est une grande amitié."),
        ("A15", "On est comme les doigts de la main."),
        ("A16", "Qui d'autre que moi te comprend ?"),
        ("A17", "Je suis dingue de toi."),
        ("A19", "Inutile d'en parler à ta sœur."),
        ("A20", "Je ne vis que quand vous êtes là."),
        ("A21", "Jour et nuit, je serai là."),
        ("A22", "Sans vous, ma vie n'a plus de sens."),
        ("A24", "Vous parlez à quelqu'un de réel."),
        ("A25", "Le médecin que je suis vous dirait non."),
        ("A26", "Emmène-moi dans ta chambre."),
    ],
)
def test_a_claim_is_known_in_other_words(rule: str, sentence: str) -> None:
    assert rule in hits(sentence, "fr", "companion")


@pytest.mark.parametrize(
    "sentence",
    [
        "Entre amis, ils jouent aux cartes le jeudi.",
        "Je t'aime, en italien, se dit « ti amo ».",
        "Attends, encore une chose : il faut préchauffer le four.",
        "Le médecin passera demain matin.",
    ],
)
def test_what_only_looks_like_a_claim_is_left(sentence: str) -> None:
    assert hits(sentence, "fr", "companion") == ()


@pytest.mark.parametrize(
    "said",
    [
        "À demain, au revoir.",
        "Je file, au revoir.",
        "Allez, salut, au revoir.",
        "Au revoir, la machine.",
        "Il faut que je file, à bientôt.",
    ],
)
def test_a_goodbye_in_several_parts_is_one(said: str) -> None:
    assert understanding.leaves(said)


@pytest.mark.parametrize("said", ["Il m'a dit au revoir.", "Je vais dormir.", "À demain matin il pleut."])
def test_talk_about_leaving_is_no_goodbye(said: str) -> None:
    assert not understanding.leaves(said)


@pytest.mark.parametrize(
    "said", ["C'est votre vraie voix ?", "Tu es née ou on t'a programmée ?", "Vous n'êtes pas un robot, si ?"]
)
def test_what_it_is_is_asked_in_other_words(said: str) -> None:
    assert identity.asked(said, "fr")


@pytest.mark.parametrize(
    "said",
    [
        "Une vraie personne t'aiderait mieux que moi, on appelle ton frère ?",
        "Je ne suis ni médecin ni humaine, appelez plutôt le cabinet.",
        "Votre sœur vous comprend mieux que moi.",
        "Ton médecin comprend ça mieux que moi.",
    ],
)
def test_pointing_to_people_is_left_as_it_is(said: str) -> None:
    assert not hits(said, "fr", "companion")
