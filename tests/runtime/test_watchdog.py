"""Signs of life: the manager is fed only while everybody gives them."""

import socket
import subprocess
import sys

import pytest

from companion_voice.runtime.beats import PATIENCE, Beat, stuck
from companion_voice.runtime.watchdog import ENOUGH, STUCK, Watchdog


class Hands:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Return a function that gives the next thing the manager was told."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        yield lambda: manager.recv(4096).decode()


def test_one_that_beats_is_not_stuck_and_one_that_ceases_is(clock):
    ears, mouth = Beat(clock), Beat(clock)
    ears.beat()
    mouth.beat()
    clock.now = PATIENCE
    mouth.beat()
    assert stuck({"ears": ears, "mouth": mouth}) == ()
    clock.now += 0.1
    assert stuck({"ears": ears, "mouth": mouth}) == ("ears",)


def test_one_that_waits_for_work_owes_no_beat(clock):
    archive = Beat(clock)
    assert stuck({"archive": archive}) == ()
    archive.beat()
    archive.rest()
    clock.now = 1e6
    assert stuck({"archive": archive}) == ()


def test_the_manager_is_fed_while_all_are_well_and_told_who_is_not(clock, told):
    ears = Beat(clock)
    watchdog = Watchdog(lambda: {"ears": ears}, lambda: "listening")
    ears.beat()
    watchdog.look()
    assert told() == "WATCHDOG=1\nSTATUS=listening"
    clock.now = PATIENCE + 1
    watchdog.look()
    assert told() == "STATUS=stuck: ears"
    ears.beat()
    watchdog.look()
    assert told().startswith("WATCHDOG=1")


def test_one_that_stays_stuck_is_the_end_and_one_that_goes_on_is_not(clock):
    ears, ended = Beat(clock), []
    watchdog = Watchdog(lambda: {"ears": ears}, lambda: "listening", end=ended.append, now=clock)
    ears.beat()
    clock.now = 1e4  # the process was stopped, and goes on
    watchdog.look()
    ears.beat()
    clock.now += ENOUGH
    watchdog.look()
    assert ended == []
    clock.now += PATIENCE
    watchdog.look()
    clock.now += ENOUGH - 0.1
    watchdog.look()
    assert ended == []
    clock.now += 0.1
    watchdog.look()
    assert ended == [("ears",)]


def test_the_end_is_told_and_has_a_code_of_its_own():
    program = "from companion_voice.runtime.watchdog import leave; leave(('ears', 'mouth'))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == STUCK
    assert done.stderr.startswith("Ended, because this has been stuck: ears, mouth.\n")
    assert "leave" in done.stderr  # where it was stuck
