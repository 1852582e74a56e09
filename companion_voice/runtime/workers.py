"""Threads with an owner: one that dies takes the program down in order, instead of leaving it alive and deaf."""

import threading
from collections.abc import Callable
from typing import Protocol

from companion_voice.runtime.inbox import Failure


class Mourner(Protocol):
    """Who is told what a thread died of: an inbox."""

    def post(self, event: Failure) -> int:
        """Take note of a death."""


class Worker:
    """One thread that runs `work` until it returns. What it raises is raised by the conductor."""

    def __init__(self, name: str, work: Callable[[], None], inbox: Mourner) -> None:
        self._work = work
        self._inbox = inbox
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for it to end."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - carried to the conductor, which ends the program with it
            self._inbox.post(Failure(self._thread.name, error))
