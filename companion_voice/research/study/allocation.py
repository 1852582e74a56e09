"""Who comes into which arm: blocks shuffled by a seed, a list for each stratum, arms under opaque names. Pure.

The shuffling is Python's Mersenne Twister, seeded with text: the same study file gives the same table everywhere.
"""

import hashlib
from itertools import product
from math import ceil
from random import Random

import msgspec

from companion_voice.errors import StudyError
from companion_voice.research.study.schema import Plan


class Table(msgspec.Struct, frozen=True):
    """The sealed table."""

    arms: dict[str, str] = {}
    """By opaque name, the condition."""
    strata: dict[str, tuple[str, ...]] = {}
    """By stratum, the arms in the order in which participants come."""

    @property
    def seal(self) -> str:
        """SHA-256 of the table."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def table(plan: Plan, *, salt: str = "") -> Table:
    """Return the allocation of a study; `salt` tells tables apart that are not for people."""
    seed = f"{plan.allocation.seed}/{salt}"
    names = sorted(plan.conditions)
    Random(f"{seed}/arms").shuffle(names)
    arms = {f"arm-{number}": name for number, name in enumerate(names, 1)}
    block = [arm for arm, name in arms.items() for _ in range(plan.conditions[name].weight * plan.allocation.blocks)]
    return Table(arms, {one: _order(block, plan.allocation.places, f"{seed}/{one}") for one in strata(plan)})


def strata(plan: Plan) -> tuple[str, ...]:
    """Return the name of every stratum, such as `language=fr,age=18-39`."""
    facets = {"language": plan.languages, **plan.allocation.strata}
    return tuple(_named(dict(zip(facets, values, strict=True))) for values in product(*facets.values()))


def stratum(plan: Plan, given: dict[str, str]) -> str:
    """Return the stratum of somebody with these facets. Raises `StudyError` where it is none of the study's."""
    name = _named({facet: given.get(facet, "") for facet in ("language", *plan.allocation.strata)})
    if name not in strata(plan) or len(given) > name.count("=") > 0:
        raise StudyError(f"The study has no stratum `{name}`.", f"It has: {'; '.join(strata(plan))}.")
    return name


def _order(block: list[str], places: int, seed: str) -> tuple[str, ...]:
    random, order = Random(seed), []
    for _ in range(ceil(places / len(block))):
        order += random.sample(block, len(block))
    return tuple(order)


def _named(values: dict[str, str]) -> str:
    return ",".join(f"{facet}={value}" for facet, value in values.items())
