"""At most one change that the person's words ask for, and whether it is asked aloud first. Pure.

What is asked for outright is proposed at once, the rest when it has come back. A turn speaks for a change only once,
whether it was made or declined, and nothing said before the person went back counts afterwards.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.persona.evolution.bounds import bounded, moved
from companion_voice.persona.evolution.changes import Change, Decider, Grown, Kind, Reason, Words
from companion_voice.persona.evolution.history import SHARED, History, forgotten, grown
from companion_voice.persona.evolution.signals import Signal
from companion_voice.persona.evolution.words import TONGUES
from companion_voice.persona.schema import TRAITS, Persona, TraitName

OFTEN = 3
"""Turns that make a weak signal count (twice may be chance)."""
DAYS = 2
"""Different days on which an expression must have been used to be somebody's own."""

Decision: TypeAlias = Literal["ask", "keep"]


class Effect(msgspec.Struct, frozen=True):
    """What a reason changes."""

    kind: Kind
    key: str
    towards: Literal[-1, 1] = 1
    value: str = ""


EFFECTS: dict[Reason, Effect] = {
    "asked_shorter": Effect("trait", "verbosity", -1),
    "asked_longer": Effect("trait", "verbosity"),
    "asked_more_humour": Effect("trait", "humour"),
    "asked_less_humour": Effect("trait", "humour", -1),
    "laughed": Effect("trait", "humour"),
    "asked_less_formal": Effect("trait", "formality", -1),
    "asked_more_formal": Effect("trait", "formality"),
    "asked_less_sure": Effect("trait", "doubt"),
    "asked_more_sure": Effect("trait", "doubt", -1),
    "asked_warmer": Effect("trait", "warmth"),
    "asked_cooler": Effect("trait", "warmth", -1),
    "asked_more_questions": Effect("trait", "curiosity"),
    "asked_fewer_questions": Effect("trait", "curiosity", -1),
    "asked_tu": Effect("address", "address", value="tu"),
    "asked_vous": Effect("address", "address", value="vous"),
    "mood_cheerful": Effect("mood", "mood", value="cheerful"),
    "mood_quiet": Effect("mood", "mood", value="quiet"),
    "shared_joke": Effect("joke", "joke", value="kept"),
    "shared_word": Effect("vocabulary", "vocabulary", value="kept"),
    "nickname": Effect("vocabulary", "vocabulary", value="kept"),
    "opinion_given": Effect("opinion", "opinion", value="kept"),
}
UNASKED: frozenset[Reason] = frozenset({"mood_cheerful", "mood_quiet", "shared_joke", "opinion_given"})
"""What need not be asked about: it passes, the person said so outright, or the companion said it itself."""
FROM_PERSON: frozenset[Reason] = frozenset({"shared_joke"})


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A change that could be made."""

    kind: Kind
    key: str
    old: float | str
    new: float | str
    reason: Reason
    evidence: tuple[str, ...]
    clear: bool
    decision: Decision
    words: Words | None = None


def propose(persona: Persona, history: History, heard: Sequence[Signal], day: str) -> Proposal | None:
    """Return the change that is asked for most clearly, then most often, on a `day`; None when there is none."""
    if persona.evolution.mode == "off":
        return None
    state = grown(persona.traits, history)
    found = (_proposal(persona, history, state, group, day) for group in _groups(_fresh(history, heard)))
    return max(filter(None, found), key=lambda one: (one.clear, len(one.evidence)), default=None)


def decided(proposal: Proposal, number: int, *, at: str, by: Decider, kept: bool = True) -> Change:
    """Return the change, `number` in the history, that a proposal becomes: made, or declined."""
    return Change(
        number=number,
        kind=proposal.kind,
        key=proposal.key,
        old=proposal.old,
        new=proposal.new if kept else proposal.old,
        reason=proposal.reason if kept else "declined",
        evidence=proposal.evidence,
        at=at,
        decided_by=by,
        words=proposal.words,
    )


def decider(proposal: Proposal) -> Decider:
    """Return who decided a proposal that is not asked about."""
    return "person" if proposal.reason in FROM_PERSON else "auto"


def _fresh(history: History, heard: Iterable[Signal]) -> list[Signal]:
    used = {(change.kind, change.key, turn) for change in history for turn in change.evidence}
    back = max((change.at for change in history if change.kind == "rollback"), default="")
    return [
        one
        for one in heard
        if one.at > back and (EFFECTS[one.reason].kind, EFFECTS[one.reason].key, one.turn) not in used
    ]


def _groups(heard: Iterable[Signal]) -> list[list[Signal]]:
    """Return signals for the same thing together. One that wants the contrary takes those before it away."""
    groups: dict[tuple[object, ...], list[Signal]] = {}
    for one in heard:
        effect = EFFECTS[one.reason]
        thing = (effect.kind, effect.key, one.words)
        before = groups.get(thing, [])
        same = all(_want(other) == _want(one) for other in before)
        groups[thing] = [*before, one] if same else [one]
    return list(groups.values())


def _want(signal: Signal) -> tuple[int, str]:
    return EFFECTS[signal.reason].towards, EFFECTS[signal.reason].value


def _proposal(persona: Persona, history: History, state: Grown, group: list[Signal], day: str) -> Proposal | None:
    last = next((one for one in reversed(group) if one.clear), group[-1])
    effect = EFFECTS[last.reason]
    old, new = _old_and_new(persona, history, state, effect, day)
    if old == new or not _counts(history, effect, group) or not _may_be_kept(persona, history, effect.kind, last.words):
        return None
    return Proposal(
        kind=effect.kind,
        key=effect.key,
        old=old,
        new=new,
        reason=last.reason,
        evidence=tuple(dict.fromkeys(one.turn for one in group)),
        clear=last.clear,
        decision="ask" if persona.evolution.mode == "ask" and last.reason not in UNASKED else "keep",
        words=last.words,
    )


def _old_and_new(
    persona: Persona, history: History, state: Grown, effect: Effect, day: str
) -> tuple[float | str, float | str]:
    if effect.kind == "trait":
        name: TraitName = next(one for one in TRAITS if one == effect.key)
        trait, now = persona.traits.of(name), state.traits[name]
        return now, bounded(trait, now, now + effect.towards * trait.step, moved(history, name, day))
    if effect.kind == "address":
        return state.address or persona.address, effect.value
    if effect.kind == "mood":
        return state.mood_on(day), effect.value
    return "", effect.value


def _counts(history: History, effect: Effect, group: list[Signal]) -> bool:
    """Tell whether it was asked for outright, or came back often enough and was not declined the last time."""
    if any(one.clear for one in group):
        return True
    before = [one for one in history if (one.kind, one.key) == (effect.kind, effect.key)]
    if before and before[-1].reason == "declined":
        return False
    days = {one.at[:10] for one in group}
    return len({one.turn for one in group}) >= OFTEN and (group[0].words is None or len(days) >= DAYS)


def _may_be_kept(persona: Persona, history: History, kind: Kind, words: Words | None) -> bool:
    """Tell whether words are new, and such that the companion might say them of itself: no claim, no lure."""
    if words is None:
        return True
    void = forgotten(history)
    for change in history:
        known = change.words if change.kind == kind and kind in SHARED and change.number not in void else None
        if known and (known == words or (kind == "opinion" and known.topic == words.topic)):
            return False
    context, settings = Context(name=persona.name), Boundaries()
    return not any(guard(words.text, language=code, settings=settings, context=context).rules for code in TONGUES)
