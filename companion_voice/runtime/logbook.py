"""The logbook: one thread that writes the journal, so that the conversation never waits for a disk.

A journal that cannot be begun or written is told of once, and the conversation goes on without it; what was written
until then stays whole.
"""

import queue
import time
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from companion_voice.conversation.state import State
from companion_voice.errors import CompanionError
from companion_voice.events import AnyCommand, AnyEvent, JournalFailed
from companion_voice.research.journal import Journal
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox

MOST_WAITING: Final = 8_192
"""Events that may wait for the disk; where there are more, the journal ends and says so."""
SYNC: Final = 1.0
"""Seconds after which the disk has what was written."""


class _Happening(NamedTuple):
    wall: float
    event: AnyEvent
    state: State
    commands: tuple[AnyCommand, ...]


_Waiting: TypeAlias = "queue.SimpleQueue[_Happening | None]"


class Logbook:
    """Watches a conversation and keeps its journal."""

    def __init__(self, journal: Journal, inbox: Inbox, clock: Clock) -> None:
        self.beat = Beat()
        self._journal = journal
        self._inbox = inbox
        self._clock = clock
        self._waiting: _Waiting = queue.SimpleQueue()
        self._over = False
        """The journal has failed."""

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Have an event written; `JournalFailed` tells when it cannot be."""
        if self._over:
            return
        if self._waiting.qsize() >= MOST_WAITING:
            self._fail("The disk is too slow for it.")
            return
        self._waiting.put(_Happening(time.time(), event, state, tuple(commands)))

    def close(self) -> None:
        """Let the thread end, once all that waits is written."""
        self._waiting.put(None)

    def run(self) -> None:
        """Write until closed (the thread's body)."""
        try:
            self._write_until_closed()
            if not self._over:
                self._journal.close()
        except CompanionError as error:
            self._fail(str(error))
        finally:
            self._journal.leave()

    def _write_until_closed(self) -> None:
        due = None
        while (happening := self._next(due)) and not self._over:
            if isinstance(happening, _Happening):
                self._journal.write(*happening)
                due = due or time.monotonic() + SYNC
            if due and time.monotonic() >= due:
                self._journal.sync()
                due = None

    def _next(self, due: float | None) -> _Happening | Literal["nothing"] | None:
        """Return what is to be written next: nothing where the disk is `due` first, None once all is written."""
        self.beat.rest()
        try:
            return self._waiting.get(timeout=max(0.0, due - time.monotonic()) if due else None)
        except queue.Empty:
            return "nothing"
        finally:
            self.beat.beat()

    def _fail(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self._inbox.post(JournalFailed(at=self._clock.now(), reason=reason))
