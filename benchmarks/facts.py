#!/usr/bin/env python3
"""How exact the facts taken by pattern are, and how many are found: precision and recall on labelled utterances.

    benchmarks/facts.py [--part development|test] [--errors] [--json]
    benchmarks/facts.py --filter

The utterances in `facts_data/` were written for this, half of them such that nothing may be taken from them. The test
part is one that no pattern was made from: in English every other utterance; in French the ones that were written last,
as four earlier test parts fell short of 0.97 and became development. A fact is right when subject, slot and value are;
articles, accents and capitals of a value do not count. Facts from utterances that tell none are counted apart
(`invented`), because that is how a memory fills with junk.

`--filter` measures what stands between a language model and the memory, without a model: of all labelled facts, how
many it lets through when they are proposed with the sentence that tells them; how many when they are proposed for
another utterance; and, of the sentences that tell nothing, how many when the worst of models takes each of them for a
fact about the speaker.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.memory import facts
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.records import Turn

DATA = Path(__file__).with_name("facts_data")
LANGUAGES = ("en", "fr")
TOLD = "2026-11-22T20:00:00+01:00"
TOLD_US = 1_795_374_000_000_000
ARTICLES = re.compile(r"^(?:(?:a|an|the|le|la|les|un|une|du|des|de la|de|aux?)\s+|l')+")
QUOTES = range(3, 301)
"""Characters that a quote may have."""

Triple = tuple[str, str, str]


class Utterance(NamedTuple):
    """Something said, and the facts that it tells."""

    part: str
    text: str
    facts: frozenset[Triple]


class Figures(NamedTuple):
    """Counts of facts."""

    right: int
    taken: int
    told: int
    invented: int
    """Taken from utterances that tell none."""
    utterances: int
    microseconds: float


def utterances(language: str) -> Iterator[Utterance]:
    for line in (DATA / f"{language}.jsonl").read_text().splitlines():
        row = json.loads(line)
        yield Utterance(row["part"], row["text"], frozenset(triple(*fact) for fact in row["facts"]))


def triple(subject: str, slot: str, value: str) -> Triple:
    return (folded(subject), folded(slot), ARTICLES.sub("", folded(value)))


def taken(text: str, language: str) -> frozenset[Triple]:
    found = facts.extract(turn_of(text, language))
    return frozenset(triple(fact.subject, fact.slot, fact.value) for fact in found)


def measure(language: str, part: str, *, errors: bool) -> Figures:
    counts: Counter[str] = Counter()
    chosen = [utterance for utterance in utterances(language) if utterance.part == part]
    taken(chosen[0].text, language)
    begun = time.perf_counter()
    found = [taken(utterance.text, language) for utterance in chosen]
    spent = time.perf_counter() - begun
    for utterance, got in zip(chosen, found, strict=True):
        counts["right"] += len(got & utterance.facts)
        counts["taken"] += len(got)
        counts["told"] += len(utterance.facts)
        counts["invented"] += 0 if utterance.facts else len(got)
        if errors and got != utterance.facts:
            print(
                f"{utterance.text}\n    wrong {sorted(got - utterance.facts)}  missed {sorted(utterance.facts - got)}"
            )
    return Figures(
        counts["right"], counts["taken"], counts["told"], counts["invented"], len(chosen), spent / len(chosen) * 1e6
    )


def turn_of(text: str, language: str) -> Turn:
    return Turn(1, "t1", "s1", "owner", 1, "user", "", text, "", language, TOLD, TOLD_US, pinned=False)


def sentences(text: str) -> list[str]:
    return [sentence for one in re.split(r"(?<=[.!?…])\s+", text) if len(sentence := one.strip(" .!?…")) in QUOTES]


def told(language: str) -> Iterator[tuple[Utterance, facts.Candidate]]:
    """Yield each fact whose slot a model may fill and whose value is literally there, with its utterance."""
    slots = set(facts.schema_for_model()["properties"]["facts"]["items"]["properties"]["slot"]["enum"])
    for one in utterances(language):
        for subject, slot, value in one.facts:
            for sentence in sentences(one.text):
                found = re.search(re.escape(value), folded(sentence))
                if slot in slots and found and len(folded(sentence)) == len(sentence):
                    yield one, facts.Candidate(subject, slot, sentence[slice(*found.span())], sentence)


def filtering(language: str) -> None:
    everything = list(told(language))
    right = sum(facts.accept(candidate, turn_of(one.text, language)) is not None for one, candidate in everything)
    others = [(one, c) for one in utterances(language) for _, c in everything if c.quote not in one.text]
    foreign = sum(facts.accept(candidate, turn_of(one.text, language)) is not None for one, candidate in others)
    empty = [(one.text, sentence) for one in utterances(language) if not one.facts for sentence in sentences(one.text)]
    careless = sum(
        facts.accept(facts.Candidate("me", "likes", sentence.split()[-1][:60], sentence), turn_of(text, language))
        is not None
        for text, sentence in empty
    )
    print(
        f"{language} filter: {right} of {len(everything)} true proposals kept, {foreign} of {len(others)} foreign ones,"
        f" {careless} of {len(empty)} sentences that tell nothing"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("development", "test"), default="test")
    parser.add_argument("--errors", action="store_true", help="show what was wrong or missed (development only)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--filter", action="store_true", help="what a model could make the memory believe")
    options = parser.parse_args()
    if options.errors and options.part == "test":
        parser.error("the errors of the test part are not to be looked at")
    for language in LANGUAGES:
        if options.filter:
            filtering(language)
            continue
        got = measure(language, options.part, errors=options.errors)
        figures = got._asdict() | {"precision": got.right / got.taken, "recall": got.right / got.told}
        if options.json:
            print(json.dumps({"language": language, "part": options.part} | figures))
        else:
            print(
                f"{language} {options.part}: precision {figures['precision']:.3f} ({got.right}/{got.taken}), "
                f"recall {figures['recall']:.3f} ({got.right}/{got.told}), {got.invented} facts invented in "
                f"{got.utterances} utterances, {got.microseconds:.0f} µs each"
            )


if __name__ == "__main__":
    main()
