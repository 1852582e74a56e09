"""Times as memory keeps them: ISO 8601 with offset for people, whole microseconds since 1970 for searching.

Knows the clock, and nothing that happens in time.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the present moment in local time, with its offset."""
    return datetime.now(UTC).astimezone()


def microseconds(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(time_us: int) -> datetime:
    """Return microseconds since 1970 as a moment in local time."""
    return (_EPOCH + timedelta(microseconds=time_us)).astimezone()


def read(text: str) -> datetime:
    """Return an ISO 8601 time; without an offset it is taken as local. Raises `ValueError`."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.astimezone()
