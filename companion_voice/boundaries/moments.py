"""What time it is, told to those who know no clock. Pure."""

import msgspec

DAY = 24 * 60 * 60.0


class Moment(msgspec.Struct, frozen=True):
    """One instant by two clocks, and where it lies in the person's day."""

    wall: float
    """Seconds since 1970. May be set, forwards or backwards, at any time."""
    steady: float
    """Seconds by a clock that nobody sets and that goes on during suspend (Linux's CLOCK_BOOTTIME)."""
    boot: str
    """Which start of the computer `steady` counts from; moments of different ones have only `wall` in common."""
    day: str = ""
    """Local date, ISO 8601."""
    minute: int = 0
    """Local minutes since midnight."""


def at_least(earlier: Moment, later: Moment) -> float:
    """Return the seconds that have certainly passed, 0 where nothing is certain: what may be counted as use."""
    if earlier.boot == later.boot:
        return max(0.0, later.steady - earlier.steady)
    return max(0.0, later.wall - earlier.wall)


def at_most(earlier: Moment, later: Moment) -> float | None:
    """Return the seconds that may have passed, None where a clock that went backwards makes it unknowable."""
    wall = later.wall - earlier.wall
    if earlier.boot != later.boot:
        return wall if wall >= 0 else None
    return max(wall, later.steady - earlier.steady, 0.0)
