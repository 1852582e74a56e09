"""Only the person's own plain words propose a change."""

import pytest

from companion_voice.persona.evolution.signals import Said, opinion, signals

AT = "2026-05-03T14:00:00+02:00"


def heard(text, language="en", **more):
    return [(one.reason, one.clear) for one in signals(Said("t1", AT, text, language, **more), name="Ada")]


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("en", "Please be a bit shorter.", "asked_shorter"),
        ("en", "Nice. But you talk too much, Ada.", "asked_shorter"),
        ("en", "Could you talk less?", "asked_shorter"),
        ("en", "You can joke a bit more.", "asked_more_humour"),
        ("en", "Fewer jokes, please.", "asked_less_humour"),
        ("en", "Don't be so sure of yourself.", "asked_less_sure"),
        ("en", "You're too formal.", "asked_less_formal"),
        ("en", "Stop asking me so many questions.", "asked_fewer_questions"),
        ("fr", "Sois un peu plus bref, s'il te plaît.", "asked_shorter"),
        ("fr", "Tu parles trop.", "asked_shorter"),
        ("fr", "Vous êtes trop bavarde.", "asked_shorter"),
        ("fr", "Tu peux me tutoyer.", "asked_tu"),
        ("fr", "On se tutoie ?", "asked_tu"),
        ("fr", "Tu peux plaisanter un peu plus.", "asked_more_humour"),
        ("fr", "Ne sois pas si sûre de toi !", "asked_less_sure"),
        ("fr", "T'es trop formelle.", "asked_less_formal"),
    ],
)
def test_a_request_is_clear(language, text, reason):
    assert (reason, True) in heard(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "My boss talks too much."),
        ("en", "She said you talk too much."),
        ("en", "“Talk less!” she said."),
        ("en", "I wish my son would talk less."),
        ("en", "Don't talk less."),
        ("en", "Make the story shorter."),
        ("en", "The skirt is too long."),
        ("en", "He is too formal with his mother."),
        ("en", "I was so sure of myself."),
        ("en", "My friend told me a funny joke."),
        ("en", "I call my mother every Sunday evening before dinner."),
        ("fr", "Mon chef parle trop."),
        ("fr", "Elle m'a dit : « parle moins ! »"),
        ("fr", "Ma fille me tutoie."),
        ("fr", "Ma voisine m'a demandé si on se tutoie."),
        ("fr", "Le film était trop long pour les enfants."),
        ("fr", "J'appelle ma mère tous les dimanches."),
        ("fr", "Il était si sûr de lui."),
    ],
)
def test_talk_about_others_proposes_nothing(language, text):
    assert heard(text, language) == []


def test_laughing_counts_only_as_an_answer():
    assert heard("Ha ha ha!") == [("laughed", False)]
    assert heard("Ha ha ha!", answers_companion=False) == []
    assert heard("C'est trop drôle !", "fr") == [("laughed", False)]


def test_words_to_share_are_taken_down():
    [joke] = signals(Said("t1", AT, "Remember our joke about the flying goat.", "en"))
    assert (joke.reason, joke.words.text) == ("shared_joke", "the flying goat")
    [blague] = signals(Said("t1", AT, "Souviens-toi de notre blague sur la chèvre.", "fr"))
    assert (blague.reason, blague.words.text) == ("shared_joke", "la chèvre")
    [car] = signals(Said("t1", AT, "I call my car the beast.", "en"))
    assert (car.words.topic, car.words.text) == ("my car", "the beast")
    [auto] = signals(Said("t1", AT, "Ma voiture, je l'appelle la Bête.", "fr"))
    assert auto.words.text == "la bête"


def test_an_expression_of_ones_own_is_exclaimed_and_not_everybodys():
    [own] = signals(Said("t1", AT, "Saperlipopette !", "fr"))
    assert (own.reason, own.words.text, own.clear) == ("shared_word", "saperlipopette", False)
    assert heard("Okey dokey pancake!") == [("shared_word", False)]
    assert heard("Good morning!") == heard("Yes!") == heard("Bonne nuit !", "fr") == []


def test_an_opinion_is_the_first_sentence_of_the_answer():
    said = Said("t1", AT, "What do you think of jazz?", "en")
    found = opinion(said, "It wanders, and I like where. Do you?", name="Ada")
    assert (found.words.topic, found.words.text) == ("jazz", "It wanders, and I like where.")
    assert opinion(said, "Why do you ask?", name="Ada") is None
    assert opinion(Said("t1", AT, "I think of jazz.", "en"), "Nice.", name="Ada") is None
