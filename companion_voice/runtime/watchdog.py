"""The watchdog: tells the service manager that all is well, and only while it is.

It is fed only while every worker's beat is fresh. When one is not, the manager is told who and gets no more signs of
life. A worker that stays stuck is more than any thread can mend, so the process is ended, for whoever started it to
start it again. Knows nothing of what the workers do.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from companion_voice.runtime import notify
from companion_voice.runtime.beats import Beat, stuck

LOOK: Final = 2.0
"""Most seconds between two looks."""

ENOUGH: Final = 10.0
"""Seconds for which somebody was seen to be stuck after which it is the end. A process that was stopped and goes on
looks stuck for a moment, and is not."""

STUCK: Final = 70
"""The exit code of that end (EX_SOFTWARE)."""


def leave(still: tuple[str, ...]) -> None:
    """Show who is `still` stuck and where, and end the process: nothing in it can be waited for any more."""
    print(f"Ended, because this has been stuck: {', '.join(still)}.", file=sys.stderr, flush=True)  # noqa: T201
    faulthandler.dump_traceback(sys.__stderr__ or 2)
    os._exit(STUCK)


class Watchdog:
    """Looks after `beats`, which is asked anew each time, and shows `describe()` to whoever asks the manager.

    `end`: what is done about those who stay stuck.
    """

    def __init__(
        self,
        beats: Callable[[], Mapping[str, Beat]],
        describe: Callable[[], str],
        *,
        end: Callable[[tuple[str, ...]], None] = leave,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._beats = beats
        self._describe = describe
        self._end = end
        self._now = now
        self._since: float | None = None
        """When somebody was first seen to be stuck who still is."""
        self._over = threading.Event()

    def close(self) -> None:
        """Let the thread end."""
        self._over.set()

    def run(self) -> None:
        """Look until closed (the thread's body)."""
        limit = notify.watchdog()
        wait = min(LOOK, limit / 3) if limit else LOOK
        while not self._over.is_set():
            self.look()
            self._over.wait(wait)

    def look(self) -> None:
        """Look once: give a sign of life, or say who gives none, and after a while end it."""
        still = stuck(self._beats())
        if not still:
            self._since = None
            notify.send(WATCHDOG=1, STATUS=self._describe())
            return
        notify.send(STATUS=f"stuck: {', '.join(still)}")
        self._since = self._now() if self._since is None else self._since
        if self._now() - self._since >= ENOUGH:
            self._end(still)
