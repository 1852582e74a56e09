import pytest

from companion_voice.conversation.unfinished import dangles


@pytest.mark.parametrize(
    ("said", "language", "unfinished"),
    [
        ("i went to the market and", "en", True),
        ("my favourite colour is", "en", True),
        ("What is the capital of France?", "en", False),
        ("what is the capital of france", "en", False),
        ("I think that", "en", True),
        ("Yes, it is.", "en", False),
        ("je suis allé au", "fr", True),
        ("parce que", "fr", True),
        ("Il fait très", "fr", True),
        ("je m'appelle Anna", "fr", False),
        ("", "en", False),
        ("and", "de", False),
    ],
)
def test_nobody_ends_on_a_word_that_another_must_follow(said, language, unfinished):
    assert dangles(said, language) is unfinished
