#!/usr/bin/env python3
"""How quickly a voice that sets in is noticed, and what else is taken for one: a listener, and sound made of numbers.

    benchmarks/onset.py [--times 6]

Voices of flite and espeak-ng begin at random moments after silence with a little noise. "Alert" is how the companion
listens while it speaks. Delays count from the first sample of the voice, in the sound itself: what devices and echo
cancellation add is not in them. Keys, knocks and breaths are noise bursts; each is one chance for a false start.
Prints one JSON line.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.labelled_speech import RATE, WHOLE, Sound, installed_voices, say
from companion_voice.audio.listener import Listener
from companion_voice.conversation.endpoint import Manner
from companion_voice.events import SpeechStarted

BLOCK = RATE // 100
NOISE = 10 ** (-70 / 20)


class Nobody:
    """Takes what is heard and keeps nothing."""

    def begin(self, utterance: int) -> None:
        """Begin nothing."""

    def feed(self, utterance: int, samples: Sound) -> None:
        """Keep nothing."""


def started(sound: Sound, *, alert: bool) -> float | None:
    """Return how much of a sound was heard when a beginning was told, in seconds; None if none was."""
    listener = Listener(Manner(), Nobody(), lambda: 0.0, alert=lambda: alert)
    for end in range(BLOCK, len(sound) + 1, BLOCK):
        if any(isinstance(event, SpeechStarted) for event in listener.hear(sound[end - BLOCK : end])):
            return end / RATE
    return None


def amid(sound: Sound, chance: np.random.Generator) -> tuple[Sound, float]:
    """Return a sound in a quiet room, and when it begins there, in seconds."""
    before = int(chance.uniform(1.0, 1.5) * RATE)
    room = chance.normal(0, NOISE, before + len(sound) + RATE // 2).astype(np.float32)
    room[before : before + len(sound)] += sound
    return room, before / RATE


def bursts(chance: np.random.Generator) -> Iterator[tuple[str, Sound]]:
    """Yield keys (4 ms), knocks (30 ms, dull) and breaths (300 ms, soft)."""
    for loudness in (0.05, 0.15, 0.4):
        key = chance.normal(0, loudness, RATE // 250) * np.linspace(1, 0, RATE // 250) ** 2
        yield "key", key.astype(np.float32)
        times = np.arange(RATE * 3 // 100) / RATE
        yield "knock", (loudness * np.sin(2 * np.pi * 120 * times) * np.exp(-times / 0.008)).astype(np.float32)
        breath = chance.normal(0, loudness / 10, RATE * 3 // 10) * np.hanning(RATE * 3 // 10)
        yield "breath", breath.astype(np.float32)


def delays(voices: list[Sound], times: int, *, alert: bool) -> dict[str, object]:
    chance = np.random.default_rng(1)
    waits: list[float] = []
    missed = 0
    for voice in voices:
        for _ in range(times):
            sound, begins = amid(voice, chance)
            heard = started(sound, alert=alert)
            missed += heard is None
            waits += [1000 * (heard - begins)] if heard is not None else []
    p50, p95 = np.percentile(waits, (50, 95))
    return {"p50_ms": round(float(p50)), "p95_ms": round(float(p95)), "n": len(waits), "missed": missed}


def false_starts(times: int, *, alert: bool) -> dict[str, str]:
    chance = np.random.default_rng(2)
    counts: dict[str, list[bool]] = {}
    for _ in range(times * 10):
        for name, burst in bursts(chance):
            sound, _ = amid(burst, chance)
            counts.setdefault(name, []).append(started(sound, alert=alert) is not None)
    return {name: f"{sum(those)}/{len(those)}" for name, those in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=6, help="beginnings of each sentence and voice")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        voices = [say(voice, text, Path(folder)) for voice in installed_voices() for text in WHOLE[::3]]
    ways = {"alert": True, "at rest": False}
    print(json.dumps({
        "delay": {way: delays(voices, times, alert=alert) for way, alert in ways.items()},
        "false_starts": {way: false_starts(times, alert=alert) for way, alert in ways.items()},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
