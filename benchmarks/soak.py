#!/usr/bin/env python3
"""Whether the companion grows over many turns: memory, file descriptors and threads of the process that decides.

    benchmarks/soak.py [--turns 10000]

The turns are typed as fast as they are answered. The conductor, the memory and the rules partner work as always, in
processes and threads of their own. Growth is counted from the first tenth on: by then, everything that is loaded once
has been.
Prints one JSON line.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.runtime.conftest import Talk, home_in  # noqa: E402

SAMPLES = 100
SAYINGS = (
    "hello", "my name is Anna", "I like the sea", "what is my name?", "tell me a story", "I was in Paris yesterday",
    "what are you?", "do you remember Paris?", "I feel fine today", "what did I tell you about the sea?",
)  # fmt: skip


def used(pid: int) -> tuple[float, int, int]:
    """Return the megabytes in memory, the file descriptors and the threads of a process."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) / 1024, len(list((process / "fd").iterdir())), int(status["Threads"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=10_000)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as place:
        talk = Talk(home_in(Path(place)), "--text", "--mute")
        try:
            talk.wait_for("ready")
            print(json.dumps(measure(talk, turns)))
        finally:
            talk.end()


def measure(talk: Talk, turns: int) -> dict[str, object]:
    """Type `turns` lines, each after the answer to the one before, and return what was used."""
    every = max(1, turns // SAMPLES)
    samples = []
    for number in range(turns):
        talk.say(f"{SAYINGS[number % len(SAYINGS)]} {number if number % 3 else ''}")
        talk.wait_for("heard")
        talk.events.clear()
        if number % every == 0 and number >= turns // 10:
            samples.append((number, *used(talk.process.pid)))
    at, memory, files, threads = (np.array(column, float) for column in zip(*samples, strict=True))
    slope = float(np.polyfit(at, memory, 1)[0])
    return {
        "turns": turns,
        "memory_mb": [round(memory[0], 1), round(memory[-1], 1)],
        "growth_mb_per_10000_turns": round(slope * 10_000, 2),
        "files": [int(files.min()), int(files.max())],
        "threads": [int(threads.min()), int(threads.max())],
        "exit": talk.finish(),
    }


if __name__ == "__main__":
    main()
