"""A memory in a folder of its own, with a clock that the test turns."""

from datetime import UTC, datetime, timedelta

import pytest

from companion_voice.memory.store import Memory


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self):
        self.now = datetime(2026, 5, 3, 14, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def turn(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "memory"


@pytest.fixture
def reopen(folder, clock):
    """Return a function that opens the memory of this test; it is closed afterwards."""
    opened = []

    def opening(**options):
        memory = Memory.open(folder, clock=clock, **options)
        opened.append(memory)
        return memory

    yield opening
    for memory in opened:
        memory.close()


@pytest.fixture
def memory(reopen):
    return reopen()


@pytest.fixture
def session(memory):
    return memory.begin_session("s1", persona="ada")
