import pytest

from companion_voice.conversation.language import guess


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the time?", "en"),
        ("Quelle heure est-il ?", "en"),
        ("Il est quelle heure ?", "fr"),
        ("je m'appelle Anna", "fr"),
        ("hello", "en"),
        ("bonjour", "fr"),
        ("Anna", "en"),
        ("", "en"),
    ],
)
def test_the_small_words_tell_the_language_and_without_any_it_stays(text, language):
    assert guess(text, among=("en", "fr"), otherwise="en") == language


def test_a_language_that_is_not_spoken_is_never_guessed():
    assert guess("bonjour", among=("en",), otherwise="en") == "en"
