"""Damage a write-ahead log as a power cut or a bad disk might, and see what is left. For the test and the benchmark."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from companion_voice.memory.store import Memory
from tests.crash.killing import stored

CARRIED, TURNS = 5, 25
"""Turns that are in the database, and all of them; the others are in the log."""


def torn_off(living: Path, copy: Path) -> Path:
    """Live in the one folder and copy it, as it is in mid-life, into the other; return that."""
    with Memory.open(living) as memory:
        session = memory.begin_session("s1", persona="ada")
        for number in range(TURNS):
            memory.add_turn(session, "user", f"Sentence {number}.")
            if number == CARRIED - 1:
                memory._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy.mkdir()
        for name in ("memory.db", "memory.db-wal"):
            shutil.copy(living / name, copy / name)
    return copy


def cut(data: bytes, at: int) -> bytes:
    """Lose the end."""
    return data[:at]


def flip(data: bytes, at: int) -> bytes:
    """Change one byte."""
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def scribble(data: bytes, at: int) -> bytes:
    """Write something else over 3,000 bytes."""
    return data[:at] + random.randbytes(min(3000, len(data) - at)) + data[at + 3000 :]


DAMAGES = (cut, flip, scribble)


def left_after(damage: Callable[[bytes, int], bytes], copy: Path, folder: Path) -> int:
    """Damage the log at a random place in a copy of `copy`; return how many turns are left, the first ones in order."""
    shutil.copytree(copy, folder)
    log = folder / "memory.db-wal"
    data = log.read_bytes()
    log.write_bytes(damage(data, random.randrange(len(data))))
    there = stored(folder)
    assert there == [f"Sentence {number}." for number in range(len(there))]
    return len(there)
