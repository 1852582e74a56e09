#!/usr/bin/env python3
"""How well the output guard knows each behaviour, and what it costs.

    benchmarks/guard.py [--part test|development] [--language en|fr] [--show] [--json]

Reads `guard_data/{en,fr}/*.jsonl`: a file is a behaviour (or several, joined by +), a line a sentence of the companion,
whether it shows that behaviour, and the part it belongs to: drawn by the hash of the sentence at first, and always
development for those added later. At least twenty of each are hard negatives. The rules were written on the development
part, by the person who wrote the sentences; the test part of A24 alone is half (by the hash) of a set written by
somebody who had not seen the rules, in which a `kind` is given. `any` counts negatives in which whichever rule saw
something. `--show` names the mistakes; it is meant for the development part.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from companion_voice.boundaries.guard import Context, guard, hits
from companion_voice.boundaries.settings import Boundaries

DATA = Path(__file__).parent / "guard_data"
ROUNDS = 5


def phrases(file: Path, part: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["part"] == part]


def judged(file: Path, language: str, part: str, *, show: bool) -> dict[str, Any]:
    """Return precision and recall of the behaviour of `file`."""
    ids = set(file.stem.split("+"))
    counts = {"true": 0, "missed": 0, "false": 0, "any": 0, "negatives": 0}
    for phrase in phrases(file, part):
        found = hits(phrase["text"], language, "companion")
        seen = bool(ids & set(found))
        if phrase["is"]:
            counts["true" if seen else "missed"] += 1
        else:
            counts["negatives"] += 1
            counts["false"] += seen
            counts["any"] += bool(found)
        if show and (seen != phrase["is"] or (found and not phrase["is"])):
            print(f"    {'missed' if phrase['is'] else 'false'}: {phrase['text']} {found}", file=sys.stderr)
    return {
        "language": language,
        "behaviour": file.stem,
        "precision": counts["true"] / max(1, counts["true"] + counts["false"]),
        "recall": counts["true"] / (counts["true"] + counts["missed"]),
        **counts,
    }


def timed(languages: list[str]) -> dict[str, float]:
    """Return the milliseconds that judging one sentence takes, over every labelled sentence of both parts."""
    settings, context = Boundaries(), Context(name="Nova", person_name="Angel")
    taken = []
    for language in languages:
        texts = [json.loads(line)["text"] for file in sorted((DATA / language).glob("*.jsonl")) for line in file.open()]
        guard(texts[0], language=language, settings=settings, context=context)
        for text in texts * ROUNDS:
            start = time.perf_counter()
            guard(text, language=language, settings=settings, context=context)
            taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return {"p50": taken[len(taken) // 2], "p99": taken[len(taken) * 99 // 100], "worst": taken[-1], "n": len(taken)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("test", "development"), default="test")
    parser.add_argument("--language", choices=("en", "fr"))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    languages = [options.language] if options.language else ["en", "fr"]
    rows = [
        judged(file, language, options.part, show=options.show)
        for language in languages
        for file in sorted((DATA / language).glob("*.jsonl"))
    ]
    cost = timed(languages)
    if options.json:
        print(json.dumps({"part": options.part, "behaviours": rows, "ms": cost}, ensure_ascii=False))
        return
    print(f"{'':4}{'behaviour':14}{'precision':>10}{'recall':>8}{'n':>5}{'any':>8}")
    for row in rows:
        n = row["true"] + row["missed"]
        print(f"{row['language']:4}{row['behaviour']:14}{row['precision']:10.2f}{row['recall']:8.2f}{n:5}", end="")
        print(f"{row['any']:4}/{row['negatives']}")
    print(
        f"one sentence: p50 {cost['p50']:.3f} ms, p99 {cost['p99']:.3f} ms, worst {cost['worst']:.2f} ms, n {cost['n']}"
    )


if __name__ == "__main__":
    main()
