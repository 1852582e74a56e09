"""From a history of changes to what the persona is now. Pure; nothing is ever overwritten.

Going back is one more change, which names an earlier one; so is forgetting, after which the forgotten change counts
nowhere, not even for one who goes back to a time when it did.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from companion_voice.errors import EvolutionError
from companion_voice.persona.evolution.bounds import within
from companion_voice.persona.evolution.changes import Change, Grown, Item, Mood
from companion_voice.persona.schema import TRAITS, Traits

MOST = 20
"""Items of a kind that are carried along, the newest."""
SHARED: dict[str, Literal["jokes", "vocabulary", "opinions"]] = {
    "joke": "jokes",
    "vocabulary": "vocabulary",
    "opinion": "opinions",
}
History: TypeAlias = Sequence[Change]


def grown(traits: Traits, history: History) -> Grown:
    """Return what a persona with these sliders has grown into. Raises `EvolutionError`."""
    return states(traits, history)[-1]


def states(traits: Traits, history: History) -> tuple[Grown, ...]:
    """Return the state before the first change and after each. Raises `EvolutionError`."""
    void = forgotten(history)
    found = [Grown(traits={name: within(traits.of(name), traits.of(name).baseline) for name in TRAITS})]
    for change in history:
        if change.kind == "rollback":
            found.append(found[_known(change.about, len(found))])
        elif change.kind == "forgotten" or change.reason == "declined" or change.number in void:
            found.append(found[-1])
        else:
            found.append(applied(traits, found[-1], change))
    return tuple(found)


def applied(traits: Traits, state: Grown, change: Change) -> Grown:
    """Return the state after one change of a slider, a mood, an address or shared words. Raises `EvolutionError`."""
    if change.kind in SHARED:
        return _shared(state, change)
    match change.kind, change.new:
        case "trait", float() | int() as new if change.key in TRAITS:
            return _moved(traits, state, change, float(new))
        case "mood", "even" | "cheerful" | "quiet" as mood:
            felt: Mood = mood
            return msgspec.structs.replace(state, mood=felt, mood_day=change.day)
        case "address", "" | "tu" | "vous" as address:
            return msgspec.structs.replace(state, address=address)
    raise EvolutionError(f"`{change.kind} {change.key}` is nothing about a persona that can change.")


def roll_back(traits: Traits, history: History, to: int, *, at: str) -> Change:
    """Return the change that goes back to how it was after change number `to` (0: the beginning).

    Raises `EvolutionError` when there is no such change.
    """
    before = _known(to, len(states(traits, history)))
    return Change(
        number=len(history) + 1, kind="rollback", key="rollback", old=str(len(history)), new=str(before),
        reason="rollback", evidence=(), at=at, decided_by="rollback", about=before,
    )  # fmt: skip


def forget(change: Change, number: int, *, at: str) -> Change:
    """Return the change, `number` in the history, that undoes one whose turns were forgotten."""
    return Change(
        number=number, kind="forgotten", key=change.kind, old="", new="",
        reason="forgotten", evidence=(), at=at, decided_by="forgotten", about=change.number,
    )  # fmt: skip


def forgotten(history: History) -> frozenset[int]:
    """Return the numbers of the changes that count no longer."""
    return frozenset(change.about for change in history if change.kind == "forgotten")


def last_of(history: History, day: str) -> int:
    """Return the number of the last change made before the end of `day`, `2026-05-03`; 0 for the beginning."""
    return max((change.number for change in history if change.day <= day), default=0)


def _moved(traits: Traits, state: Grown, change: Change, new: float) -> Grown:
    """Move a slider as it once moved; from elsewhere, because of a forgotten change, by as much."""
    [name] = [one for one in TRAITS if one == change.key]
    now = state.traits[name]
    target = new if now == change.old else now + new - float(change.old)
    return msgspec.structs.replace(state, traits=state.traits | {name: within(traits.of(name), target)})


def _shared(state: Grown, change: Change) -> Grown:
    if change.words is None:
        return state
    field = SHARED[change.kind]
    items: tuple[Item, ...] = getattr(state, field)
    item = Item(change.number, change.words.text, change.words.topic)
    return msgspec.structs.replace(state, **{field: (*items, item)[-MOST:]})


def _known(number: int, count: int) -> int:
    if not 0 <= number < count:
        raise EvolutionError(
            f"There is no change number {number} to go back to.", "See them with: companion persona history"
        )
    return number
