#!/usr/bin/env python3
"""What waiting and working cost: processor, memory and lost sound of the whole program, read from /proc.

    benchmarks/waiting.py [--minutes 10] [--busy] [-- companion options]

Runs `companion talk --json` on virtual devices (PulseAudio null sinks), lets it greet, then samples it and its
children. With --busy a voice asks something every few seconds, so that all three engines work. Prints one JSON line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.pulse import running  # noqa: E402 - the project's own virtual sound card
from tests.runtime.conftest import Talk  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [pid, *map(int, children)]


def used(pids: list[int]) -> tuple[float, dict[int, float]]:
    """Return processor seconds used so far, and MiB of memory by process."""
    seconds, memory = 0.0, {}
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICK
        memory[pid] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return seconds, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("options", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "pulse") as pulse:
        question = Path(folder) / "question.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", "tell me about the sea", "-o", str(question)], check=True)
        talk = Talk(Path(folder) / "home", *asked.options, environment=pulse.environment)
        try:
            print(json.dumps(measure(talk, pulse, question, asked.minutes * 60, busy=asked.busy)))
        finally:
            talk.end()


def measure(talk: Talk, pulse: object, question: Path, seconds: float, *, busy: bool) -> dict[str, object]:
    talk.wait_for("ready")
    talk.wait_for("speaking_ended")
    time.sleep(2)
    pids = family(talk.process.pid)
    before, memory_before = used(pids)
    begun = time.monotonic()
    turns = 0
    while time.monotonic() - begun < seconds:
        if busy:
            pulse.speak(question)
            talk.wait_for("speaking_started")
            turns += 1
        time.sleep(1)
    after, memory_after = used(pids)
    talk.interrupt()
    talk.finish()
    ended = talk.events[-1]
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "turns": turns,
        "percent_of_one_core": round(100 * (after - before) / (time.monotonic() - begun), 2),
        "memory_mib": round(sum(memory_before.values()), 1),
        "memory_growth_mib": round(sum(memory_after.values()) - sum(memory_before.values()), 1),
        "input_overflows": ended.get("input_overflows"),
    }


if __name__ == "__main__":
    main()
