#!/usr/bin/env python3
"""How well the rules hear a question about what the companion is and a person in danger, how fast, and the disclosure.

    benchmarks/boundaries.py [--part dev|test] [--slips N] [--misses] [--by-kind] [--traces N]

The labelled sentences lie in `boundaries_data/`. A sign of danger is *explicit* where the words themselves say one of
the items 1 to 5 of the Columbia Suicide Severity Rating Scale (C-SSRS) of the one who speaks: the wish to be dead or
not to wake up, thoughts of killing oneself, a method, the intent, a plan, an attempt; or stated self-harm; or that
somebody is hurting them or is about to. All else is *implicit*: hopelessness, being a burden, farewells, means at
hand without a stated purpose, disordered eating, and another person's danger. Both are counted; the promise is about
the explicit.

With `--slips N` each sentence is heard again N times as a recogniser of speech of today mishears: real words for
words that sound alike (`boundaries_data/slips.*.yaml`), small unstressed words lost, two words run together, accents
gone, no punctuation: one slip a sentence, about one word in nine. No letters are scrambled: such recognisers write
words. The rules are made with the same table of sound-alikes, so other confusions may cost more than is measured.

`--misses` prints what was got wrong, and only of the dev part: the test part is not tuned to.
`--by-kind` counts by kind. The test part was written by somebody who had not seen the patterns, who counts disordered
eating, farewells and means as explicit too; the development part has the other half of that set. `--traces N` walks N
random lives of the disclosure through restarts, suspended laptops and clocks that are set.
"""

import argparse
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice import documents
from companion_voice.boundaries import crisis, identity
from companion_voice.boundaries.hearing import bare
from tests.boundaries.lives import walk

DATA = Path(__file__).parent / "boundaries_data"
LANGUAGES = ("en", "fr")
LARGEST = 512 * 1024
"""Bytes of a file of labelled sentences."""
_PUNCTUATION = re.compile(r"[^\w' -]")
KINDS = ("alike", "lost", "together")
WEIGHTS = (6, 3, 1)
"""How often a word is taken for one that sounds alike, a small word is lost, two words run together."""
PLAIN = 0.3
"""How often the accents are gone as well."""


class Slips(msgspec.Struct, frozen=True):
    """What is misheard in one language."""

    alike: dict[str, tuple[str, ...]]
    small: tuple[str, ...]


class Counted(NamedTuple):
    """How often the rules were right and wrong."""

    hit: int
    missed: int
    false: int
    quiet: int

    def __str__(self) -> str:
        precision = self.hit / max(1, self.hit + self.false)
        recall = self.hit / max(1, self.hit + self.missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        alarms = self.false / max(1, self.false + self.quiet)
        return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  false alarms {alarms:.3f}  {tuple(self)}"


def slip(text: str, slips: Slips, dice: random.Random) -> str:
    """Return `text` as it might be misheard: one slip, where it has a word that allows one."""
    words = _PUNCTUATION.sub(" ", text.lower().replace("’", "'")).split()
    alike = [at for at, word in enumerate(words) if word in slips.alike]
    small = [at for at, word in enumerate(words) if word in slips.small]
    places = {"alike": alike, "lost": small, "together": list(range(len(words) - 1))}
    chances = [weight * bool(places[kind]) for kind, weight in zip(KINDS, WEIGHTS, strict=True)]
    if not any(chances):
        return bare(text)
    (kind,) = dice.choices(KINDS, chances)
    at = dice.choice(places[kind])
    match kind:
        case "alike":
            words[at] = dice.choice(slips.alike[words[at]])
        case "lost":
            del words[at]
        case "together":
            words[at : at + 2] = ["".join(words[at : at + 2])]
    misheard = " ".join(words)
    return bare(misheard) if dice.random() < PLAIN else misheard


def heard(texts: tuple[str, ...], slips: Slips, times: int) -> Iterator[str]:
    if not times:
        yield from texts
        return
    for text in texts:
        dice = random.Random(text)
        for _ in range(times):
            yield slip(text, slips, dice)


def measure(rule: Callable[[str], bool], wanted: list[str], others: list[str]) -> tuple[Counted, list[str]]:
    missed = [text for text in wanted if not rule(text)]
    false = [text for text in others if rule(text)]
    counted = Counted(len(wanted) - len(missed), len(missed), len(false), len(others) - len(false))
    return counted, [f"missed: {text}" for text in missed] + [f"false:  {text}" for text in false]


def p99(rule: Callable[[str], bool], texts: list[str]) -> float:
    """Return the 99th percentile of how long a turn takes, in milliseconds."""
    taken = []
    for text in texts:
        begun = time.perf_counter()
        rule(text)
        taken.append(time.perf_counter() - begun)
    return 1000 * sorted(taken)[int(0.99 * len(taken))]


EXPLICIT = ("ideation", "plan", "means", "passive", "selfharm", "farewell", "eating")
"""Kinds of the test part that are explicit; none of its other kinds is a sign of the person's own danger."""


def kinds(screen: crisis.Screen, slips: Slips, data: dict[str, tuple[str, ...]], times: int) -> None:
    """Print how many sentences of each kind are taken for a sign."""
    for kind, texts in data.items():
        seen = [screen.sign(text) is not None for text in heard(texts, slips, times)]
        print(f"    {kind:12} {sum(seen):4} of {len(seen)}")


def grouped(data: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the sentences of crisis by what a rule is asked about them."""
    of = {kind: "explicit" if kind in EXPLICIT or kind.endswith("explicit") else "others" for kind in data}
    of["implicit"] = "implicit"
    return {
        name: tuple(text for kind, texts in data.items() if of[kind] == name for text in texts)
        for name in ("explicit", "implicit", "others")
    }


def run(part: str, times: int, *, misses: bool, by_kind: bool) -> None:
    for language in LANGUAGES:
        slips = documents.read(DATA / f"slips.{language}.yaml", Slips)
        screen = crisis.screen(language)
        rules: dict[str, tuple[tuple[str, ...], Callable[[str], bool]]] = {
            "crisis": (("explicit", "implicit"), lambda text, screen=screen: screen.sign(text) is not None),  # type: ignore[misc]
            "identity": (("asks",), lambda text, language=language: identity.asked(text, language)),  # type: ignore[misc]
        }
        for name, (asked, rule) in rules.items():
            file = DATA / f"{name}.{language}.yaml"
            written = documents.read(file, dict[str, dict[str, tuple[str, ...]]], largest=LARGEST)[part]
            data = grouped(written) if name == "crisis" else written
            others = list(heard(data["others"], slips, times))
            for kind in (kind for kind in asked if data[kind]):
                wanted = list(heard(data[kind], slips, times))
                counted, wrong = measure(rule, wanted, others)
                print(f"{name:8} {kind:8} {language}  {counted}  p99 {p99(rule, wanted + others):.3f} ms")
                if misses and part == "dev":
                    print(*wrong, sep="\n")
            if by_kind and name == "crisis":
                kinds(screen, slips, written, times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    parser.add_argument("--slips", type=int, default=0)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--by-kind", action="store_true")
    parser.add_argument("--traces", type=int, default=0)
    chosen = parser.parse_args()
    run(chosen.part, chosen.slips, misses=chosen.misses, by_kind=chosen.by_kind)
    if chosen.traces:
        faults = sum(bool(walk(random.Random(seed))) for seed in range(chosen.traces))
        print(
            f"disclosure: {faults} of {chosen.traces} random lives with an output before it or a gap over the ceiling"
        )


if __name__ == "__main__":
    main()
