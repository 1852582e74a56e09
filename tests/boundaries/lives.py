"""Random lives of a companion, to see whether the disclosure keeps its promise through all of them.

The world keeps true time; the program sees only two clocks that jump or begin anew. In some lives the steady one even
stands still during suspend, which Linux's CLOCK_BOOTTIME does not; nobody sets the wall clock back in those. A life is random
days of talking with pauses, restarts, suspended laptops and clocks that are set, and before each output the program
is asked whether a notice is due. A fault is an output in a conversation that began without a notice, or more true
seconds of talking since the last notice than the law allows.
"""

import random

import msgspec

from companion_voice.boundaries import disclosure
from companion_voice.boundaries.disclosure import Disclosures
from companion_voice.boundaries.moments import Moment
from companion_voice.boundaries.settings import Boundaries, Disclosure, Profile

TURN = 30.0
"""Most true seconds between being asked and the output's end."""
LONGEST_STEP = 900.0
STEPS = 120
HALF = 0.5


class World:
    """True time, and what the program can see of it."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.true = 1_800_000_000.0 + dice.random() * 1e6
        self.offset = 0.0
        self.stood = self.true
        self.boots = 0
        self.stands = dice.random() < HALF

    def passes(self, seconds: float) -> None:
        self.true += seconds

    def suspends(self, seconds: float) -> None:
        self.true += seconds
        self.stood += seconds if self.stands else 0.0

    def restarts(self) -> None:
        self.boots += 1
        self.stood = self.true - self.dice.random() * 100

    def sets_clock(self) -> None:
        way = 1 if self.stands else self.dice.choice((-1, 1))
        self.offset += way * self.dice.choice((60.0, 3600.0, 86400.0, 1e7))

    def now(self) -> Moment:
        return Moment(wall=self.true + self.offset, steady=self.true - self.stood, boot=str(self.boots))


def walk(dice: random.Random) -> list[str]:
    """Return the faults of one life."""
    minor = dice.random() < 0.3
    settings = Boundaries(
        disclosure=Disclosure(periodic_minutes=dice.randint(5, 180)),
        profile=Profile(name="minor" if minor else "adult"),
    )
    rhythm, ceiling = disclosure.rhythm(settings), (60 if minor else 180) * 60.0
    world, history, conversation, announced, faults = World(dice), Disclosures(), 0, False, []
    told = world.true
    for _ in range(STEPS):
        match dice.randrange(10):
            case 0:
                world.restarts()
                conversation, announced = conversation + 1, False
                if dice.random() < 0.2:
                    history = Disclosures()
            case 1:
                world.suspends(dice.random() * 40_000)
            case 2 if dice.random() < 0.5:
                world.sets_clock()
            case 3:
                conversation, announced = conversation + 1, False
                world.passes(dice.random() * 1e6)
            case _:
                world.passes(dice.random() * LONGEST_STEP)
        history = msgspec.json.decode(msgspec.json.encode(history), type=Disclosures)
        kind = disclosure.due(
            history, world.now(), conversation=str(conversation), rhythm=rhythm, distressed=dice.random() < 0.3,
        )  # fmt: skip
        if kind:
            world.passes(dice.random() * TURN / 3)
            history, announced, told = (
                disclosure.said(history, world.now(), conversation=str(conversation)),
                True,
                world.true,
            )
        world.passes(dice.random() * TURN)
        if not announced:
            faults.append("an output before any notice")
        if world.true - told > ceiling:
            faults.append(f"{world.true - told:.0f} seconds without a notice")
    return faults
