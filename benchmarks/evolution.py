"""A persona over eight simulated weeks: what the person says, what changes, and that it stays within the bounds.

    python benchmarks/evolution.py [--persona ada] [--weeks 8] [--seed 1] [--lives 1]

A made-up person asks, laughs and goes back at random, six times a day, through the real signals, proposals and history.
Prints each slider at the end of each week with its bounds, and ends with 1 if one was left, or a step was too long.
"""

import argparse
import random
import sys
from datetime import UTC, datetime, timedelta

from companion_voice.persona import files
from companion_voice.persona.evolution import history, proposals
from companion_voice.persona.evolution.signals import Said, Signal, signals
from companion_voice.persona.schema import TRAITS, Persona

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
SAYS = {
    "en": (
        "You talk too much.", "Could you say a bit more?", "Ha ha ha!", "You can joke more.", "Fewer jokes, please.",
        "You're too formal.", "Don't be so sure of yourself.", "Ask me more questions.", "Be a bit warmer.",
        "I had soup for lunch.", "My boss talks too much.",
    ),
    "fr": (
        "Tu parles trop.", "Tu pourrais en dire plus ?", "Ah ah ah !", "Tu peux plaisanter.", "Moins de blagues.",
        "Tu es trop formel.", "Ne sois pas si sûr de toi.", "Pose-moi plus de questions.", "Sois plus chaleureux.",
        "J'ai mangé une soupe à midi.", "Mon chef parle trop.",
    ),
}  # fmt: skip
DUST = 1e-6


def lived(persona: Persona, weeks: int, chance: random.Random) -> list[history.Change]:
    """Return the history of a life; the person says yes two times out of three, and goes back now and then."""
    changes: list[history.Change] = []
    heard: list[Signal] = []
    for number in range(weeks * 7 * 6):
        at = (START + timedelta(hours=4 * number)).isoformat()
        said = Said(f"t{number}", at, chance.choice(SAYS[persona.language]), persona.language)
        heard = [*heard, *signals(said, name=persona.name)][-40:]
        proposal = proposals.propose(persona, changes, heard, at[:10])
        if proposal:
            kept = chance.random() < 2 / 3
            changes.append(proposals.decided(proposal, len(changes) + 1, at=at, by="person", kept=kept))
        elif changes and chance.random() < 1 / 100:
            changes.append(history.roll_back(persona.traits, changes, chance.randint(0, len(changes)), at=at))
    return changes


def faults(persona: Persona, changes: list[history.Change]) -> int:
    """Return how often a bound was left."""
    count = 0
    for state in history.states(persona.traits, changes):
        for name, value in state.traits.items():
            trait = persona.traits.of(name)
            count += not trait.min <= value <= trait.max or abs(value - trait.baseline) > trait.distance + DUST
    moved: dict[tuple[str, str], float] = {}
    for one in changes:
        if one.kind == "trait":
            key = one.key, one.day
            moved[key] = moved.get(key, 0) + abs(float(one.new) - float(one.old))
    steps = {name: persona.traits.of(name).step for name in TRAITS}
    return count + sum(
        far > step + DUST for (key, _), far in moved.items() for name, step in steps.items() if name == key
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persona", default="ada")
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives", type=int, default=1, help="more lives, of which only the first is printed")
    wanted = parser.parse_args()
    persona = files.load(wanted.persona)
    changes = lived(persona, wanted.weeks, random.Random(wanted.seed))
    print(f"{persona.name}: {len(changes)} changes in {wanted.weeks} weeks")
    print("week     " + " ".join(f"{name:>10}" for name in TRAITS))
    states = history.states(persona.traits, changes)
    for week in range(wanted.weeks + 1):
        day = (START + timedelta(days=7 * week - 1)).date().isoformat()
        now = states[history.last_of(changes, day)].traits
        print(f"{week:<8} " + " ".join(f"{now[name]:>10.2f}" for name in TRAITS))
    bounds = [persona.traits.of(name) for name in TRAITS]
    reach = [(max(t.min, t.baseline - t.distance), min(t.max, t.baseline + t.distance)) for t in bounds]
    print("bounds   " + " ".join(f"{f'{low:.2f}–{high:.2f}':>10}" for low, high in reach))
    lives = [lived(persona, wanted.weeks, random.Random(wanted.seed + more)) for more in range(1, wanted.lives)]
    left = sum(faults(persona, life) for life in [changes, *lives])
    print(f"bounds left: {left} times in {wanted.lives} lives, {sum(map(len, [changes, *lives]))} changes")
    sys.exit(bool(left))


if __name__ == "__main__":
    main()
