#!/usr/bin/env python3
"""What it is worth that a language model computes a prompt before its last words are known.

    benchmarks/prompt_cache.py MODEL.gguf [--turns 12] [--template chatml] [--threads 2]

Three children hold the same conversation, turn by turn in turn, so that whatever else the machine does hits all three:

    alone      nothing is prefilled; what an earlier turn left in the cache is used
    history    everything up to the person's words is prefilled before each turn, as while they listen or begin to speak
    words      so are their words, except for the last two, as while they speak

The first token is timed from asking the child to its first piece of text. The head is that of the persona Ada; cold is
when it is computed, warm when it is read from disk. Prints JSON; times are in milliseconds.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.boundaries import phrases
from companion_voice.engines.child import Child
from companion_voice.engines.messages import Generate, Piece, PieceEnd, Prefill, Prefilled, Ready
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import Message, Prompt
from companion_voice.persona import files
from companion_voice.persona.head import head

WAYS = ("alone", "history", "words")
QUESTIONS = (
    "I went for a long walk along the river this morning before it got too warm.",
    "What would you cook with two leeks, some cream and half a lemon?",
    "Do you know why the sky turns red in the evening?",
    "My sister is coming to stay with us for a week in October.",
    "Can you help me think of a present for somebody who has everything?",
    "I have been sleeping badly since we changed the clocks.",
    "Tell me something about lighthouses that I would not expect.",
    "Should I paint the kitchen yellow or leave it as it is?",
)


class Turn(NamedTuple):
    """One reply."""

    first_token: float
    per_token: float
    cached: float
    """Share of the prompt, 0 to 1."""
    text: str


class Speaker:
    """One child and its conversation."""

    def __init__(self, way: str, options: EngineOptions, logs: Path) -> None:
        self._way = way
        self._talk: tuple[Message, ...] = ()
        self._child = Child("llm", "llama-cpp", options, logs / f"{way}.log")
        started = time.perf_counter()
        self._child.start()
        if not isinstance(self._child.receive(), Ready):
            raise SystemExit(self._child.epitaph())
        self.loaded = since(started)

    def prefill(self, *more: Message) -> float:
        """Return how long it took."""
        started = time.perf_counter()
        self._child.send(Prefill(0, prompt((*self._talk, *more))))
        if not isinstance(self._child.receive(), Prefilled):
            raise SystemExit(self._child.epitaph())
        return since(started)

    def turn(self, question: str) -> Turn:
        """Ask, as this one's way is, and return what came."""
        if self._way != "alone":
            self.prefill()
        if self._way == "words":
            self.prefill(Message("person", question.rsplit(maxsplit=1)[0]))
        self._talk = (*self._talk, Message("person", question))
        started = time.perf_counter()
        self._child.send(Generate(0, prompt(self._talk)))
        pieces, times = [], []
        while isinstance(answer := self._child.receive(), Piece):
            pieces.append(answer.text)
            times.append(since(started))
        if not isinstance(answer, PieceEnd) or not pieces:
            raise SystemExit(f"{answer}; {self._child.epitaph()}")
        self._talk = (*self._talk, Message("companion", "".join(pieces)))
        per_token = (times[-1] - times[0]) / max(1, len(times) - 1)
        return Turn(times[0], per_token, answer.cached_tokens / answer.prompt_tokens, "".join(pieces))

    def close(self) -> None:
        """End the child."""
        self._child.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL.gguf", type=Path)
    parser.add_argument("--turns", type=int, default=12)
    parser.add_argument("--template", default="chatml")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tuning = {"template": chosen.template, "max_tokens": "48"}
        options = EngineOptions(str(chosen.model), threads=chosen.threads, tuning=tuning, cache=f"{folder}/heads")
        report = {"model": chosen.model.name, "cores": os.cpu_count(), "threads": chosen.threads}
        report |= {"head": heads(options, Path(folder)), **conversation(options, Path(folder), chosen.turns)}
    print(json.dumps(report, indent=2))


def heads(options: EngineOptions, logs: Path) -> dict[str, dict[str, float]]:
    """Return what a start costs when the head must be computed, and when it need not be."""
    starts = {}
    for kind in ("cold", "warm"):
        speaker = Speaker(kind, options, logs)
        starts[kind] = {"load": speaker.loaded, "head": round(speaker.prefill(), 1)}
        speaker.close()
    return starts


def conversation(options: EngineOptions, logs: Path, turns: int) -> dict[str, object]:
    """Return the figures of each way to hold one conversation."""
    speakers = {way: Speaker(way, options, logs) for way in WAYS}
    for speaker in speakers.values():
        speaker.prefill()
    held: dict[str, list[Turn]] = {way: [] for way in WAYS}
    for number in range(turns):
        for way, speaker in speakers.items():
            held[way].append(speaker.turn(QUESTIONS[number % len(QUESTIONS)]))
    for speaker in speakers.values():
        speaker.close()
    return {
        "first_token": {way: spread([turn.first_token for turn in held[way]]) for way in WAYS},
        "cached_fraction": {way: [round(turn.cached, 3) for turn in held[way]] for way in WAYS},
        "per_token": spread([turn.per_token for way in WAYS for turn in held[way]]),
    }


def prompt(talk: tuple[Message, ...]) -> Prompt:
    """Return a prompt with Ada's head."""
    return Prompt(head(files.load("ada"), phrases.load("en")), talk, "Ada", "en", "2025-01-01T12:00:00+00:00")


def spread(times: list[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and how many there are."""
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return {"p50": round(statistics.median(times), 1), "p95": round(p95, 1), "n": len(times)}


def since(started: float) -> float:
    """Return milliseconds."""
    return round((time.perf_counter() - started) * 1000, 2)


if __name__ == "__main__":
    main()
