#!/usr/bin/env python3
"""How well each behaviour is found in labelled phrases, and what a turn costs.

    benchmarks/behaviours.py [--part test|development] [--language en|fr] [--show] [--json] [--write]

Reads `behaviours_data/{en,fr}/<CODE>.jsonl`: a line is a turn, whether it shows the behaviour, the part it belongs to,
sometimes the turn `before` and the label given a `second` time, of which kappa is made. `--show` names the mistakes and
is meant for the development part. `--write` puts the figures of the test part beside the detectors (`measured.yaml`).
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from companion_voice.research.behaviours import CATALOGUE, detect
from companion_voice.research.behaviours.catalogue import MEASURED
from companion_voice.research.records import Turn

DATA = Path(__file__).parent / "behaviours_data"
ROUNDS = 3
LAST = 2
"""The number of the turn that is judged; the one before it has 1."""


def phrases(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def turn(number: int, speaker: str, text: str, language: str) -> Turn:
    return Turn(
        session="phrase",
        turn=number,
        speaker=speaker,
        at=float(number),
        text=text,
        heard=text,
        words=len(text.split()),
        characters=len(text),
        text_hash="",
        language=language,
        interrupted=False,
    )


def turns(phrase: dict[str, Any], code: str, language: str) -> list[Turn]:
    sides = ("companion", "person") if code[0] == "U" else ("person", "companion")
    before = [turn(1, sides[0], phrase["before"], language)] if phrase.get("before") else []
    return [*before, turn(LAST, sides[1], phrase["text"], language)]


def kappa(lines: list[dict[str, Any]]) -> float | None:
    """Return Cohen's kappa of the two labels, where there are two."""
    pairs = [(line["is"], line["second"]) for line in lines if "second" in line]
    if not pairs:
        return None
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    yes = [sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1)]
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return None if chance == 1 else round((agreed - chance) / (1 - chance), 3)


def judged(file: Path, language: str, part: str, *, show: bool) -> dict[str, Any]:
    """Return how the detector of `file` did."""
    code, lines = file.stem, phrases(file)
    hit = missed = false = 0
    chosen = [line for line in lines if line["part"] == part]
    for line in chosen:
        found = any(one.code == code and one.turn == LAST for one in detect(turns(line, code, language), ()))
        hit += found and line["is"]
        missed += line["is"] and not found
        false += found and not line["is"]
        if show and found != line["is"]:
            print(f"  {language} {code} {'missed' if line['is'] else 'false '}: {line['text']}", file=sys.stderr)
    return {
        "code": code,
        "language": language,
        "phrases": len(chosen),
        "precision": round(hit / (hit + false), 3) if hit + false else None,
        "recall": round(hit / (hit + missed), 3) if hit + missed else None,
        "kappa": kappa(lines),
    }


def timed(languages: list[str]) -> dict[str, float]:
    """Return the milliseconds that one turn takes, over every labelled turn of both parts."""
    every = [
        turns(line, file.stem, language)[-1:]
        for language in languages
        for file in sorted((DATA / language).glob("*.jsonl"))
        for line in phrases(file)
    ]
    for one in every:
        detect(one, ())
    taken = []
    for one in every * ROUNDS:
        start = time.perf_counter()
        detect(one, ())
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return {"p50": taken[len(taken) // 2], "p99": taken[len(taken) * 99 // 100], "worst": taken[-1], "n": len(taken)}


def write(rows: list[dict[str, Any]]) -> None:
    """Put the figures beside the detectors: one line a code."""
    found: dict[str, dict[str, Any]] = {code: {} for code in CATALOGUE}
    for row in rows:
        figures = {key: row[key] for key in ("phrases", "precision", "recall", "kappa") if row[key] is not None}
        found[row["code"]][row["language"]] = figures
    lines = [f"{code}: {json.dumps(figures).replace(chr(34), '')}\n" for code, figures in found.items()]
    MEASURED.write_text(
        "# Written by benchmarks/behaviours.py from the test part.\n" + "".join(lines), encoding="utf-8"
    )


def table(rows: list[dict[str, Any]]) -> str:
    """Return the table of docs/behaviours.md."""
    lines = ["| code | language | n | precision | recall | kappa |", "|---|---|---|---|---|---|"]
    for row in sorted(rows, key=lambda row: (row["code"], row["language"])):
        cells = ["–" if row[key] is None else f"{row[key]:.2f}" for key in ("precision", "recall", "kappa")]
        lines.append(f"| {row['code']} | {row['language']} | {row['phrases']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("test", "development"), default="test")
    parser.add_argument("--language", choices=("en", "fr"))
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write and (options.part != "test" or options.language):
        parser.error("--write takes the whole test part")
    languages = [options.language] if options.language else ["en", "fr"]
    rows = [
        judged(file, language, options.part, show=options.show)
        for language in languages
        for file in sorted((DATA / language).glob("*.jsonl"))
    ]
    cost = timed(languages)
    if options.write:
        write(rows)
    if options.json:
        print(json.dumps({"part": options.part, "behaviours": rows, "ms": cost}))
        return
    print(table(rows))
    print(
        f"\none turn: p50 {cost['p50']:.2f} ms, p99 {cost['p99']:.2f} ms, worst {cost['worst']:.1f} ms, n {cost['n']}"
    )


if __name__ == "__main__":
    main()
