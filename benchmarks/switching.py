#!/usr/bin/env python3
"""How much later the first reply comes after another persona took over, against the replies before.

    benchmarks/switching.py [--after 4] [-- companion options]

Typed, with a language model named in the options. `--after`: seconds between the announcement and the question; spoken,
the announcement takes about four. Prints one JSON line, in seconds.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.runtime.conftest import Talk, home_in  # noqa: E402

QUESTION = "tell me something about the sea"
CAST = ("Colette", "Ada", "Quill", "Ada", "Basile", "Colette", "Ada")


def answered(talk: Talk, line: str) -> float:
    """Return how long the first sentence of an answer took."""
    begun = time.monotonic()
    talk.say(line)
    talk.wait_for("heard", text=line)
    talk.wait_for("reply_sentence")
    return time.monotonic() - begun


def asked(talk: Talk) -> float:
    """Return how long the model's first sentence took."""
    took = answered(talk, QUESTION)
    talk.wait_for("written")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--after", type=float, default=4.0)
    parser.add_argument("options", nargs="*")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        talk = Talk(home_in(Path(folder)), "--text", "--mute", "--lang", "auto", *wanted.options)
        try:
            talk.wait_for("ready")
            usual = statistics.median([asked(talk) for _ in range(5)][1:])
            announced, first = [], []
            for name in CAST:
                announced.append(answered(talk, f"talk to {name}"))
                time.sleep(wanted.after)
                first.append(asked(talk))
            talk.finish()
        finally:
            talk.end()
    later = [round(each - usual, 2) for each in first]
    print(json.dumps({"usual": round(usual, 2), "announced": round(max(announced), 2), "later": later}))


if __name__ == "__main__":
    main()
