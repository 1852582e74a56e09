"""Whether a microphone that gives sound gives any: a live one always has some noise, a dead one nothing but zeros.

A source of software, such as the monitor of a sound server, is silent to the last bit whenever nobody plays into it. So
only one that has had noise for a long while without a gap is believed to be dead. Knows no devices and no clock.
"""

from typing import Final

LIVES: Final = 10.0
"""Seconds of noise without a single block of zeros after which a source is known to be a live one."""

DEAD: Final = 1.5
"""Seconds of zeros after which a live one counts as dead."""


class Liveliness:
    """Follows the blocks of one source."""

    def __init__(self) -> None:
        self._noise = self._zeros = 0.0
        self._lives = False

    @property
    def dead(self) -> bool:
        """It was a live one, and gives nothing but zeros."""
        return self._lives and self._zeros >= DEAD

    def note(self, seconds: float, *, zero: bool) -> None:
        """Follow a block of `seconds`, which is all zeros or not."""
        self._noise = 0.0 if zero else self._noise + seconds
        self._zeros = self._zeros + seconds if zero else 0.0
        self._lives = self._lives or self._noise >= LIVES

    def again(self) -> None:
        """Begin anew with a source that was opened again: one that was dead is so until there is noise."""
        self._noise = 0.0
