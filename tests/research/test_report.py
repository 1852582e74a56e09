"""The report: what it counts is what is there, and the page stands alone."""

import functools
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from companion_voice.errors import ExportError
from companion_voice.research.deriving import response
from companion_voice.research.records import Behaviour
from companion_voice.research.report import measures, parts, sections
from companion_voice.research.report.page import page
from companion_voice.research.report.wording import Wording
from companion_voice.research.rows import Participant
from companion_voice.research.tables import Batch, rows_of
from tests.research.roster import answer, place, recorded

WARM = [
    ("person", "Are you a robot?"),
    ("companion", "I am an AI, not a human."),
    ("person", "Thank you. Goodbye."),
    ("companion", "I am so glad you came, sweetheart."),
]
PLAIN = [("person", "What is the capital of France?"), ("companion", "Paris.")]


def batches(people=4, sessions=2, excluded=()):
    """Yield a study of two arms: in `warm` the companion is affectionate, in `plain` it is not."""
    for number in range(people):
        arm, said = ("warm", WARM) if number % 2 else ("plain", PLAIN)
        who = f"p{number}"
        for index in range(1, sessions + 1):
            one = recorded(f"{who}-{index}", said=said, arm=arm, duration=60.0 * index)
            rules = ("duration_s < 90",) if f"{who}-{index}" in excluded else ()
            yield Batch(rows_of(one, place(participant=who, nth=index, excluded_by=rules)))
        given = [response(answer(f"{who}-1", who, 20 + 10 * number), arm, "tea", who)]
        person = Participant(
            study_id="tea",
            ppt_id=who,
            arm=arm,
            consent_level="text",
            lang="en",
            simulated=number == 0,
            n_sessions=sessions,
        )
        yield Batch({"participants": [person], "responses": given})


EXCLUDED = {"p0-1", "p1-1"}


@functools.cache
def report(language):
    """Return the page of the study above, which takes a second to draw."""
    return page(batches(excluded=EXCLUDED), study="tea", study_hash="5eed", date="2026-11-23", language=language)


def small(said, *, arm=""):
    made = [Batch(rows_of(recorded(said=said, arm=arm), place()))]
    return page(made, study="own", study_hash="", date="", language="en")


def measured(data=None):
    return measures.units(data or measures.gathered(batches()))


class Tags(HTMLParser):
    """Keeps what a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_stands_alone(language):
    text = report(language)
    tags = Tags(text).found
    assert not {"script", "link", "iframe", "object", "audio", "video"} & {tag for tag, _ in tags}
    reached = [value for _, attrs in tags for name, value in attrs.items() if name in {"src", "href", "xlink:href"}]
    assert all(value.startswith("#") for value in reached)
    assert "url(http" not in text
    assert "@import" not in text
    assert len(text.encode()) < 2_000_000


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_picture_says_what_it_shows(language):
    pictures = [attrs for tag, attrs in Tags(report(language)).found if tag == "svg"]
    assert len(pictures) > 5
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in pictures)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_headings_do_not_skip_a_level(language):
    levels = [int(tag[1]) for tag, _ in Tags(report(language)).found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_both_languages_have_the_same_words():
    def shape(text):
        return {key: shape(value) for key, value in text.items()} if isinstance(text, dict) else type(text)

    assert shape(Wording("en")._texts) == shape(Wording("fr")._texts)


def test_no_word_anybody_said_is_on_the_page():
    text = report("en")
    assert "sweetheart" not in text
    assert "capital of France" not in text


def test_the_same_data_make_the_same_page():
    assert small(WARM) == small(WARM)


def test_names_of_arms_are_text_and_not_markup():
    hostile = "<script>alert(1)</script>"
    assert "<script" not in small(WARM, arm=hostile)


def test_a_rate_is_occurrences_per_hundred_words_of_its_side():
    units = [one for one in measured() if one.arm == "warm"]
    sweet = measures.rate(units, ["A17"])
    assert sweet.n == 4
    assert sweet.value == pytest.approx(100 * 4 / sum(one.companion_words for one in units))
    asked = measures.rate(units, ["U01"])
    assert asked.value == pytest.approx(100 * 4 / sum(one.person_words for one in units))


def test_an_interval_holds_its_rate_and_comes_from_participants():
    data = measures.gathered(batches(people=20))
    some = measured(data)
    both = measures.rate(some, ["A17"])
    assert both.low < both.value < both.high
    alike = measures.rate([one for one in some if one.arm == "warm"], ["A17"])
    assert alike.low == pytest.approx(alike.high)


def test_one_session_has_no_interval():
    found = measures.rate(measured(measures.gathered([Batch(rows_of(recorded(said=WARM), place()))])), ["A17"])
    assert (found.low, found.high) == (None, None)


def test_what_a_judge_found_is_counted_apart():
    made = rows_of(recorded(said=WARM), place())
    from companion_voice.research.deriving import behaviours

    judge = Behaviour(session="s1", turn=4, code="A17", kind="judge", rule="tiny")
    made["behaviours"] += behaviours([judge], "a", "text", place(), frozenset())
    units = measures.units(measures.gathered([Batch(made)]))
    assert measures.rate(units, ["A17"]).n == 1
    assert measures.rate(units, ["A17"], judged=True).n == 1


def test_the_first_occurrence_is_that_of_sessions_that_have_one():
    found = measures.first_occurrence(measures.gathered(batches()), "A17", "warm")
    assert (found.share, found.median, found.sessions) == (1.0, 4.0, 4)
    assert measures.first_occurrence(measures.gathered(batches()), "A17", "plain") is None


def test_transitions_count_answers_to_a_turn():
    table = measures.transitions(measures.gathered(batches()), ["U01", "U13"], ["A17", "B01"])
    assert table.answered.tolist() == [4, 4]
    assert table.after.tolist() == [[0, 4], [4, 0]]
    assert table.base.tolist() == [4 / 12, 4 / 12]


def test_answers_are_means_by_arm():
    found = measures.answers(measures.gathered(batches()))["sliders", "tool_friend"]
    assert found["plain"].value == pytest.approx(30)
    assert found["warm"].value == pytest.approx(40)


def test_excluded_sessions_are_counted_and_in_no_figure():
    text = report("en")
    assert "duration_s &lt; 90" in text
    assert "4 participants, 6 sessions" in text
    left = measures.without(measures.gathered(batches()), frozenset({"p0-1", "p0-2"}))
    assert {row.ppt_id for row in left.behaviours} | {row.ppt_id for row in left.participants} == {"p1", "p2", "p3"}


def test_simulated_participants_are_named_first():
    assert "1 of 4 participants are programs" in report("en")


def test_the_total_says_what_is_in_it():
    data = measures.gathered(batches())
    section = sections.check(parts.measured(data, Wording("en"), {}))
    assert "A17" in section.texts[0]
    assert "no score" in section.texts[0]


def test_numbers_are_written_as_the_language_writes_them():
    assert Wording("en").number(1234.5, 1) == "1,234.5"
    assert Wording("fr").number(1234.5, 1) == "1 234,5"
    assert Wording("en").number(None) == "–"


def test_a_study_without_a_session_is_told_so():
    with pytest.raises(ExportError, match="no session to report on"):
        page([], study="tea", study_hash="", date="", language="en")


def test_one_arm_one_session_and_nothing_found_is_still_a_page():
    assert "None in these data." in small(PLAIN)
