#!/usr/bin/env python3
"""A simulated week with the companion in the background, and a fault every few minutes of it.

    benchmarks/week.py --log week.jsonl [--days 7] [--faults 48] [--seed S]

A real `companion run` hears and speaks through a PulseAudio of its own; its wall clock is that of the week, and jumps
on after each fault. On each day it is used for four hours, in which `--faults` faults happen: its microphone is
unplugged, stalled or gives zeros; the sound server crashes; an engine is aborted, killed or hangs; the daemon is
killed, stopped, or stands still for a while. Killed or stopped it is started again at once, as systemd would do.
After every fault somebody speaks (flite), and must be heard and answered. A week is good when no fault was silent, all
were recovered from within 30 s, every turn that was answered is in the memory at the end, and the daemon never held a
socket to the outside. The log has a line for each thing that happened; the last line printed is the summary.
Needs pulseaudio and flite.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.faults import (  # noqa: E402
    BACK_WITHIN,
    LIVE,
    SHOWN_WITHIN,
    Daemon,
    Room,
    inet_sockets,
    remembered,
    spread,
)
from companion_voice import paths  # noqa: E402
from tests.pulse import PulseAudio, running  # noqa: E402
from tests.runtime.conftest import PROGRAM, engines_of, home_in  # noqa: E402

BEGINS = datetime(2026, 3, 2, 17, 0)  # noqa: DTZ001 - local, as people count days
HOURS = 4
ANSWERED_WITHIN = 15.0
LISTENS = 4.0
"""Seconds for which somebody listens to what the companion has to say about a fault, before they speak."""
CLOCK = """
import datetime, pathlib, sys
import companion_voice.cli.run

class Now(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        ahead = datetime.timedelta(seconds=float(pathlib.Path({clock!r}).read_text()))
        return datetime.datetime.now(tz) + ahead

for name, module in list(sys.modules.items()):
    if name.startswith("companion_voice.") and getattr(module, "datetime", None) is datetime.datetime:
        module.datetime = Now
"""
"""What moves the wall clock of the program, and of nothing else."""
SAYINGS = (
    "tell me about the sea", "I like the old harbour", "what is the weather in the mountains",
    "my brother has a garden", "we walked along the river", "the bread was very good",
)  # fmt: skip


class Came(NamedTuple):
    """What came of a fault."""

    shown: float | None
    """Seconds until the daemon said so; None where nothing has to be said."""
    back: float | None
    """Seconds from its end until all was well; None when it never was."""
    silent: bool = False


class Week:
    """The week, as far as it has been lived."""

    def __init__(self, pulse: PulseAudio, folder: Path, log: Path) -> None:
        self._pulse = pulse
        self._folder = folder
        self._home = home_in(folder)
        self._log = log.open("w")
        self._now = BEGINS
        self._clock = folder / "clock"
        self._room = Room(pulse)
        self._spoken = {text: self._say_into_a_file(text) for text in SAYINGS}
        self.answered: list[str] = []
        self.unheard = 0
        self.starts = 0
        self.sockets = 0
        self._set_clock()
        self._daemon = self._started()

    # --- time --------------------------------------------------------------------------------------------------------

    def pass_time(self, minutes: float) -> None:
        """Let the wall clock of the week go on."""
        self._now += timedelta(minutes=minutes)
        self._set_clock()

    def next_day(self) -> None:
        """Let it be the next afternoon."""
        self._now = (self._now + timedelta(days=1)).replace(hour=BEGINS.hour, minute=BEGINS.minute)
        self._set_clock()

    def tell(self, what: str, **fields: object) -> None:
        """Write a line of the log."""
        line = {"at": self._now.isoformat(timespec="seconds"), "what": what, **fields}
        self._log.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._log.flush()

    def _set_clock(self) -> None:
        ahead = self._now - datetime.now()  # noqa: DTZ005 - both local
        paths.write_private(self._clock, str(ahead.total_seconds()).encode())

    # --- people ------------------------------------------------------------------------------------------------------

    def talk(self) -> bool:
        """Say something; tell whether it was heard and answered."""
        if self._daemon.process.poll() is not None:
            self.tell("started again", took=tenths(self._again().back))
        time.sleep(LISTENS)
        self._daemon.drain()
        text = random.choice(SAYINGS)
        self._pulse.speak(self._spoken[text])
        heard = self._daemon.next("heard", within=ANSWERED_WITHIN)
        replied = self._daemon.next("reply_sentence", within=ANSWERED_WITHIN) if heard else None
        self._daemon.next("speaking_ended", within=ANSWERED_WITHIN) if replied else None
        with suppress(FileNotFoundError):  # it has just ended
            self.sockets = max(self.sockets, inet_sockets(self._daemon.process.pid))
        if not (heard and replied):
            self.unheard += 1
            self.tell("not answered", said=text)
            return False
        self.answered.append(heard[1]["text"])
        self.tell("answered", said=text, heard=heard[1]["text"], answer=replied[1]["text"])
        return True

    # --- faults ------------------------------------------------------------------------------------------------------

    def faults(self) -> dict[str, Callable[[], Came]]:
        """Return what can happen, by name."""
        cards = {name: self._card(*hands) for name, hands in self._room.faults().items()}
        engines = {
            f"{kind} {name}": self._engine(kind, how)
            for kind in ("stt", "llm", "tts")
            for name, how in {"aborted": signal.SIGABRT, "killed": signal.SIGKILL, "hanging": signal.SIGSTOP}.items()
        }
        own = {"killed": self._killed, "stopped": self._stopped, "standing still": self._still}
        return cards | engines | own

    def _card(self, begin: Callable[[], object], end: Callable[[], object]) -> Callable[[], Came]:
        def happen() -> Came:
            self._daemon.drain()
            began = time.monotonic()
            begin()
            told = self._daemon.next("deaf", within=BACK_WITHIN)
            end()
            ended = time.monotonic()
            heard = self._daemon.next("hearing", within=BACK_WITHIN + 5)
            shown = told[0] - began if told else None
            back = max(0.0, heard[0] - ended) if heard else None
            return Came(shown, back, shown is None or shown > SHOWN_WITHIN)

        return happen

    def _engine(self, kind: str, how: signal.Signals) -> Callable[[], Came]:
        def happen() -> Came:
            self._daemon.drain()
            began = time.monotonic()
            os.kill(engines_of(self._daemon.process.pid)[kind], how)
            if how is signal.SIGSTOP:  # it is missed when it is needed
                self._pulse.speak(self._spoken[SAYINGS[0]])
            told = self._daemon.next("notice", "error", within=BACK_WITHIN)
            ready = self._daemon.next("engine_ready", "ended", within=BACK_WITHIN)
            shown = told[0] - began if told else None
            if ready and ready[1]["event"] == "ended":  # it died too often, and the daemon leaves it to its service
                return Came(shown, self._again().back, told is None)
            late = how is not signal.SIGSTOP and (shown is None or shown > SHOWN_WITHIN)
            return Came(shown, ready[0] - began if ready else None, told is None or late)

        return happen

    def _killed(self) -> Came:
        self._daemon.process.kill()
        return self._again()

    def _stopped(self) -> Came:
        self._daemon.process.terminate()
        return self._again()

    def _still(self) -> Came:
        self._daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        self._daemon.process.send_signal(signal.SIGCONT)
        time.sleep(1)
        return Came(None, 1.0)

    def _again(self) -> Came:
        self._daemon.process.wait()
        began = time.monotonic()
        self._daemon = self._started()
        return Came(None, time.monotonic() - began)

    # --- the program -------------------------------------------------------------------------------------------------

    def _started(self) -> Daemon:
        program = CLOCK.format(clock=str(self._clock)) + PROGRAM
        daemon = Daemon(self._home, dict(self._pulse.environment), program)
        if daemon.next("ready", within=60.0) is None:
            raise SystemExit("the daemon does not start")
        daemon.next("speaking_ended", within=30.0)
        self.starts += 1
        return daemon

    def _say_into_a_file(self, text: str) -> Path:
        file = self._folder / f"{text.replace(' ', '-')}.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(file)], check=True)
        return file

    def end(self) -> int:
        """End the week; return how many answered turns are not remembered."""
        self._daemon.process.terminate()
        self._daemon.process.wait()
        self._room.close()
        self._log.close()
        kept = Counter(remembered(self._home))
        return sum((Counter(self.answered) - kept).values())


def live(days: int, faults: int, log: Path) -> dict[str, Any]:
    """Live so many days and return what came of them."""
    with tempfile.TemporaryDirectory() as place, running(Path(place) / "pulse") as pulse:
        week = Week(pulse, Path(place), log)
        time.sleep(LIVE)
        came: list[tuple[str, Came]] = []
        for day in range(days):
            names = [*week.faults()] * (faults // len(week.faults()) + 1)
            random.shuffle(names)
            for name in names[:faults]:
                found = week.faults()[name]()
                came.append((name, found))
                week.tell("fault", fault=name, shown=tenths(found.shown), back=tenths(found.back))
                week.pass_time(1)
                week.talk()
                week.pass_time(HOURS * 60 / faults - 1)
            print(f"day {day + 1}: {len(came)} faults", file=sys.stderr, flush=True)
            week.next_day()
        lost = week.end()
    return {
        "days": days, "faults": len(came), "kinds": len({name for name, _ in came}),
        "silent": sum(one.silent for _, one in came),
        "not_recovered": sum(one.back is None or one.back > BACK_WITHIN for _, one in came),
        "turns_answered": len(week.answered), "not_answered": week.unheard, "turns_lost": lost,
        "starts": week.starts, "inet_sockets": week.sockets,
        "shown_s": spread([one.shown for name, one in came if one.shown is not None and "hanging" not in name]),
        "back_s": spread([one.back for _, one in came if one.back is not None]),
    }  # fmt: skip


def tenths(seconds: float | None) -> float | None:
    """Return rounded seconds."""
    return None if seconds is None else round(seconds, 1)


def main() -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--faults", type=int, default=48, help="On each day.")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    random.seed(chosen.seed)
    print(json.dumps(live(chosen.days, chosen.faults, chosen.log)))


if __name__ == "__main__":
    main()
