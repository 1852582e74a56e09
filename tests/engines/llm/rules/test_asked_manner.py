"""A wish about the manner is acknowledged, not turned over like a thought."""

import pytest

from companion_voice.engines.llm.rules.book import lines, open_book
from tests.engines.llm.rules.speaking import answer


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "please be shorter"),
        ("en", "you talk too much"),
        ("fr", "tu parles trop"),
        ("fr", "tu peux être plus bref ?"),
    ],
)
def test_a_wish_about_the_manner_is_acknowledged(language, said):
    own = " ".join(lines(open_book(language).moves["manner_asked"].says))
    assert answer(said, language=language).split()[0] in own


@pytest.mark.parametrize(("language", "said"), [("en", "my boss talks too much"), ("fr", "mon chef parle trop")])
def test_talk_about_somebody_elses_manner_is_talk(language, said):
    acknowledged = lines(open_book(language).moves["manner_asked"].says)
    assert answer(said, language=language) not in acknowledged
