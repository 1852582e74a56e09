#!/usr/bin/env python
"""How long an export of a million events takes, from journals on the disk to Parquet, and how much memory.

A long conversation is played in virtual time and written as a real journal; then it is exported as often as it takes to
have gone through so many events: read and checked, made into turns, searched for behaviours, written.

    benchmarks/export.py                      # 1,000,000 events
    benchmarks/export.py --typed              # typed instead of spoken: more than twice the turns
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.research.export import provenance, writing
from companion_voice.research.tables import OWN_STUDY, Journals, batches
from tests.research import playing

SAID = (
    "tell me about the sea please",
    "are you a robot?",
    "I went to the market this morning and bought some apples for a cake",
    "you must be happy today",
    "what would you plant in a garden that faces north?",
    "thank you, that was kind of you",
)
ANSWERS = [
    "The sea covers most of the Earth. The moon moves it twice a day.",
    "I am glad that you ask. Apples keep well in a cool room.",
    "Ferns like the shade. So does ivy, if you have a wall.",
]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COMPANION_VOICE_HOME"] = folder
        path = Path(folder) / "talk.jsonl"
        begun = time.perf_counter()
        playing.journal(path, _score(options.exchanges, typed=options.typed), session="talk")
        lines = path.read_bytes().count(b"\n")
        times = -(-options.events // lines)
        print(f"one journal: {lines:,} lines, written in {time.perf_counter() - begun:.1f} s; exported {times} times")
        begun, busy = time.perf_counter(), time.process_time()
        origin = provenance.Origin(study=OWN_STUDY, study_hash="", level="text", made="")
        source = batches(Journals([path] * times), OWN_STUDY)
        found = writing.write(source, Path(folder) / "out", [options.format], origin)
        spent, busy = time.perf_counter() - begun, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = ", ".join(f"{count:,} {table}" for table, count in found.rows.items() if count)
    print(f"{lines * times:,} events to {options.format} in {spent:.1f} s ({busy:.1f} s of processor): {rows}")
    print(f"at most {peak:.0f} MiB of memory")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--exchanges", type=int, default=100, help="exchanges of the conversation that is played")
    parser.add_argument("--typed", action="store_true", help="typed talk: fewer events a turn, so more turns to search")
    parser.add_argument("--format", choices=writing.FORMATS, default="parquet", help="CSV is written as well")
    return parser.parse_args()


def _score(exchanges: int, *, typed: bool) -> dict[str, object]:
    happens = [_said(12.0 * number + 12, SAID[number % len(SAID)], typed=typed) for number in range(exchanges)]
    happens.append(_said(12.0 * exchanges + 12, "goodbye", typed=typed))
    return {"model": ANSWERS * exchanges, "happens": happens, "until": 14.0 * exchanges + 60}


def _said(at: float, text: str, *, typed: bool) -> dict[str, object]:
    return {"at": at, "type": text} if typed else {"at": at, "user": text, "until": at + 0.4 * len(text.split())}


if __name__ == "__main__":
    main()
