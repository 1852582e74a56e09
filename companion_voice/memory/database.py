"""The connection: how it is set up, what a transaction is, and SQLite's complaints as sentences.

Knows nothing of turns and facts.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from companion_voice.errors import MemoryBusyError, MemoryDamagedError, MemoryFullError, StoreError
from companion_voice.memory import cipher

PATIENCE = 5.0
"""Seconds that one program waits for another's short lock."""
_WRITING = "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"
_ALWAYS = "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0"
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY = 0xFF
"""The low byte of an extended result code."""


def writer(file: Path, key: bytes | None) -> Database:
    """Return the one connection that writes `file`, which is made when missing, for its owner only (0600).

    With a `key` all of it is encrypted.
    """
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    # VACUUM writes a copy of everything; it must not lie on a disk that the person did not choose. (Encrypted, it is
    # made in RAM.)
    folder = str(file.parent).replace("'", "''")
    pragmas = _WRITING if key else (*_WRITING, f"temp_store_directory='{folder}'")
    return _set_up(connect(str(file), key, timeout=PATIENCE), *pragmas)


def reader(file: Path, key: bytes | None) -> Database:
    """Return a connection that only reads `file`, also while another program writes it."""
    name = f"{file.absolute().as_uri()}?mode=ro"
    return _set_up(connect(name, key, uri=True, timeout=PATIENCE), "query_only=ON")


def connect(file: str, key: bytes | None, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3 has them
    """Return a connection to a plain file, or to one that is encrypted with `key`."""
    made = sqlite3.connect(file, **options) if key is None else cipher.connect(file, key, **options)
    connection: sqlite3.Connection = made
    return connection


def nowhere() -> Database:
    """Return a database in RAM, for reading a memory that does not exist yet."""
    return _set_up(sqlite3.connect(":memory:"))


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Do all of the block or none of it; it is on the disk when the block is left."""
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        db.conn.rollback()
        raise


@contextmanager
def plainly() -> Iterator[None]:
    """Turn SQLite's errors into sentences: full disk, damage, another program's lock."""
    try:
        yield
    except cipher.failures() as error:
        raise _sentence(error) from error


def is_damage(error: Exception) -> bool:
    """Tell whether SQLite complains that the file is not a sound database."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE


def is_sound(db: Database) -> bool:
    """Tell whether the pages of the database hang together."""
    try:
        return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except cipher.failures() as error:
        if is_damage(error):
            return False
        raise


def _set_up(connection: sqlite3.Connection, *pragmas: str) -> Database:
    try:
        for pragma in (*_ALWAYS, *pragmas):
            connection.execute(f"PRAGMA {pragma}")
    except cipher.failures():
        connection.close()
        raise
    return Database(connection, execute_plugins=False)


def _sentence(error: Exception) -> Exception:
    match getattr(error, "sqlite_errorcode", 0) & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return MemoryFullError("The disk is full, so the memory cannot be written.", "Make room on the disk.")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return MemoryBusyError("Another program is using this memory.", "Try again in a moment.")
        case code if code in _DAMAGE:
            return MemoryDamagedError(
                "The memory file is damaged.", "Start again: it is put aside and a backup is offered."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_PERM:
            return StoreError(f"The memory file cannot be used: {error}.", "Look after its folder and the disk.")
    return error
