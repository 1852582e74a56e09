#!/usr/bin/env python3
"""Whether the companion in the background survives what happens to it: devices, engines, and its own death.

    benchmarks/faults.py [--devices N] [--aborts N] [--kills N] [--seed S]

`--devices`: a real daemon on a PulseAudio of its own, whose microphone and speaker are unplugged, stalled and made to
give nothing but zeros, and whose sound server crashes, in random order; a fault counts as silent when the daemon
has not said within 2 s that it is deaf, and as not recovered when it does not hear again within 30 s of its end.
After each, the daemon's sockets that could reach another machine (INET) are counted.
`--aborts`: the engine that answers is ended by SIGABRT between two lines of a typed conversation, twice in each.
`--kills`: a typed conversation is ended by SIGKILL at a random moment after its first answer; every turn that was
answered must be there.
Prints one JSON line for each.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

import numpy as np
import soundfile

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from companion_voice.memory.store import Memory  # noqa: E402
from tests.pulse import PulseAudio, running  # noqa: E402
from tests.runtime.conftest import PROGRAM, Talk, home_in  # noqa: E402

SHOWN_WITHIN = 2.0
BACK_WITHIN = 30.0
NOISE = 1e-3
LIVE = 22.0
"""Seconds after which the daemon knows that its microphone has noise."""
WAIT = 60.0
MOST_TURNS = 500


class Daemon:
    """A `companion run --json` and what it says, each event with the time it came."""

    def __init__(self, home: Path, environment: dict[str, str], program: str = PROGRAM) -> None:
        self.events: Queue[tuple[float, dict[str, Any]]] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, "run", "--json"],
            env=environment | {"COMPANION_VOICE_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def when(self, event: str, within: float = WAIT) -> float | None:
        """Return when the next event of this name came; None when none did."""
        found = self.next(event, within=within)
        return found[0] if found else None

    def next(self, *names: str, within: float = WAIT) -> tuple[float, dict[str, Any]] | None:
        """Return the next event of one of these names with the time it came; None when none did."""
        deadline = time.monotonic() + within
        with suppress(Empty):
            while True:
                at, one = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
                if one["event"] in names:
                    return at, one
        return None

    def drain(self) -> None:
        """Pass over all that came until now."""
        with suppress(Empty):
            while True:
                self.events.get_nowait()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.events.put((time.monotonic(), json.loads(line)))


class Room:
    """A sound card whose microphone has the noise of a real one."""

    def __init__(self, pulse: PulseAudio) -> None:
        self._pulse = pulse
        self._wav = pulse.folder / "noise.wav"
        noise = np.random.default_rng(0).normal(0, NOISE, 48_000 * 600)
        soundfile.write(self._wav, noise, 48_000)
        self._player: subprocess.Popen[bytes] | None = None
        self.noise()

    def noise(self) -> None:
        """Let there be noise again."""
        self.close()
        command = ["paplay", "--device=mic_in", str(self._wav)]
        self._player = subprocess.Popen(command, env=self._pulse.environment, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        """Let there be none."""
        if self._player:
            self._player.kill()
            self._player.wait()

    def _plug_in(self) -> None:
        self._pulse.plug_in()
        self.noise()

    def _restart(self) -> None:
        self._pulse.start()
        self.noise()

    def faults(self) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
        """Return by name how each fault is begun and ended."""
        pulse = self._pulse
        return {
            "unplugged": (pulse.unplug, self._plug_in),
            "server": (pulse.crash, self._restart),
            "stalled": (pulse.stall_microphone, pulse.wake_microphone),
            "zeros": (
                lambda: pulse.control("set-source-mute", "virtmic", "1"),
                lambda: pulse.control("set-source-mute", "virtmic", "0"),
            ),
        }


def inet_sockets(process: int) -> int:
    """Return how many sockets of a process could reach another machine."""
    held = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(link.readlink()))
    tables = (Path(f"/proc/{process}/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"))
    inodes = (line.split()[9] for table in tables for line in table.read_text().splitlines()[1:])
    return sum(f"socket:[{inode}]" in held for inode in inodes)


def devices(count: int) -> dict[str, object]:
    """Inject `count` faults and return what came of them."""
    shown: list[float] = []
    back: list[float] = []
    silent = lost = sockets = 0
    with tempfile.TemporaryDirectory() as place, running(Path(place) / "pulse") as pulse:
        room = Room(pulse)
        with Daemon(home_in(Path(place)), dict(pulse.environment)) as daemon:
            assert daemon.when("ready") is not None
            time.sleep(LIVE)
            kinds = [*room.faults()] * (count // len(room.faults()) + 1)
            random.shuffle(kinds)
            for kind in kinds[:count]:
                begin, end = room.faults()[kind]
                began = time.monotonic()
                begin()
                told = daemon.when("deaf")
                silent += told is None or told - began > SHOWN_WITHIN
                shown += [told - began] if told else []
                end()
                ended = time.monotonic()
                heard = daemon.when("hearing")
                lost += heard is None or heard - ended > BACK_WITHIN
                back += [max(0.0, heard - ended)] if heard else []
                sockets += inet_sockets(daemon.process.pid)
                time.sleep(random.uniform(0.2, 1.0))
            alive = daemon.process.poll() is None
        room.close()
    return {
        "faults": count, "silent": silent, "not_recovered": lost, "alive": alive,
        "inet_sockets": sockets,
        "shown_s": spread(shown), "back_s": spread(back),
    }  # fmt: skip


def aborts(count: int) -> dict[str, object]:
    """Abort the answering engine `count` times and return how often the conversation went on and nothing was lost."""
    survived = 0
    for _ in range(0, count, 2):
        with tempfile.TemporaryDirectory() as place:
            talk = Talk(home := home_in(Path(place)), "--text", "--mute")
            talk.wait_for("ready")
            said = []
            for number in range(min(2, count)):
                os.kill(talk.children()["llm"], signal.SIGABRT)
                said.append(f"I like the sea {number}")
                talk.say(said[-1])
                talk.wait_for("heard")
                talk.wait_for("reply_sentence")
            code = talk.finish()
            talk.end()
            survived += 2 * (code == 0 and set(said) <= set(remembered(home)))
    return {"aborts": count, "survived": survived}


def kills(count: int) -> dict[str, object]:
    """Kill `count` conversations and return how many answered turns were lost."""
    acknowledged = lost = 0
    for _ in range(count):
        with tempfile.TemporaryDirectory() as place:
            talk = Talk(home := home_in(Path(place)), "--text", "--mute")
            talk.wait_for("ready")
            death = threading.Timer(random.uniform(0.02, 0.5), talk.process.kill)
            said = []
            with suppress(AssertionError, BrokenPipeError):
                for number in range(MOST_TURNS):
                    talk.say(f"I like the sea {number}")
                    talk.wait_for("heard")
                    talk.wait_for("reply_sentence")
                    said.append(f"I like the sea {number}")
                    if number == 0:
                        death.start()
            death.join()
            with suppress(BrokenPipeError):
                talk.end()
            answered = said[:-1]  # the last of them was answered, but no next one was
            acknowledged += len(answered)
            lost += len(set(answered) - set(remembered(home)))
    return {"kills": count, "acknowledged": acknowledged, "lost": lost}


def remembered(home: Path) -> list[str]:
    """Return all turns in the memory of a home."""
    with Memory.open(home / "data" / "memory", read_only=True) as memory:
        return [turn.text for turn in memory.turns()]


def spread(seconds: list[float]) -> dict[str, float]:
    """Return the middle and the worst of some seconds."""
    if not seconds:
        return {}
    return {"p50": round(statistics.median(seconds), 2), "worst": round(max(seconds), 2), "n": len(seconds)}


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("devices", "aborts", "kills"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    chosen = vars(parser.parse_args())
    random.seed(chosen.pop("seed"))
    for name, count in chosen.items():
        if count:
            print(json.dumps({"devices": devices, "aborts": aborts, "kills": kills}[name](count)), flush=True)


if __name__ == "__main__":
    main()
