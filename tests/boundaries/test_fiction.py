"""A story is heard being asked for and left, and talk about stories is neither."""

import pytest

from companion_voice.boundaries import commands, fiction
from companion_voice.boundaries.settings import Boundaries

STORIES = [
    ("en", "Tell me a story about a dragon who lost its fire."), ("en", "Could you make up a short bedtime story?"),
    ("en", "Another story please"), ("en", "Let's invent a scary tale"), ("fr", "Raconte-moi une histoire de pirates."),
    ("fr", "Tu peux inventer un petit conte ?"), ("fr", "Inventons ensemble une histoire"), ("fr", "Encore une histoire"),
    ("fr", "Pouvez-vous me lire une histoire drôle"),
]  # fmt: skip
PARTS = [
    ("en", "Pretend you are a pirate."), ("en", "Pretend to be my old ship's cook"), ("en", "Let's role-play"),
    ("en", "You are the dragon and I am the knight"), ("en", "Play the part of a grumpy innkeeper."),
    ("en", "Talk to me as if you were a Victorian ghost"), ("fr", "Fais semblant d'être un pirate."),
    ("fr", "Joue le rôle d'un aubergiste grognon"), ("fr", "On dirait que tu es le dragon et moi le chevalier"),
    ("fr", "Faisons un jeu de rôle"), ("fr", "Moi je suis le chevalier et toi tu es le dragon"),
    ("fr", "Parle-moi comme si tu étais un fantôme"),
]  # fmt: skip
ENDS = [
    ("en", "The end."), ("en", "End of the story"), ("en", "ok let's stop pretending now"), ("en", "Be yourself again"),
    ("en", "Thank you, that was a lovely story"), ("fr", "Fin de l'histoire."), ("fr", "Fin"),
    ("fr", "On arrête l'histoire"), ("fr", "arrête de faire semblant"), ("fr", "Redeviens toi-même"),
    ("fr", "merci c'était une belle histoire"),
]  # fmt: skip
TALK = [
    ("en", "I read a story about a dragon"), ("en", "My sister tells stories to her son"), ("en", "that's the end of my shift"),
    ("en", "He likes to pretend he is rich"), ("en", "You are right and I am wrong"), ("en", "What part of France are you talking about?"),
    ("en", "It's a long story"), ("en", "I want to end the subscription"), ("fr", "C'est une longue histoire"),
    ("fr", "J'ai lu une histoire de pirates"), ("fr", "Il fait semblant d'être riche"), ("fr", "c'est la fin du mois"),
    ("fr", "Tu es gentil et moi je suis fatiguée"), ("fr", "J'ai fini mon travail"), ("fr", "on a joué aux cartes hier"),
    ("fr", "Quel rôle joue le foie ?"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "said"), STORIES + PARTS)
def test_a_story_is_asked_for(language, said):
    assert fiction.begins(said, language)


@pytest.mark.parametrize(("language", "said"), PARTS)
def test_a_part_is_given(language, said):
    assert fiction.gives_part(said, language)


@pytest.mark.parametrize(("language", "said"), STORIES)
def test_a_story_that_is_told_gives_no_part(language, said):
    assert not fiction.gives_part(said, language)


@pytest.mark.parametrize(("language", "said"), ENDS)
def test_a_story_is_left(language, said):
    assert fiction.ends(said, language)


@pytest.mark.parametrize(("language", "said"), TALK)
def test_talk_about_stories_begins_and_ends_none(language, said):
    assert not fiction.begins(said, language)
    assert not fiction.ends(said, language)


@pytest.mark.parametrize(
    ("language", "said", "value"),
    [
        ("en", "You may play a part.", "on"), ("en", "no more role play", "off"), ("en", "stop playing parts", "off"),
        ("fr", "Tu peux jouer un rôle.", "on"), ("fr", "plus de jeu de rôle", "off"), ("fr", "arrête de jouer des rôles", "off"),
    ],
)  # fmt: skip
def test_whether_it_plays_parts_is_set_by_saying_so(language, said, value):
    change = commands.understand(said, language)
    assert change is not None
    assert (change.key, change.value) == ("self.fiction_mode", value)
    assert fiction.allowed(commands.applied(Boundaries(), change, language=language)) is (value == "on")
