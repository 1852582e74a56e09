"""The notice comes before anything else and in time, through restarts, suspended laptops and clocks that are set."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion_voice.boundaries import disclosure
from companion_voice.boundaries.disclosure import Disclosures, Rhythm
from companion_voice.boundaries.moments import Moment
from companion_voice.boundaries.settings import Boundaries, Disclosure, Profile
from tests.boundaries.lives import walk

RHYTHM = Rhythm(every=150 * 60, ceiling=179 * 60)
KINDS = ("start", "again", "absence", "identity")


def moment(minutes, *, boot="a", set_by=0.0):
    return Moment(wall=1e9 + minutes * 60 + set_by, steady=minutes * 60, boot=boot)


@given(st.integers(min_value=0, max_value=2**64))
@settings(max_examples=300)
def test_no_life_has_an_output_before_the_notice_or_a_gap_over_the_ceiling(seed):
    assert walk(random.Random(seed)) == []


def test_a_life_in_which_notices_are_not_kept_is_found_out(monkeypatch):
    monkeypatch.setattr(disclosure, "due", lambda *_, **__: None)
    assert any(walk(random.Random(seed)) for seed in range(5))


def test_a_person_who_was_told_nothing_is_told_first():
    assert disclosure.due(Disclosures(), moment(0), conversation="1", rhythm=RHYTHM) == "start"


@pytest.mark.parametrize(
    ("minutes", "distressed", "kind"),
    [(149, False, None), (150, False, "again"), (151, True, None), (174, True, None), (175, True, "again")],
)
def test_the_reminder_waits_for_a_person_in_distress_but_not_for_long(minutes, distressed, kind):
    history = disclosure.said(Disclosures(), moment(0), conversation="1")
    assert disclosure.due(history, moment(minutes), conversation="1", rhythm=RHYTHM, distressed=distressed) == kind


@pytest.mark.parametrize("profile", ["adult", "minor"])
def test_no_setting_reaches_the_ceiling_of_the_law(profile):
    longest = Boundaries(disclosure=Disclosure(periodic_minutes=180), profile=Profile(name=profile))
    assert disclosure.rhythm(longest).every < {"adult": 180, "minor": 60}[profile] * 60


def test_after_a_week_away_it_says_so():
    history = disclosure.said(Disclosures(), moment(0), conversation="1")
    assert disclosure.due(history, moment(7 * 24 * 60), conversation="2", rhythm=RHYTHM) == "absence"


def test_a_question_about_what_it_is_is_answered_at_once():
    history = disclosure.said(Disclosures(), moment(0), conversation="1")
    assert disclosure.due(history, moment(1), conversation="1", rhythm=RHYTHM, asked=True) == "identity"


def test_a_clock_set_back_across_a_restart_makes_it_due():
    history = disclosure.said(Disclosures(), moment(100), conversation="1")
    assert disclosure.due(history, moment(0, boot="b"), conversation="1", rhythm=RHYTHM) == "start"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("wording", ["plain", "short", "detailed"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_wording_says_that_it_is_a_program_and_not_a_person(language, wording, kind):
    text = disclosure.text(kind, Boundaries(disclosure=Disclosure(wording=wording)), language, name="Ada")
    assert {"en": ("program", "not a "), "fr": ("programme", "pas ")}[language][0] in text
    assert {"en": "not a ", "fr": "pas "}[language] in text
    assert ("Ada" in text) == (kind == "identity")


@pytest.mark.parametrize(("language", "consequence"), [("en", "stored"), ("fr", "conservé")])
def test_the_first_notice_says_where_the_words_go_in_every_wording(language, consequence):
    for wording in ("plain", "short", "detailed"):
        assert consequence in disclosure.text("start", Boundaries(disclosure=Disclosure(wording=wording)), language)
