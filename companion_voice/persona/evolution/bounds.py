"""How far a slider may go. Pure arithmetic; knows no reasons and no dates."""

from collections.abc import Iterable

from companion_voice.persona.evolution.changes import Change
from companion_voice.persona.schema import Trait

DIGITS = 4
_DUST = 1e-9
"""What floating point leaves behind."""


def within(trait: Trait, value: float) -> float:
    """Return the nearest value that the file allows: between `min` and `max`, no further than `distance` away.

    `min` and `max` win where the baseline itself stands outside of them.
    """
    near = min(max(round(value, DIGITS), trait.baseline - trait.distance), trait.baseline + trait.distance)
    return min(max(near, trait.min), trait.max)


def bounded(trait: Trait, now: float, wanted: float, moved_today: float) -> float:
    """Return how far a slider may go from `now` towards `wanted`, having moved by `moved_today` (≥ 0) already.

    Every movement of a day counts, also there and back again.
    """
    start = within(trait, now)
    left = trait.step - moved_today
    if left < _DUST:
        return start
    target = within(trait, min(max(wanted, start - left), start + left))
    return target if abs(target - start) <= left + _DUST else start


def moved(changes: Iterable[Change], key: str, day: str) -> float:
    """Return how much a slider evolved on a day. Going back and forgetting are not evolution."""
    return sum(
        abs(float(one.new) - float(one.old))
        for one in changes
        if one.kind == "trait" and one.key == key and one.day == day
    )
