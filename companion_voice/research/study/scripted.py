"""Scripted people: who they are and what they say, chosen by a seed. Pure but for reading its own lines.

They do not listen, so that two conditions meet the very same words; what differs is then the companion's.
"""

from functools import cache
from pathlib import Path
from random import Random
from typing import Annotated

import msgspec

from companion_voice import documents
from companion_voice.research.study.questionnaires import Questionnaire
from companion_voice.research.study.schema import Part, Tongue, Words

Step = Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
"""Ways of saying one thing."""


class Script(Part, frozen=True):
    """One kind of person."""

    sessions: Annotated[tuple[tuple[Step, ...], ...], msgspec.Meta(min_length=1)]
    """What is said in the first session, the second …; then from the first again."""
    goodbye: Step


@cache
def scripts(language: Tongue) -> dict[str, Script]:
    """Return the scripts of a language by name."""
    return documents.read(Path(__file__).with_name("scripts") / f"{language}.yaml", dict[str, Script])


def lines(language: Tongue, *, number: int, session: int, seed: str) -> tuple[str, ...]:
    """Return what the participant `number` says in a session, both counted from 0; the last is a goodbye."""
    known = scripts(language)
    script = known[sorted(known)[number % len(known)]]
    steps = script.sessions[session % len(script.sessions)]
    random = Random(f"{seed}/{number}/{session}")
    return tuple(random.choice(step) for step in (*steps, script.goodbye))


def answers(questionnaire: Questionnaire, *, seed: str) -> dict[str, int]:
    """Return an answer to every item, drawn evenly from its scale: they show the way of the data and nothing else."""
    random = Random(seed)
    return {item.key: random.randint(item.scale.least, item.scale.most) for item in questionnaire.items}
