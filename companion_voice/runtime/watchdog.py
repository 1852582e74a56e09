"""The watchdog: tells the service manager that all is well, and only while it is.

It is fed only while every worker's beat is fresh. When one is not, the manager is told who, gets no more signs of life,
and starts the service anew. Knows nothing of what the workers do.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from companion_voice.runtime import notify
from companion_voice.runtime.beats import Beat, stuck

LOOK: Final = 2.0
"""Most seconds between two looks."""


class Watchdog:
    """Looks after `beats`, which is asked anew each time, and shows `describe()` to whoever asks the manager."""

    def __init__(self, beats: Callable[[], Mapping[str, Beat]], describe: Callable[[], str]) -> None:
        self._beats = beats
        self._describe = describe
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
        """Look once: give a sign of life, or say who gives none."""
        if still := stuck(self._beats()):
            notify.send(STATUS=f"stuck: {', '.join(still)}")
        else:
            notify.send(WATCHDOG=1, STATUS=self._describe())
