#!/usr/bin/env python3
"""How often the companion stops for nothing: for its own echo, for "okay" and "yeah", and for a cough.

    benchmarks/false_stops.py [--times 3] [-- companion options]

The whole program on virtual devices. First its loudspeaker is mixed back into its microphone at three gains and three
delays while it says what it is and greets, and nobody speaks; then somebody listens aloud while it answers. Counts
seconds spoken, moments in which it held its breath (and went on), and stops. Prints one JSON line.

PulseAudio's loopback changes its delay whenever anything else begins to play, as no room does: so nobody speaks there.
"""

import argparse
import json
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.labelled_speech import RATE, say  # noqa: E402
from tests.pulse import PulseAudio, running  # noqa: E402 - the project's own virtual sound card
from tests.runtime.conftest import Talk, home_in  # noqa: E402

GAINS = (-6, -12, -20)
"""dB of the loudspeaker that the microphone hears."""
DELAYS = (20, 80, 200)
"""Milliseconds."""
LISTENING = ("okay", "right", "really", "yes yes")
VOICE = "slt"


def cough(folder: Path) -> Path:
    """Return a burst of noise that dies away."""
    times = np.arange(RATE * 3 // 10) / RATE
    noise = 0.3 * np.random.default_rng(3).standard_normal(times.size) * np.exp(-times / 0.06)
    return written(folder / "cough.wav", noise)


def written(file: Path, sound: np.ndarray) -> Path:
    soundfile.write(file, sound, RATE)
    return file


def conversation(
    pulse: PulseAudio,
    folder: Path,
    answers: int,
    sounds: list[Path],
    options: list[str],
    room: AbstractContextManager[None],
) -> list[dict[str, Any]]:
    """Return all that happened."""
    question = written(folder / "question.wav", say(VOICE, "what are you", folder))
    with room:
        talk = Talk(home_in(folder), *options, environment=pulse.environment)
        try:
            talk.wait_for("ready")
            talk.wait_for("speaking_ended")
            for number in range(answers):
                pulse.speak(question)
                talk.wait_for("speaking_started")
                for sound in [sounds[(number + more) % len(sounds)] for more in (0, 2)] if sounds else []:
                    pulse.speak(sound)
                talk.wait_for("speaking_ended")
            talk.interrupt()
            talk.finish()
            return talk.events
        finally:
            talk.end()


def counted(conversations: list[list[dict[str, Any]]]) -> dict[str, float]:
    happened = [event for events in conversations for event in events]
    spoken = sum(
        event["t"] * {"speaking_started": -1, "speaking_ended": 1}.get(event["event"], 0) for event in happened
    )
    names = [event["event"] for event in happened]
    return {"seconds": round(spoken, 1), "held": names.count("held"), "stopped": names.count("interrupted")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="in each room; listened to: eight answers each time")
    parser.add_argument("options", nargs="*")
    asked = parser.parse_args()
    rooms = {}
    with tempfile.TemporaryDirectory() as place, running(Path(place) / "pulse") as pulse:
        folder = Path(place)
        for gain in GAINS:
            for delay in DELAYS:
                spoken = [
                    conversation(pulse, folder, 0, [], asked.options, pulse.open_speaker(gain, delay))
                    for _ in range(asked.times)
                ]
                rooms[f"{gain} dB, {delay} ms"] = counted(spoken)
        sounds = [written(folder / f"{text}.wav", say(VOICE, text, folder)) for text in LISTENING]
        sounds.append(cough(folder))
        listened = [conversation(pulse, folder, 8, sounds, asked.options, nullcontext()) for _ in range(asked.times)]
    print(json.dumps({"echo": rooms, "listened_to": {"sounds": 16 * asked.times, **counted(listened)}}))


if __name__ == "__main__":
    main()
