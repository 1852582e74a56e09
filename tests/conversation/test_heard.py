import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.heard import heard

REPLY = ["Once there was a lighthouse.", "It had a keeper."]


@pytest.mark.parametrize(
    ("index", "fraction", "text"),
    [
        (0, 0.0, ""),
        (0, 0.2, "Once"),
        (0, 1.0, "Once there was a lighthouse."),
        (1, 0.0, "Once there was a lighthouse."),
        (1, 0.5, "Once there was a lighthouse. It had a"),
        (2, 0.0, "Once there was a lighthouse. It had a keeper."),
        (7, 0.5, "Once there was a lighthouse. It had a keeper."),
    ],
)
def test_what_was_heard_is_whole_words_up_to_the_cut(index, fraction, text):
    assert heard(REPLY, index, fraction) == text


@given(st.lists(st.text("ab ", min_size=1), max_size=4), st.integers(0, 5), st.floats(0, 1))
def test_what_was_heard_is_never_more_than_what_was_said(sentences, index, fraction):
    whole = " ".join(" ".join(sentences).split())
    assert whole.startswith(" ".join(heard(sentences, index, fraction).split()))


@pytest.mark.parametrize(("fraction", "text"), [(0.29, "Once"), (0.3, "Once there"), (0.9, "Once there was a")])
def test_where_the_ends_of_its_words_are_known_a_sentence_is_cut_exactly(fraction, text):
    assert heard(REPLY, 0, fraction, (0.1, 0.3, 0.35, 0.4, 0.95)) == text


def test_the_ends_are_of_the_sentence_that_was_cut():
    assert heard(REPLY, 1, 0.5, (0.1, 0.6, 0.7, 0.95)) == "Once there was a lighthouse. It"
