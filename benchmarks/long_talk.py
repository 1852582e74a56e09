#!/usr/bin/env python3
"""Whether a long conversation grows: memory and waiting over many turns, out of one recording read as fast as it goes.

    benchmarks/long_talk.py [--turns 200] [-- companion options]

The same question is asked again and again; recognition, model, voice and memory all work. The wait is from the end of
speech to the first sound, which at this pace is the work alone. Prints one JSON line; compare first with last.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).parent))

from waiting import family, used  # noqa: E402

from tests.runtime.conftest import Talk, home_in  # noqa: E402

EVERY = 10
"""Turns between two looks at the memory."""
GAP = 1.5
"""Seconds of silence between two questions."""


def recording(folder: Path, turns: int) -> Path:
    question, whole = folder / "question.wav", folder / "questions.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", "tell me about the sea", "-o", str(question)], check=True)
    samples, rate = soundfile.read(question, dtype="float32")
    one = np.concatenate([samples, np.zeros(int(GAP * rate), np.float32)])
    soundfile.write(whole, np.tile(one, turns), rate)
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("options", nargs="*")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        wav = recording(folder, asked.turns)
        talk = Talk(home_in(folder), "--wav", str(wav), "--out", str(folder / "said.wav"), "--fast", *asked.options)
        try:
            print(json.dumps(measure(talk, asked.turns)))
        finally:
            talk.end()


def measure(talk: Talk, turns: int) -> dict[str, object]:
    talk.wait_for("speaking_started")  # the greeting, which the first question talks over
    waits, sizes = [], []
    for turn in range(turns):
        ended = talk.wait_for("speech_ended")["t"]
        waits.append(talk.wait_for("speaking_started")["t"] - ended)
        if turn % EVERY == EVERY - 1:
            sizes.append(round(sum(used(family(talk.process.pid))[1].values()), 1))
    quarter = max(1, turns // 4)
    return {
        "turns": turns,
        "memory_mib_each_ten_turns": sizes,
        "wait_ms_p50": [round(1000 * statistics.median(waits[k : k + quarter])) for k in range(0, turns, quarter)],
    }


if __name__ == "__main__":
    main()
