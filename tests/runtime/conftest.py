"""The whole program in a process of its own, with a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import numpy as np
import pytest

PROGRAM = "from companion_voice.cli import main; main()"
PATIENCE = 40
"""Seconds to wait for something that takes two; only a broken machine takes so long."""
NO_SOUND = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere"}


def home_in(folder: Path) -> Path:
    """Return a home for a companion that says little of itself, and the same by day and by night."""
    home = folder / "home"
    boundaries = home / "config" / "boundaries.yaml"
    if not boundaries.parent.exists():
        boundaries.parent.mkdir(parents=True, mode=0o700)
        boundaries.write_text("time: {quiet_hours: ''}\ndisclosure: {wording: short}\n")
    return home


def engines_of(pid: int) -> dict[str, int]:
    """Return the process id of each engine of a companion, by kind."""
    listed = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    rows = [line.split() for line in listed.splitlines() if "companion_voice.engines.host" in line]
    return {row[row.index("companion_voice.engines.host") + 1]: int(row[0]) for row in rows}


class Talk:
    """A running `companion talk --json`, whose events can be waited for."""

    def __init__(self, home: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self._queue: Queue[dict[str, Any] | None] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "talk", "--json", *arguments],
            env=os.environ | {"COMPANION_VOICE_HOME": str(home)} | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, line: str) -> None:
        """Type a line."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for(self, event: str, **fields: object) -> dict[str, Any]:
        """Return the next event of this name and with these fields."""
        while True:
            try:
                one = self._queue.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"waited in vain for {event} {fields} after {self.events}") from None
            assert one is not None, f"ended before {event} {fields}: {self.events} {self.process.stderr.read()}"
            if one["event"] == event and fields.items() <= one.items():
                return one

    def children(self) -> dict[str, int]:
        """Return the process id of each engine by kind."""
        return engines_of(self.process.pid)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def finish(self) -> int:
        """Let the typed lines end and return the exit code."""
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            event = json.loads(line)
            self.events.append(event)
            self._queue.put(event)
        self._queue.put(None)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Any]:
    """Return a function that starts `companion talk --json`; all are ended after the test."""
    running: list[Talk] = []

    def start(*arguments: str, environment: dict[str, str] | None = None) -> Talk:
        running.append(Talk(home_in(tmp_path), *arguments, environment=environment))
        return running[-1]

    yield start
    for one in running:
        one.end()


@pytest.fixture
def companion(tmp_path: Path) -> Any:
    """Return a function that runs one command to its end."""

    def run(*arguments: str, typed: str = "", environment: dict[str, str] | None = None):
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=os.environ | {"COMPANION_VOICE_HOME": str(home_in(tmp_path))} | (environment or {}),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )

    return run


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a function that makes a WAV of somebody saying a text (flite's voices, a person's recordings)."""
    if not shutil.which("flite"):
        pytest.skip("needs flite: sudo apt install flite")
    folder = tmp_path_factory.mktemp("spoken")

    def say(text: str, voice: str = "slt") -> Path:
        wav = folder / f"{voice} {text}.wav"
        if not wav.exists():
            subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wav)], check=True)
        return wav

    return say


@pytest.fixture
def recognise() -> Any:
    """Return a function that says what an English recogniser makes of `float32[n]` at a rate."""
    import soxr

    from companion_voice.engines.protocols import HEARING_RATE, EngineOptions
    from companion_voice.engines.stt import pocketsphinx

    ears = pocketsphinx.load(EngineOptions())

    def words(samples, rate: int) -> str:
        sound = soxr.resample(samples, rate, HEARING_RATE)
        hiss = np.random.default_rng(0).normal(0, 3e-3, len(sound))  # it stumbles over perfect silence
        ears.begin()
        ears.feed((sound + hiss).astype(np.float32))
        return ears.transcript().text

    return words
