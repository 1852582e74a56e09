#!/usr/bin/env python3
"""What a hostile file that claims to be a character card costs: time and memory, file by file.

    benchmarks/cards.py [--worst N] [--json]

Imports each file of `tests/hostile/cards.py` from the disk, as `companion persona import` does but for writing, in
one process that knows its languages already (reading them takes the first import about 0.3 s). Time is the best of
three, of the processor (nothing is waited for); memory is the most that Python objects held at once beyond what was
held before, the file's own bytes among them, by `tracemalloc` in a run of its own. What zlib holds inside is not seen
by it (some 40 KiB). A file that is neither imported nor refused ends the run with its traceback.
"""

import argparse
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.errors import CompanionError
from companion_voice.persona.cards import carrier, files
from companion_voice.persona.cards.importing import imported
from tests.hostile.cards import corpus, packed, v2

MOST_MS = 100
MOST_MB = 20
ROUNDS = 3


class Cost(NamedTuple):
    """What a file costs."""

    name: str
    outcome: str
    ms: float
    mb: float


def outcome(file: Path) -> str:
    try:
        imported(carrier.payload(files.read(file)))
    except CompanionError:
        return "refused"
    return "imported"


def milliseconds(file: Path) -> float:
    begun = time.process_time()
    outcome(file)
    return 1000 * (time.process_time() - begun)


def cost(name: str, file: Path) -> Cost:
    taken = min(milliseconds(file) for _ in range(ROUNDS))
    tracemalloc.start()
    result = outcome(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(name, result, taken, most / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worst", type=int, default=5, help="how many of the costliest are named")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "card"
        file.write_bytes(packed(v2()))
        outcome(file)
        costs = []
        for name, data in corpus():
            file.write_bytes(data)
            costs.append(cost(name, file))
    if options.json:
        print(json.dumps([one._asdict() for one in costs]))
        return
    refused = sum(one.outcome == "refused" for one in costs)
    print(f"{len(costs)} files: {len(costs) - refused} imported, {refused} refused")
    for field, unit, most in (("ms", "ms", MOST_MS), ("mb", "MB", MOST_MB)):
        ranked = sorted(costs, key=lambda one: getattr(one, field), reverse=True)
        over = sum(getattr(one, field) > most for one in costs)
        middle = getattr(ranked[len(ranked) // 2], field)
        print(f"{unit}: worst {getattr(ranked[0], field):.1f}, median {middle:.2f}, over {most}: {over}")
        for one in ranked[: options.worst]:
            print(f"    {getattr(one, field):8.2f} {unit}  {one.outcome:<9} {one.name}")


if __name__ == "__main__":
    main()
