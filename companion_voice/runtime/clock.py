"""The one clock: seconds since the conversation started, and the wall time that people use."""

import time
from datetime import datetime
from pathlib import Path

from companion_voice.boundaries.moments import Moment

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """Starts when it is made, and goes on while the computer sleeps."""

    def __init__(self) -> None:
        self._start = _steady()

    def now(self) -> float:
        """Return seconds since the start; nobody can set them."""
        return _steady() - self._start

    def since_start(self, monotonic: float) -> float:
        """Return a recent moment of `time.monotonic`, which stands still during sleep, as seconds since the start."""
        return self.now() - (time.monotonic() - monotonic)

    def began(self) -> Moment:
        """Return when it started, as the boundaries count time."""
        local = datetime.now().astimezone()
        elapsed = self.now()
        return Moment(
            wall=local.timestamp() - elapsed,
            steady=self._start,
            boot=_BOOT.read_text().strip(),
            day=local.date().isoformat(),
            minute=local.hour * 60 + local.minute,
        )

    @staticmethod
    def minute() -> int:
        """Return the local minutes since midnight."""
        local = datetime.now().astimezone()
        return local.hour * 60 + local.minute

    @staticmethod
    def wall() -> str:
        """Return the local wall time, ISO 8601 with offset."""
        return datetime.now().astimezone().isoformat(timespec="seconds")


def _steady() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
