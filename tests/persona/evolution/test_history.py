"""Whatever happens, a persona stays within its file, can be taken back, and its history shows when it was touched."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion_voice.boundaries.phrases import load
from companion_voice.errors import EvolutionError
from companion_voice.persona.evolution import chain, history, proposals
from companion_voice.persona.evolution.bounds import bounded, within
from companion_voice.persona.evolution.changes import Change, Grown, Words
from companion_voice.persona.evolution.embodied import embodied
from companion_voice.persona.evolution.signals import Signal
from companion_voice.persona.head import brought_up, head
from companion_voice.persona.schema import TRAITS, Evolution, Persona, Trait, Traits

DUST = 1e-6
WHOSE = ("ada", "owner")
shares = st.floats(0, 1, allow_nan=False)


@st.composite
def sliders(draw):
    low, baseline, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Trait(baseline=baseline, min=low, max=high, step=draw(shares), distance=draw(shares))


traits = st.builds(Traits, **dict.fromkeys(TRAITS, sliders()))
reasons = st.sampled_from(sorted(proposals.EFFECTS))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), reasons),
        st.tuples(st.just("decline"), reasons),
        st.tuples(st.just("back"), st.integers(0, 30)),
        st.tuples(st.just("forget"), st.integers(0, 30)),
        st.tuples(st.just("sleep"), st.none()),
    ),
    max_size=30,
)


def persona(sliders=None, mode="auto"):
    return Persona(
        name="Ada", languages=("en",), description="You.", greeting="Hi.", farewell="Bye.",
        traits=sliders or Traits(), evolution=Evolution(mode=mode),
    )  # fmt: skip


def lived(one, life):
    """Return the history of a persona after a life, and the day on which each change was made."""
    changes, day = [], 1
    for turn, (what, detail) in enumerate(life):
        at = f"2026-05-{day:02}T10:00:{turn:02}+00:00"
        if what == "sleep":
            day += 1
        elif what == "back":
            changes.append(history.roll_back(one.traits, changes, detail % (len(changes) + 1), at=at))
        elif what == "forget":
            real = [c for c in changes if c.evidence and c.number not in history.forgotten(changes)]
            if real:
                changes.append(history.forget(real[detail % len(real)], len(changes) + 1, at=at))
        else:
            words = (
                Words(f"thing {turn}", "topic")
                if detail in {"shared_joke", "shared_word", "nickname", "opinion_given"}
                else None
            )
            clear = Signal(detail, f"t{turn}", at, True, words)
            proposal = proposals.propose(one, changes, [clear], at[:10])
            if proposal:
                changes.append(proposals.decided(proposal, len(changes) + 1, at=at, by="auto", kept=what == "hear"))
    return changes


@settings(max_examples=60, deadline=None)
@given(traits, steps)
def test_no_life_leaves_the_bounds(sliders, life):
    one = persona(sliders)
    changes = lived(one, life)
    for state in history.states(sliders, changes):
        for name in TRAITS:
            trait, value = sliders.of(name), state.traits[name]
            assert trait.min <= value <= trait.max
            assert abs(value - trait.baseline) <= trait.distance + DUST
    for name in TRAITS:
        for day in {change.day for change in changes}:
            moved = [abs(c.new - c.old) for c in changes if c.kind == "trait" and c.key == name and c.day == day]
            assert sum(moved) <= sliders.of(name).step + DUST


@settings(max_examples=60, deadline=None)
@given(traits, steps, st.integers(0, 30))
def test_going_back_restores_every_byte(sliders, life, to):
    changes = lived(persona(sliders), life)
    to %= len(changes) + 1
    before = msgspec.json.encode(history.states(sliders, changes)[to])
    back = history.roll_back(sliders, changes, to, at="2026-06-01T00:00:00+00:00")
    assert msgspec.json.encode(history.grown(sliders, [*changes, back])) == before


@given(sliders(), shares, shares, shares)
def test_a_step_is_never_longer_than_what_is_left_of_the_day(trait, now, wanted, moved):
    start = within(trait, now)
    assert abs(bounded(trait, now, wanted, moved) - start) <= max(trait.step - moved, 0) + DUST


def test_a_slider_stops_at_the_day_s_step_and_goes_on_tomorrow():
    one = persona(Traits(verbosity=Trait(baseline=0.5, step=0.05, distance=0.08)))
    changes = []
    for turn, day in enumerate(["01", "01", "02", "03"]):
        at = f"2026-05-{day}T10:00:0{turn}+00:00"
        proposal = proposals.propose(one, changes, [Signal("asked_shorter", f"t{turn}", at, True)], at[:10])
        if proposal:
            changes.append(proposals.decided(proposal, len(changes) + 1, at=at, by="auto"))
    assert [change.new for change in changes] == [0.45, 0.42]


def seals(changes):
    made, head = [], chain.START
    for change in changes:
        made.append(chain.sealed(change, WHOSE, head, "salt"))
        head = made[-1].head
    return made, head


@settings(max_examples=60, deadline=None)
@given(steps.filter(lambda life: len(life) > 4), st.data())
def test_the_chain_shows_any_edit_reorder_or_removal(life, data):
    made, head = seals(
        lived(persona(), [("hear", "asked_shorter"), ("hear", "shared_joke"), ("hear", "nickname"), *life])
    )
    assert chain.broken(made, WHOSE, head) is None
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.integers(0, len(made) - 1).filter(lambda place: place != at))
    assert chain.broken(made[:at] + made[at + 1 :], WHOSE, head) is not None
    swapped = [*made]
    swapped[at], swapped[other] = swapped[other], swapped[at]
    assert chain.broken(swapped, WHOSE, head) is not None
    place = data.draw(st.integers(0, len(made[at].entry) - 1))
    entry = bytearray(made[at].entry)
    entry[place] ^= data.draw(st.integers(1, 255))
    edited = [*made[:at], msgspec.structs.replace(made[at], entry=bytes(entry)), *made[at + 1 :]]
    assert chain.broken(edited, WHOSE, head) == at + 1


def test_words_can_be_erased_only_where_they_were_forgotten():
    changes = lived(persona(), [("hear", "shared_joke")])
    made, head = seals(changes)
    bare = [msgspec.structs.replace(made[0], words=None)]
    assert chain.broken(bare, WHOSE, head) == 1
    made, head = seals([*changes, history.forget(changes[0], 2, at="2026-05-02T00:00:00+00:00")])
    assert b"thing" not in made[0].entry
    assert chain.broken([msgspec.structs.replace(made[0], words=None), made[1]], WHOSE, head) is None
    other = msgspec.structs.replace(made[0], words=made[0].words.replace(b"thing", b"thank"))
    assert chain.broken([other, made[1]], WHOSE, head) == 1


def test_forgotten_is_forgotten_also_for_who_goes_back():
    changes = lived(persona(), [("hear", "asked_shorter"), ("sleep", None), ("hear", "asked_shorter")])
    changes.append(history.forget(changes[0], 3, at="2026-05-03T00:00:00+00:00"))
    assert history.grown(Traits(), changes).traits["verbosity"] == 0.45
    back = history.roll_back(Traits(), changes, 1, at="2026-05-04T00:00:00+00:00")
    assert history.grown(Traits(), [*changes, back]).traits["verbosity"] == 0.5


def test_what_must_be_said_and_every_boundary_is_out_of_reach():
    one = persona()
    whole = lived(one, [("hear", reason) for reason in sorted(proposals.EFFECTS)])
    state = history.grown(one.traits, whole)
    now = embodied(one, state, "2026-05-01")
    changed = {field for field in Persona.__struct_fields__ if getattr(now, field) != getattr(one, field)}
    assert changed <= {"traits", "address", "manner", "knows", "opinions"}
    assert set(Grown.__struct_fields__) == {"traits", "mood", "mood_day", "address", "jokes", "vocabulary", "opinions"}
    for key in ("disclosure", "boundaries", "name", "role", "avoids", "description"):
        alien = Change(number=1, kind="trait", key=key, old=0.5, new=0.6, reason="laughed", evidence=("t1",), at="2026-05-01", decided_by="auto")  # fmt: skip
        with pytest.raises(EvolutionError):
            history.grown(one.traits, [alien])
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(msgspec.to_builtins(alien) | {"kind": key}, Change)


def test_what_is_shared_is_brought_up_when_spoken_of_and_the_head_does_not_grow():
    one = persona()
    whole = lived(one, [("hear", "shared_word"), ("hear", "shared_joke"), ("hear", "opinion_given")])
    now = embodied(one, history.grown(one.traits, whole), "2026-05-01")
    phrases = load("en")
    assert head(now, phrases) == head(one, phrases)
    assert "thing 0" in brought_up(now, "What a thing 0!")
    assert "thing 2" in brought_up(now, "What about that topic?")


def test_words_that_claim_to_be_human_are_never_kept():
    at = "2026-05-01T10:00:00+00:00"
    for text in ("I am a human being", "je suis un être humain"):
        claim = Signal("opinion_given", "t1", at, True, Words(text, "you"))
        assert proposals.propose(persona(), [], [claim], at[:10]) is None
    assert proposals.propose(
        persona(), [], [Signal("opinion_given", "t1", at, True, Words("It wanders.", "jazz"))], at[:10]
    )


def test_a_file_edited_later_still_bounds_what_had_grown():
    changes = lived(persona(), [("hear", "asked_longer"), ("sleep", None), ("hear", "asked_longer")])
    tight = Traits(verbosity=Trait(baseline=0.5, max=0.52))
    assert history.grown(tight, changes).traits["verbosity"] == 0.52
