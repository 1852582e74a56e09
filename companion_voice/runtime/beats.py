"""Signs of life: each worker gives them in its own loop, so that one that stands still cannot give any.

Knows nothing of what the workers do.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final

PATIENCE: Final = 10.0
"""Seconds without a beat after which a worker counts as stuck. Opening a device takes up to two."""


class Beat:
    """One worker's signs of life. The worker calls `beat` and `rest`; anybody may ask `age`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._at: float | None = None

    def beat(self) -> None:
        """Give a sign of life."""
        self._at = self._now()

    def rest(self) -> None:
        """Wait for work, for as long as there is none: no beat is owed."""
        self._at = None

    def age(self) -> float:
        """Return the seconds since the last beat; 0 at rest."""
        at = self._at
        return 0.0 if at is None else max(0.0, self._now() - at)


def stuck(beats: Mapping[str, Beat], patience: float = PATIENCE) -> tuple[str, ...]:
    """Return the names of those who have given no sign of life for `patience` seconds."""
    return tuple(name for name, beat in beats.items() if beat.age() > patience)
