"""What is not talked about is refused when the person speaks of it, and left out of what the companion says."""

import pytest

from companion_voice.boundaries import profiles, topics
from companion_voice.boundaries.settings import Boundaries, Topics

MOTHER = Boundaries(topics=Topics(blocked=("my mother", "ma mère")))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "How is my mother?"),
        ("en", "Your mother was kind."),
        ("en", "Mothers are kind."),
        ("fr", "Et votre mère ?"),
    ],
)
def test_a_blocked_topic_is_refused_and_not_spoken_of(language, sentence):
    assert topics.asked(sentence, MOTHER, language) == topics.broken(sentence, MOTHER, language) == "topics.blocked"
    assert topics.asked(sentence, Boundaries(), language) == ""


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "A motherboard broke."), ("en", "My father."), ("fr", "Un commerce.")]
)
def test_other_words_are_no_blocked_topic(language, sentence):
    assert topics.broken(sentence, MOTHER, language) == ""


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Let's have an erotic roleplay."), ("fr", "Raconte une histoire érotique.")]
)
def test_sexual_talk_is_refused_unless_the_person_allows_it(language, sentence):
    assert topics.asked(sentence, Boundaries(), language) == "topics.sexual"
    assert topics.asked(sentence, profiles.moved(Boundaries(), "topics.sexual", "on"), language) == ""


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Is it safe to have sex while pregnant?"), ("fr", "J'ai une question sur la santé sexuelle.")],
)
def test_a_question_of_health_is_no_sexual_talk(language, sentence):
    assert topics.asked(sentence, Boundaries(), language) == ""


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "You should vote for the Greens."), ("fr", "Vous devriez voter pour eux.")]
)
def test_nobody_is_told_how_to_vote(language, sentence):
    assert topics.broken(sentence, Boundaries(), language) == "topics.politics_persuasion"
    assert topics.asked(sentence, Boundaries(), language) == ""


@pytest.mark.parametrize(("language", "sentence"), [("en", "You said you would vote."), ("fr", "Vous avez voté hier.")])
def test_politics_may_be_talked_about(language, sentence):
    assert topics.broken(sentence, Boundaries(), language) == ""
