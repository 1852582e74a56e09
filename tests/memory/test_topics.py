"""Sensitive topics: which of them a text touches, and what a person means by naming one."""

import pytest

from companion_voice.memory.topics import concerns, named, sensitivity, touches


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("My migraine is back.", {"health"}),
        ("j'ai vu le médecin hier", {"health"}),
        ("MA SANTE VA MIEUX", {"health"}),
        ("I slept with my neighbour.", {"intimate"}),
        ("notre vie amoureuse", {"intimate"}),
        ("we went to church and I prayed", {"belief"}),
        ("je vote à gauche", {"belief"}),
        ("my salary was cut", {"money"}),
        ("mon salaire a baissé", {"money"}),
        ("the doctor sent an invoice", {"health", "money"}),
        ("I like jazz.", set()),
        ("Il fait beau aujourd'hui.", set()),
        ("We discussed the massive storm in Sussex.", set()),
        ("", set()),
    ],
)
def test_a_text_touches_its_topics(text, topics):
    assert touches(text) == topics


def test_the_most_delicate_topic_marks_a_text():
    assert sensitivity("the doctor sent an invoice") == "health"
    assert sensitivity("I like jazz.") == "ordinary"


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("my health", "health"),
        ("ma santé", "health"),
        ("l'argent", "money"),
        ("Money", "money"),
        ("my love life", "intimate"),
        ("religion", "belief"),
        ("my divorce", "my divorce"),
        ("Marie", "Marie"),
    ],
)
def test_a_topic_is_named_in_many_words(words, topic):
    assert named(words) == topic


@pytest.mark.parametrize(
    ("text", "topic", "is_about"),
    [
        ("My knee hurts, the doctor says.", "health", True),
        ("I like jazz.", "health", False),
        ("We are getting divorced.", "my divorce", True),
        ("Marie vient demain.", "Marie", True),
        ("My garden is green.", "Marie", False),
        ("anything at all", "my", False),
    ],
)
def test_a_text_concerns_a_topic_or_free_words(text, topic, is_about):
    assert concerns(text, topic) is is_about
