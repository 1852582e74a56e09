"""Time is counted across restarts and clock changes, suggestions come once, and a crisis silences them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import limits
from companion_voice.boundaries.limits import Ledger
from companion_voice.boundaries.moments import Moment
from companion_voice.boundaries.settings import Boundaries, Time

NOON = 12 * 60


def moment(minutes, *, boot="a", set_by=0.0, day="2026-11-22"):
    return Moment(
        wall=1e9 + minutes * 60 + set_by, steady=minutes * 60, boot=boot, day=day, minute=(NOON + int(minutes)) % 1440
    )


def talked(minutes, ledger=None, *, begin=0, **kind):
    ledger = ledger or Ledger()
    for minute in range(begin, begin + minutes + 1, 5):
        ledger = limits.used(ledger, moment(minute, **kind))
    return ledger


@pytest.mark.parametrize(("minutes", "kind"), [(55, None), (60, "soft"), (115, "soft"), (120, "firm")])
def test_a_break_is_suggested_after_an_hour_and_firmly_after_two(minutes, kind):
    ledger = talked(minutes)
    assert limits.due(ledger, moment(minutes), Boundaries()) == kind


def test_a_suggestion_is_made_once():
    ledger = limits.said(talked(60), "soft", moment(60))
    assert limits.due(limits.used(ledger, moment(65)), moment(65), Boundaries()) is None


def test_a_real_pause_begins_a_new_stretch():
    ledger = talked(40, talked(40), begin=100)
    assert limits.due(ledger, moment(140), Boundaries()) is None


@pytest.mark.parametrize("set_by", [-1e6, 0.0, 1e6])
def test_setting_the_clock_neither_loses_nor_invents_minutes(set_by):
    ledger = talked(30, talked(30), begin=30, set_by=set_by)
    assert limits.due(ledger, moment(60, set_by=set_by), Boundaries()) == "soft"
    assert ledger.days["2026-11-22"].seconds == 3600


def test_a_restart_does_not_begin_the_count_anew():
    ledger = talked(30, talked(30), begin=35, boot="b")
    assert limits.due(ledger, moment(65, boot="b"), Boundaries()) == "soft"


def test_the_daily_cap_is_the_persons_and_reads_back_their_words():
    settings = Boundaries(time=Time(daily_cap=45, self_contract="Call Anna instead"))
    ledger = talked(45)
    assert limits.due(ledger, moment(45), settings) == "cap"
    assert "Call Anna instead" in limits.text("cap", ledger, settings, "en")
    assert (
        limits.due(limits.used(ledger, moment(2000, day="2026-11-23")), moment(2000, day="2026-11-23"), settings)
        is None
    )


def test_every_limit_is_silent_in_a_crisis():
    assert limits.due(talked(180), moment(180), Boundaries(time=Time(daily_cap=10)), crisis=True) is None


@pytest.mark.parametrize(("minute", "kind"), [(23 * 60, "quiet"), (5 * 60 + 59, "quiet"), (6 * 60, None), (NOON, None)])
def test_quiet_hours_are_mentioned_across_midnight(minute, kind):
    now = Moment(wall=1e9, steady=0, boot="a", day="2026-11-22", minute=minute)
    assert limits.due(limits.used(Ledger(), now), now, Boundaries()) == kind


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_report_gives_minutes_and_conversations(language):
    report = limits.report(talked(60), language, today="2026-11-22")
    assert "60 minutes" in report
    assert "1 conversation," in report
    assert limits.report(Ledger(), language, today="2026-11-22") not in report


def test_the_report_reaches_back_seven_days():
    within, over = (limits.report(talked(60), "en", today=today) for today in ("2026-11-28", "2026-11-29"))
    assert within == limits.report(talked(60), "en", today="2026-11-22")
    assert over == limits.report(Ledger(), "en", today="2026-11-22")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "How much did we talk this week?"), ("fr", "Combien de temps on a parlé cette semaine ?")],
)
def test_the_report_is_given_on_request_unless_it_is_off(language, said):
    answers = {
        on: limits.answer(talked(60), Boundaries(time=Time(weekly_report=on)), language, today="2026-11-22")
        for on in ("on", "off")
    }
    assert limits.asked(said, language)
    assert "60 minutes" in answers["on"]
    assert "60" not in answers["off"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "How much did we talk about bees?"), ("fr", "Combien de temps a duré le film ?")]
)
def test_another_question_asks_for_no_report(language, said):
    assert not limits.asked(said, language)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.booleans(), st.floats(-1e6, 1e6)), max_size=30))
def test_no_day_holds_more_use_than_passed(steps):
    ledger, steady, wall, boot = Ledger(), 0.0, 1e9, 0
    for passed, restarts, jump in steps:
        boot += restarts
        steady, wall = steady + passed, wall + passed + jump
        ledger = limits.used(ledger, Moment(wall=wall, steady=steady, boot=str(boot), day="2026-11-22", minute=NOON))
    certain = sum(passed for passed, *_ in steps) + sum(limits.GAP for _, restarts, _ in steps if restarts)
    assert sum(day.seconds for day in ledger.days.values()) <= certain
