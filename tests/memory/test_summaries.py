"""Summaries: a few of the person's own sentences, each linked to the turns that say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.memory.records import Turn
from companion_voice.memory.summaries import SENTENCES, summarise


def turns(*said):
    return [
        Turn(i, f"t{i}", "s1", "owner", i, who, "", text, "", "en", "2026-11-22T20:00:00+01:00", i, pinned=False)
        for i, (who, text) in enumerate(said)
    ]


def test_only_the_persons_sentences_are_chosen_and_they_are_literal():
    talk = turns(
        ("user", "Hello there."),
        ("companion", "Your garden is full of roses and tulips this spring."),
        ("user", "My sister Mary is getting married in Dublin. I am quite happy about it."),
        ("user", "The wedding in Dublin is on the fifth of June."),
        ("user", "What is the weather like over there in June?"),
    )
    summary = summarise(talk, "session")
    assert summary
    assert all(sentence.text in " ".join(turn.text for turn in talk if turn.who == "user") for sentence in summary)
    assert not any("tulips" in sentence.text or sentence.text.endswith("?") for sentence in summary)
    keys = {turn.key for turn in talk if turn.who == "user"}
    assert all(set(sentence.turns) <= keys and sentence.turns for sentence in summary)


def test_what_tells_a_fact_comes_before_what_does_not():
    talk = turns(
        ("user", "Perhaps we might look through some pictures later on."),
        ("user", "I moved to Lyon in May."),
        ("user", "Somebody was whistling near the window this morning."),
        ("user", "People kept walking around the market square."),
        ("user", "My brother Paul works at Airbus."),
    )
    chosen = {sentence.text for sentence in summarise(talk, "session")}
    assert {"I moved to Lyon in May.", "My brother Paul works at Airbus."} <= chosen


def test_the_same_thing_said_twice_is_one_sentence_with_both_turns():
    talk = turns(
        ("user", "The garden fence fell over in the storm."),
        ("user", "I bought three kilos of apples for a cake."),
        ("user", "That storm made the garden fence fall over, the fence fell."),
        ("user", "The storm: our garden fence fell over again."),
    )
    fences = [sentence for sentence in summarise(talk, "session") if "fence" in sentence.text]
    assert [set(sentence.turns) for sentence in fences] == [{"t0", "t3"}]


@pytest.mark.parametrize("said", [[], ["Yes."], ["", " "], ["What is that?"], ["It was so."]])
def test_too_little_gives_nothing(said):
    assert summarise(turns(*(("user", text) for text in said)), "week") == ()


@given(
    st.lists(st.tuples(st.sampled_from(["user", "companion"]), st.text(max_size=80)), max_size=12),
    st.sampled_from(list(SENTENCES)),
)
def test_a_summary_is_short_in_order_and_the_same_every_time(said, level):
    talk = turns(*said)
    summary = summarise(talk, level)
    assert len(summary) <= SENTENCES[level] <= 5
    assert summary == summarise(talk, level)
    firsts = [int(sentence.turns[0][1:]) for sentence in summary]
    assert firsts == sorted(firsts)
