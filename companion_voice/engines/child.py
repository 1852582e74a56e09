"""The parent's side of an engine in a child process: start it, speak with it, end it, say why it ended.

One thread may send while another receives; `runtime` has those threads. The child must be started from a thread that
lives as long as the child should, because Linux tells it of the death of the *thread* that started it. Knows nothing
of what the messages mean.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import IO

import msgspec

from companion_voice import paths
from companion_voice.engines import messages
from companion_voice.engines.messages import AnyAnswer, AnyRequest, Ready, Refused
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import EngineError
from companion_voice.events import Kind

_SPINS = 1000
"""How long an idle OpenMP thread waits awake. By default it keeps its core busy, and as soon as anything else (the
voice, say) needs that core too, a reply takes two and a half times as long as with this. Undisturbed, this costs a
sixth."""
_SETTLE = 2.0
"""Seconds a process may need to end after it closed its pipe."""


class Child:
    """One engine in a process of its own."""

    def __init__(self, kind: Kind, engine: str, options: EngineOptions, log: Path) -> None:
        self.kind = kind
        self.engine = engine
        self._options = options
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._ready = False
        self._refused: Refused | None = None
        self._ended_for = ""
        """Why it was ended, where that was not its own doing."""

    @property
    def pid(self) -> int:
        """The process id. Raises `EngineError` before `start`."""
        return self._running().pid

    def start(self) -> None:
        """Start the process; `Ready` or `Refused` is its first answer. Raises `EngineError`."""
        ours, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "companion_voice.engines.host", self.kind, self.engine]
        try:
            with theirs, _private(self._log) as log:
                self._process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
                    [*command, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(theirs.fileno(),),
                    env=_environment(self._options.threads),
                    process_group=0,  # Ctrl-C in the terminal belongs to the parent
                )
        except OSError as error:
            ours.close()
            raise EngineError(f"{self.engine} could not be started: {error.strerror}.") from error
        self._connection = ours
        with suppress(EngineError):  # a child that is gone already is found so by `receive`, and has an epitaph
            self._send(msgspec.msgpack.encode(self._options))

    def send(self, request: AnyRequest) -> None:
        """Ask for something; waits while the pipe is full. Raises `EngineError` when the child is gone."""
        self._send(messages.encode(request))

    def receive(self) -> AnyAnswer | None:
        """Wait for the next answer; None when the child is gone (it is ended when it babbles)."""
        if self._connection is None:
            return None
        try:
            answer = messages.decode_answer(self._connection.recv_bytes(messages.LARGEST))
        except (EOFError, OSError):
            return None
        except msgspec.DecodeError:
            self.kill("said something that is no answer")
            return None
        match answer:
            case Ready():
                self._ready = True
            case Refused():
                self._refused = answer
        return answer

    def answers_within(self, seconds: float) -> bool:
        """Wait for an answer; True as soon as `receive` need not wait, also because the child is gone."""
        try:
            return self._connection is None or self._connection.poll(seconds)
        except OSError:
            return True

    def memory(self) -> float:
        """Return the MiB of memory it has made its own, without what it only reads from files; 0 once it is gone."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return 0.0
        rows = dict(line.split(":", 1) for line in status.splitlines())
        return int(rows.get("RssAnon", "0 kB").split()[0]) / 1024  # a process that has just ended has no such row

    def worked(self) -> int:
        """Return how much it has done: ticks of a processor, and pages it had to wait for; 0 once it is gone."""
        try:
            counted = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0
        major_faults, user, system = (int(counted[at]) for at in (9, 11, 12))  # fields 12, 14 and 15 of proc(5)
        return major_faults + user + system

    def kill(self, what: str = "") -> None:
        """End the process at once, because of `what` it did."""
        self._ended_for = self._ended_for or what
        if self._process is not None:
            self._process.kill()

    def close(self, timeout: float = 1.0) -> None:
        """End the process, by force after `timeout` seconds. An engine keeps nothing that it could lose.

        A signal and not a message, since the pipe may be full and another thread about to write to it.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._connection is not None:
            self._connection.close()

    def epitaph(self) -> str:
        """Return one sentence about why the process ended."""
        if self._refused is not None:
            return self._refused.sentence
        if self._ended_for:
            return f"{self.engine} {self._ended_for}, so it was ended."
        try:
            code = self._running().wait(_SETTLE)
        except subprocess.TimeoutExpired:
            return f"{self.engine} closed its pipe but has not ended."
        moment = "" if self._ready else " while it was loading"
        return f"{self.engine} {_cause(code)}{moment}."

    def _send(self, data: bytes) -> None:
        try:
            self._connected().send_bytes(data)
        except (OSError, ValueError) as error:
            raise EngineError(f"{self.engine} is no longer running.") from error

    def _connected(self) -> Connection:
        if self._connection is None:
            raise EngineError(f"{self.engine} is not running.")
        return self._connection

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise EngineError(f"{self.engine} is not running.")
        return self._process


def _cause(code: int) -> str:
    """Return how a process ended, from its return code as `subprocess` gives it."""
    if code >= 0:
        return "left" if code == 0 else f"failed (exit code {code})"
    match -code:
        case signal.SIGABRT:
            return "aborted (signal 6)"
        case signal.SIGKILL:
            return "was killed (signal 9)"
        case signal.SIGSEGV | signal.SIGBUS | signal.SIGILL | signal.SIGFPE as number:
            return f"crashed (signal {int(number)})"
        case number:
            return f"was ended by signal {number}"


def _environment(threads: int) -> dict[str, str]:
    """Return the environment of an engine: no network, and no more threads than it was given.

    numpy's own threads, which spin long after the little they have to do, took a third of the recogniser's time.
    """
    own = {
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": "1",
        "GOMP_SPINCOUNT": str(_SPINS),
    }
    return dict(os.environ) | own


def _private(log: Path) -> IO[bytes]:
    """Open a new log that only its owner can read; the one before it is kept beside it."""
    paths.private_folder(log.parent)
    with suppress(FileNotFoundError):
        log.replace(log.with_name(f"{log.name}.1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
