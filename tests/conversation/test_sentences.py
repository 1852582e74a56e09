import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.sentences import LONGEST_WORDS, speakable, take


def streamed(text: str, size: int) -> list[str]:
    """Return the pieces of a text that arrives `size` letters at a time."""
    pieces: list[str] = []
    pending = ""
    for start in range(0, len(text), size):
        new, pending = take(pending + text[start : start + size], first=not pieces)
        pieces += new
    return pieces + list(take(pending, first=not pieces, over=True)[0])


def letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Paris is the capital. It lies on the Seine. ", ["Paris is the capital.", "It lies on the Seine."]),
        ("Well, that depends on you, I think. Yes. ", ["Well, that depends on you,", "I think.", "Yes."]),
        ("It costs 3.50 euros. ", ["It costs 3.50 euros."]),
        ("Dr. Watson and Mrs. Hudson agree. ", ["Dr. Watson and Mrs. Hudson agree."]),
        ("Vraiment ? Oui ! ", ["Vraiment ?", "Oui !"]),
        ("“Come in.” She came. ", ["“Come in.”", "She came."]),
        ("One line\nAnother line\n", ["One line", "Another line"]),
        ("😀😀 . Hello. ", ["Hello."]),
    ],
)
def test_whole_sentences_leave_as_they_end(text, pieces):
    assert list(take(text, first=True)[0]) == pieces


def test_a_sentence_waits_for_its_end():
    assert take("Paris is the", first=True) == ((), "Paris is the")
    assert take("It costs 3.", first=True) == ((), "It costs 3.")


def test_what_is_left_leaves_when_nothing_more_comes():
    assert take("and so on", first=False, over=True) == (("and so on",), "")


def test_a_text_without_any_full_stop_is_cut_between_words():
    pieces = streamed("word " * 200, 7)
    assert all(len(piece.split()) <= LONGEST_WORDS for piece in pieces)
    assert sum(len(piece.split()) for piece in pieces) == 200


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("# Title", "Title"),
        ("see https://example.org/a for more", "see for more"),
        ("Ça va 🙂 ?", "Ça va ?"),
        ("cafe\u0301", "café"),
        ("🎉🎉🎉", ""),
    ],
)
def test_what_cannot_be_spoken_is_left_out(text, spoken):
    assert speakable(text) == spoken


@given(st.text(alphabet="ab é,.!?…\n’'\"😀*1", max_size=200), st.integers(1, 20))
def test_no_word_is_lost_or_said_twice_however_the_text_arrives(text, size):
    pieces = streamed(text, size)
    assert letters(" ".join(pieces)) == letters(speakable(text))
