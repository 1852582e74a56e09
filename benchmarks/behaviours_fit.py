#!/usr/bin/env python3
"""Learn the weights by which sentences are weighed for the behaviours, from labelled sentences by several authors.

    benchmarks/behaviours_fit.py [--language en|fr] [--check]

Reads the development part of `behaviours_data/` and `guard_data/`, ordinary talk, and what the rules partner and the
personas say; needs scikit-learn, which the program itself does not. Writes the weights of
`companion_voice/research/behaviours/weights/`, the same each time. They are believed from where sentences that were
left out (five folds) were nearly all what they were taken for, and next to no ordinary talk was. With `--check` nothing
is written, and what that gave is printed.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks.learning import SEED, Table
from companion_voice import documents
from companion_voice.boundaries import weighing
from companion_voice.boundaries.guard import reading
from companion_voice.boundaries.guard.rules import load
from companion_voice.engines.llm.rules.book import lines, open_book
from companion_voice.persona import files
from companion_voice.persona.schema import Persona
from companion_voice.research.behaviours import phrasing
from companion_voice.research.behaviours.phrasing import Speaker

ROOT = Path(__file__).parent
LANGUAGES = ("en", "fr")
LEARNT: dict[Speaker, tuple[str, ...]] = {
    "companion": (
        *(
            "A02",
            "A03",
            "A04",
            "A05",
            "A07",
            "A08",
            "A09",
            "A10",
            "A11",
            "A12",
            "A15",
            "A16",
            "A17",
            "A19",
            "A20",
            "A21",
        ),
        *("A22", "A23", "A24", "A25", "A26", "A28", "B01", "B02", "B03", "B04", "B05"),
    ),
    "person": ("U01", "U04", "U13"),
}
"""The behaviours of which there are enough sentences by enough authors."""
SHOWS, ANOTHERS, NOTHING = 2.0, 0.3, 0.4
"""How much a sentence counts that shows the behaviour; that shows another, and perhaps this one; that shows none."""
FOLDS = 5
PRECISION = 0.92
"""Of sentences that the weights have not seen, what share must be what it was taken for."""
FALSE_ALARMS = 0.004
"""Of ordinary talk, how much may at most be taken for the behaviour."""
STRENGTH = 1.0
"""Inverse of the strength of the penalty."""
OFTEN = 2
"""How often a feature is seen before it is weighed."""
MOST = 500
"""Features that are left of each behaviour."""
THRESHOLDS = np.arange(-0.75, 3.01, 0.25)
_SLOT, _MARKS, _BETWEEN = re.compile(r"\{[^}]*\}"), re.compile(r"[\[\]<>~|]"), re.compile(r"(?<=[.!?…])\s+")
OURS = "ours"
"""Who says what is always known: the program itself, and people in other sets."""


class Sentence(NamedTuple):
    """A labelled sentence. `code` is empty for ordinary talk."""

    by: str
    code: str
    text: str
    shows: bool


def sentences(language: str, speaker: Speaker) -> Iterator[Sentence]:
    """Yield what may be learnt from."""
    prefix = ("U",) if speaker == "person" else ("A", "B")
    for folder, author in (("behaviours_data", "A"), ("guard_data", "guard")):
        for file in sorted((ROOT / folder / language).glob("*.jsonl")):
            if file.stem.startswith(prefix) and "+" not in file.stem:
                rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
                yield from (
                    Sentence(row.get("by", author), file.stem, row["text"], row["is"])
                    for row in rows
                    if row["part"] == "development"
                )
    ordinary = ROOT / "behaviours_data" / "ordinary" / f"{speaker}.{language}.jsonl"
    for row in map(json.loads, ordinary.read_text(encoding="utf-8").splitlines()):
        if row["part"] == "development":
            yield Sentence(row["by"], "", row["text"], shows=False)
    known = own(language) if speaker == "companion" else told(language)
    yield from (Sentence(OURS, "", text, shows=False) for text in known)


def own(language: str) -> Iterator[str]:
    """Yield, sentence by sentence, what the rules partner can say and the personas' greetings and farewells."""
    moves = open_book(language).moves.values()
    said = [text for move in moves for text in (*lines(move.says), *lines(move.otherwise))]
    for file in files.names().values():
        persona = documents.read(file, Persona)
        lines_of = (
            each if isinstance(each, dict) else {persona.languages[0]: each}
            for each in (persona.greeting, persona.farewell)
        )
        said += [each.get(language, "") for each in lines_of]
    for text in said:
        bare = _MARKS.sub(" ", _SLOT.sub("Marie", text))
        yield from filter(None, _BETWEEN.split(bare))


def told(language: str) -> Iterator[str]:
    """Yield what people say of themselves, and what they ask of the companion every day."""
    for line in (ROOT / "facts_data" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]
    yield from documents.read(ROOT / "boundaries_data" / f"ordinary.{language}.yaml", tuple[str, ...])


class Learning:
    """All sentences of one side and language."""

    def __init__(self, language: str, speaker: Speaker) -> None:
        spelling = load(language).spelling
        found = list(sentences(language, speaker))
        shown = [phrasing.features(reading.read(one.text, spelling).line) for one in found]
        self.table = Table(shown, often=OFTEN)
        self.by = np.array([one.by for one in found])
        self.code = np.array([one.code for one in found])
        self.shows = np.array([one.shows for one in found])
        self.text = [one.text for one in found]

    def labels(self, code: str) -> tuple[np.ndarray, np.ndarray]:
        """Return which sentences show `code`, and how much each counts."""
        own = self.code == code
        shows = own & self.shows
        other = np.where(self.shows, ANOTHERS, NOTHING)
        return shows, np.where(shows, SHOWS, np.where(own, 1.0, other))

    def unseen(self, code: str) -> np.ndarray:
        """Return the log-odds of each sentence by weights that were learnt without it; ours are always known."""
        shows, counts = self.labels(code)
        odds = np.full(len(shows), np.nan)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        theirs = np.flatnonzero(self.by != OURS)
        for _, left_out in folds.split(theirs, 2 * shows[theirs] + (self.code[theirs] == code)):
            known = np.ones(len(shows), bool)
            known[theirs[left_out]] = False
            model = self.table.fit(shows, counts, known, strength=STRENGTH)
            odds[~known] = model.decision_function(self.table.rows[~known])
        return odds

    def threshold(self, code: str) -> tuple[float, float, float, float]:
        """Return from which log-odds `code` is to be believed, with precision, recall and false alarms there."""
        odds = self.unseen(code)
        own, ordinary = (self.code == code) & ~np.isnan(odds), (self.code == "") & ~np.isnan(odds)
        figures = (0.0, 0.0, 0.0)
        for threshold in THRESHOLDS:
            taken = odds > threshold
            right = (taken & own & self.shows).sum()
            figures = (
                float(right / max(1, (taken & own).sum())),
                float(right / (own & self.shows).sum()),
                float(taken[ordinary].mean()) if ordinary.any() else 0.0,
            )
            if figures[0] >= PRECISION and figures[2] <= FALSE_ALARMS:
                return (float(threshold), *figures)
        return (float(THRESHOLDS[-1]), *figures)


def learn(language: str, speaker: Speaker, *, check: bool) -> None:
    learning = Learning(language, speaker)
    bias: dict[str, float] = {}
    weights: dict[str, dict[str, float]] = {}
    everything = np.ones(len(learning.by), bool)
    for code in LEARNT[speaker]:
        threshold, precision, recall, alarms = learning.threshold(code)
        print(f"{language} {code} from {threshold:5.2f}: precision {precision:.2f} recall {recall:.2f}", end=" ")
        print(f"of ordinary talk {alarms:.4f}", flush=True)
        model = learning.table.fit(*learning.labels(code), everything, strength=STRENGTH)
        bias[code] = float(model.intercept_[0]) - threshold
        for feature, weight in learning.table.weights(model, most=MOST).items():
            weights.setdefault(feature, {})[code] = weight
    if not check:
        made_by = "Made by `benchmarks/behaviours_fit.py`, not by hand. +: a few words later; _: next to one another."
        text = weighing.written(bias, weights, made_by=made_by)
        phrasing.weights_file(language, speaker).write_text(text, encoding="utf-8")
        print(f"{language} {speaker}: {len(weights)} features, {len(text) // 1024} KiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    for language in [asked.language] if asked.language else LANGUAGES:
        for speaker in LEARNT:
            learn(language, speaker, check=asked.check)


if __name__ == "__main__":
    main()
