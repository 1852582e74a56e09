"""What was acknowledged is kept through `kill -9`; a torn write-ahead log costs its torn end and nothing else.

What holds: after a kill, every acknowledged turn is there, and at most one more (committed, not yet acknowledged). After
damage to the log itself, which no kill makes, the turns that are there are the first ones in order, and all that had
been carried over into the database (checkpointed) is among them.
"""

import random
import shutil

import pytest

from companion_voice.memory.store import Memory
from tests.crash.killing import kill_while_writing, stored, warm_up

KILLS = 20


def test_no_acknowledged_turn_is_lost_to_kill_9(tmp_path):
    warm_up(tmp_path / "warm")
    folder, acknowledged = tmp_path / "memory", []
    for round_ in range(KILLS):
        acknowledged += kill_while_writing(folder, round_, within=0.1)
    there = stored(folder)
    assert acknowledged
    assert [text for text in there if text in set(acknowledged)] == acknowledged
    assert len(there) <= len(acknowledged) + KILLS


@pytest.fixture(scope="module")
def torn(tmp_path_factory):
    """Return a folder with five turns in the database and twenty in the log, copied as a power cut would leave it."""
    folder, copy = tmp_path_factory.mktemp("living") / "memory", tmp_path_factory.mktemp("torn") / "memory"
    with Memory.open(folder) as memory:
        session = memory.begin_session("s1", persona="ada")
        for number in range(25):
            memory.add_turn(session, "user", f"Sentence {number}.")
            if number == 4:
                memory._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy.mkdir()
        for name in ("memory.db", "memory.db-wal"):
            shutil.copy(folder / name, copy / name)
    return copy


def cut(data, at):
    return data[:at]


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def scribble(data, at):
    return data[:at] + random.randbytes(min(3000, len(data) - at)) + data[at + 3000 :]


@pytest.mark.parametrize("damage", [cut, flip, scribble])
def test_a_torn_log_costs_only_its_end(torn, tmp_path, damage):
    for case in range(8):
        folder = tmp_path / f"case{case}"
        shutil.copytree(torn, folder)
        log = folder / "memory.db-wal"
        data = log.read_bytes()
        log.write_bytes(damage(data, random.randrange(len(data))))
        there = stored(folder)
        assert there == [f"Sentence {number}." for number in range(len(there))]
        assert len(there) >= 5
