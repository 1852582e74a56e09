#!/usr/bin/env python3
"""How long `companion talk --text` takes from the command to its first answer, with the engines it carries.

    benchmarks/first_line.py [--runs 20]

Each run starts the installed command with one typed line and waits for the reply. Prints one JSON line.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [str(Path(sys.executable).with_name("companion")), "talk", "--text", "--mute", "--json"]


def first_answer(home: str) -> float:
    """Return seconds from the start of the command to the first answer to what was typed."""
    begun = time.perf_counter()
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"COMPANION_VOICE_HOME": home, "PATH": "/usr/bin:/bin"},
        text=True,
    ) as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        heard = False
        for line in process.stdout:
            event = json.loads(line)["event"]
            heard = heard or event == "heard"
            if heard and event == "reply_sentence":
                return time.perf_counter() - begun
            if heard is False and event == "error":
                break
    raise SystemExit("no answer came")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        seconds = [first_answer(home) for _ in range(runs)]
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    figures = {"runs": runs, "p50_s": round(cuts[9], 3), "p95_s": round(cuts[18], 3), "max_s": round(max(seconds), 3)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
