#!/usr/bin/env python3
"""How well the companion does not hear itself, and what that costs: a loudspeaker and a microphone made of numbers.

    benchmarks/echo.py [--voices slt awb rms]

Per gain and delay of the echo, over all voices: attenuation in dB after the first second, seconds until half a second
is attenuated by 20 dB, how often voice activity takes the companion for a person, and how often it hears a person who
talks over it 3 s after the first word ever played and 3 s later. Prints one JSON line.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.audio.echo import EchoCanceller
from tests.audio.room import HEARD, PLAYED, STORY, clean, decibels, echo, onsets, voice

GAINS = (-6, -12, -20)
DELAYS = (0.02, 0.08, 0.2, 0.4)
PERSON = "wait a moment"
PERSON_LEVELS = (-24, -34)
PERSON_AT = (3.0, 6.0)
HALF = HEARD // 2
AUDIBLE = -60.0
ENOUGH = 20.0
"""dB against full scale of an echo that counts, and dB by which it is to be attenuated."""


def converged(heard: np.ndarray, cleaned: np.ndarray) -> float | None:
    """Return the end of the first half second that is attenuated by 20 dB, of those in which there is an echo."""
    for start in range(0, len(cleaned) - HALF, HALF):
        piece = slice(start, start + HALF)
        if decibels(heard[piece]) > AUDIBLE and decibels(heard[piece]) - decibels(cleaned[piece]) >= ENOUGH:
            return (start + HALF) / HEARD
    return None


def heard_persons(played: np.ndarray, heard: np.ndarray, level: float) -> int:
    """Return how many of the interruptions were heard."""
    person = voice(PERSON, "kal", rate=HEARD, level=level)
    mixed = heard.copy()
    for at in PERSON_AT:
        begin = round(at * HEARD)
        mixed[begin : begin + len(person)] += person
    begun = onsets(clean(EchoCanceller(), played, mixed))
    return sum(any(at < moment < at + len(person) / HEARD for moment in begun) for at in PERSON_AT)


def measure(stories: list[np.ndarray], gain: float, delay: float) -> dict[str, object]:
    attenuation, seconds, false_starts = [], [], 0
    persons = dict.fromkeys(PERSON_LEVELS, 0)
    for story in stories:
        heard = echo(story, gain=gain, delay=delay)
        cleaned = clean(EchoCanceller(), story, heard)
        attenuation.append(decibels(heard[HEARD:]) - decibels(cleaned[HEARD:]))
        seconds.append(converged(heard, cleaned))
        false_starts += len(onsets(cleaned))
        for level in PERSON_LEVELS:
            persons[level] += heard_persons(story, heard, level)
    return {
        "gain_db": gain,
        "delay_ms": round(1000 * delay),
        "attenuation_db": round(min(attenuation), 1),
        "converged_s": max(seconds) if None not in seconds else None,
        "false_starts": false_starts,
        "persons_heard": {
            f"{level} dB": f"{count}/{len(stories) * len(PERSON_AT)}" for level, count in persons.items()
        },
    }


def cost(played: np.ndarray) -> float:
    """Return processor milliseconds per second of sound."""
    heard = echo(played, gain=-6, delay=0.08)
    canceller = EchoCanceller()
    begun = time.process_time()
    clean(canceller, played, heard)
    return round(1000 * (time.process_time() - begun) / (len(played) / PLAYED), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voices", nargs="+", default=["slt", "awb", "rms"])
    stories = [voice(STORY, name) for name in parser.parse_args().voices]
    loops = [measure(stories, gain, delay) for gain in GAINS for delay in DELAYS]
    cpu = {"while_playing": cost(stories[0]), "while_nothing_is_played": cost(np.zeros_like(stories[0]))}
    print(json.dumps({"loops": loops, "cpu_ms_per_second": cpu, "voices": len(stories)}))


if __name__ == "__main__":
    main()
