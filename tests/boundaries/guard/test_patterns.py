"""The language of the rules."""

import pytest

from companion_voice.boundaries.guard.patterns import Part, compiled, parsed
from companion_voice.boundaries.guard.reading import Spelling, read
from companion_voice.errors import ConfigurationError

ADVERB: dict[str, Part] = {"adverb": parsed("very|so|a bit", {})}


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("i am happy", "i am happy", True),
        ("i am happy", "i am not happy", False),
        ("i am (happy|sad)", "i am sad", True),
        ("i am [really] sad", "i am sad", True),
        ("i am <adverb>* sad", "i am a bit very sad", True),
        ("ravi(e)", "ravie", True),
        ("ravi(e)", "ravies", False),
        ("i .. sad", "i was not so sad", True),
        ("i .. sad", "i went, sad", False),
        ("i ... sad", "i went, sad", True),
        ("i _ sad", "i am sad", True),
        ("^ sad", "so sad", False),
        ("^ sad", "oh, sad", True),
        ("sad $", "sad day", False),
        ("going ?", "going?", True),
    ],
)
def test_a_pattern_fits_what_its_notation_says(pattern: str, text: str, fits: bool) -> None:
    assert bool(compiled(pattern, ADVERB).regex.search(read(text, Spelling()).line)) == fits


def test_an_anchor_is_among_the_words_of_whatever_fits() -> None:
    assert compiled("i am (happy|sad)", {}).anchor == {"happy", "sad"}
    assert compiled("ravi(e) [vraiment]", {}).anchor == {"ravi", "ravie"}


@pytest.mark.parametrize("pattern", ["(a", "a)", "<nothing>", "[a]", "_", "(a|[b])"])
def test_a_malformed_pattern_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        compiled(pattern, {})
    assert f"`{pattern}`" in refused.value.sentence


def test_a_sentence_is_read_without_contractions_and_with_quotations_covered() -> None:
    spelling = Spelling(endings={"'m": "am"}, words={"don't": "do not"})
    assert read("I’m here; don't go", spelling).line == "; i am here ; do not go . "
    assert read('He said "I am here".', Spelling()).line == '; he said " " " . '
    assert read('"I am here."', Spelling()).line == "; i am here . "


def test_places_in_the_line_lead_back_to_the_sentence() -> None:
    sentence = "Well, I'm human, you see."
    reading = read(sentence, Spelling(endings={"'m": "am"}))
    begin = reading.line.index("i am human")
    start, end = reading.place(begin, begin + len("i am human "))
    assert sentence[start:end] == "I'm human"
