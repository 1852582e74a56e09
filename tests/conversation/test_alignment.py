"""Words and their phonemes, as espeak really makes them (written down here: this room knows no espeak)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.alignment import Phoneme, word_ends, words_heard

LIGHTHOUSE = "Once there was a lighthouse."


def spoken(phonemes: str) -> list[Phoneme]:
    return [Phoneme(symbol, 10) for symbol in phonemes]


def shares(words: list[str], phonemes: str) -> list[str]:
    """Return which phonemes fall to each word."""
    ends = [end // 10 for end in word_ends(words, spoken(phonemes))]
    return [phonemes[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize(
    ("played", "heard"),
    [
        (0.0, ""),
        (0.39, ""),
        (0.4, "Once"),
        (0.85, "Once there was"),
        (1.59, "Once there was a"),
        (1.6, LIGHTHOUSE),
        (9.0, LIGHTHOUSE),
    ],
)
def test_a_word_is_heard_once_all_of_it_was_played(played, heard):
    assert words_heard(LIGHTHOUSE, (0.4, 0.6, 0.8, 0.9, 1.6), played) == heard


def test_words_that_have_no_sound_yet_were_not_heard():
    assert words_heard(LIGHTHOUSE, (0.4, 0.6), 5.0) == "Once there"


def test_a_dash_is_heard_with_the_word_before_it():
    assert words_heard("well — yes", (0.4, 0.4, 0.9), 0.5) == "well —"


@pytest.mark.parametrize(
    ("words", "phonemes", "expected"),
    [
        (["həlˈoʊ", "ðˈɛɹ."], "həlˈoʊ ðˈɛɹ.", ["həlˈoʊ", " ðˈɛɹ"]),
        (["ðɛɹ", "wʌz", "ˈeɪ", "bˈoʊt"], "ðɛɹwˌʌz ɐ bˈoʊt", ["ðɛɹ", "wˌʌz", " ɐ", " bˈoʊt"]),
        (["ˈʌv", "ðə", "ˈɛnd"], "ʌvðɪʲ ˈɛnd", ["ʌv", "ðɪʲ", " ˈɛnd"]),
        (
            ["ɪt", "nˈaɪntiːn hˈʌndɹɪd ˈeɪɾi fˈoːɹ", "kˈiːpɚz"],
            "ɪt nˈaɪntiːnhˈʌndɹɪd ˈeɪɾi fˈɔːɹ kˈiːpɚz",
            ["ɪt", " nˈaɪntiːnhˈʌndɹɪd ˈeɪɾi fˈɔːɹ", " kˈiːpɚz"],
        ),
        (["lˈe", "amˈi", "sˈɔ̃", "aʁivˈe"], "le-z amˈi sˈɔ̃t aʁivˈe", ["le", "-z amˈi", " sˈɔ̃", "t aʁivˈe"]),
        (["wˈɛl", "", "jˈɛs"], "wˈɛl; jˈɛs", ["wˈɛl", "", "; jˈɛs"]),
    ],
    ids=["plain", "run together", "reduced", "a number", "liaison", "a dash"],
)
def test_each_word_gets_its_own_phonemes(words, phonemes, expected):
    assert shares(words, phonemes) == expected


def test_where_nothing_agrees_boundaries_are_by_proportion():
    assert word_ends(["aa", "aa"], spoken("bbbbbbbb")) == (40, 80)


def test_an_unknown_word_lies_between_its_neighbours():
    assert shares(["wʌn", "xxxx", "tuː"], "wʌn abc tuː") == ["wʌn", " abc", " tuː"]


@pytest.mark.parametrize(("words", "ends"), [([], ()), (["", ""], (0, 0)), (["a"], (0,))])
def test_where_nothing_sounds_words_end_at_once(words, ends):
    assert word_ends(words, []) == ends


PHONEMES = st.text("abɔʃˈː ̃.,", max_size=12)


@given(st.lists(PHONEMES, max_size=6), PHONEMES)
def test_words_end_in_order_and_within_the_sound(words, phonemes):
    ends = word_ends(words, spoken(phonemes))
    assert len(ends) == len(words)
    assert list(ends) == sorted(ends)
    assert all(0 <= end <= 10 * len(phonemes) for end in ends)


@given(st.lists(st.text("abɔʃ", min_size=1, max_size=6), min_size=1, max_size=6))
def test_words_said_as_they_are_alone_end_where_they_end(words):
    ends = word_ends(words, spoken(" ".join(words)))
    assert list(ends) == [10 * len(" ".join(words[: count + 1])) for count in range(len(words))]


@given(st.text(max_size=30), st.lists(st.floats(0, 9), max_size=8).map(sorted), st.floats(0, 9), st.floats(0, 9))
def test_the_longer_it_is_played_the_more_is_heard(text, ends, one, other):
    less, more = (words_heard(text, ends, played).split() for played in sorted((one, other)))
    assert text.split()[: len(more)] == more
    assert more[: len(less)] == less
