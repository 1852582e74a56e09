"""The one clock: seconds since the conversation started, and the wall time that people use."""

import time
from datetime import datetime


class Clock:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def now(self) -> float:
        """Return seconds since the start, monotonic."""
        return time.monotonic() - self._start

    def since_start(self, monotonic: float) -> float:
        """Return a moment of `time.monotonic` as seconds since the start."""
        return monotonic - self._start

    @staticmethod
    def wall() -> str:
        """Return the local wall time, ISO 8601 with offset."""
        return datetime.now().astimezone().isoformat(timespec="seconds")
