"""Encrypting a memory that is there, and decrypting it again: whole or not at all, also through a crash.

A new file is written and checked, and takes the place of the old one in one step. Backups and damaged files, which the
change leaves behind, are deleted. What deleted files leave on a disk is beyond a program's reach.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from companion_voice.errors import StoreError
from companion_voice.memory import cipher, database, health, opening
from companion_voice.memory.places import SIDE_FILES, Place


def encrypt(place: Place, passphrase: str, now: datetime) -> None:
    """Encrypt the memory with a key made from `passphrase`, and make the first encrypted backup.

    Raises `MemoryLockedError` for a passphrase of no use, `StoreError` where it is encrypted already or cannot be, and
    what opening it raises. The memory is then as it was.
    """
    if cipher.is_encrypted(place):
        raise StoreError("The memory is encrypted already.", "For another passphrase: companion memory decrypt first.")
    cipher.driver()
    with database.plainly(), _held(place):
        opening.for_writing(place, now).close()
        cipher.lock(place, passphrase)
        _rewrite(place, None, place.key, now)


def decrypt(place: Place, passphrase: str | None, now: datetime) -> None:
    """Store the memory in the clear again. Raises as `encrypt` does, and `MemoryLockedError` without its passphrase."""
    if not cipher.is_encrypted(place):
        raise StoreError("The memory is not encrypted.")
    with database.plainly(), _held(place):
        cipher.unlock(place, passphrase)
        opening.for_writing(place, now).close()
        key, place.key = place.key, None
        _rewrite(place, key, None, now)
        place.lockbox.unlink()


@contextmanager
def _held(place: Place) -> Iterator[None]:
    """Keep every other program from writing the memory."""
    unlock = place.lock()
    try:
        yield
    finally:
        unlock()


def _rewrite(place: Place, old: bytes | None, new: bytes | None, now: datetime) -> None:
    """Put a copy under the `new` key in the place of the file under the `old` one; make a backup of it."""
    _copy(place, old, new)
    _flush(place.draft)
    # First the copies: killed in between, it leaves a memory without backups rather than backups in the other state.
    for copy in (*place.backups(), *place.damaged()):
        copy.unlink()
    for side in SIDE_FILES:
        place.file.with_name(place.file.name + side).unlink(missing_ok=True)
    place.draft.rename(place.file)
    _flush(place.folder)
    with closing(database.writer(place.file, new)) as db:
        health.back_up(db, place, now)


def _copy(place: Place, old: bytes | None, new: bytes | None) -> None:
    """Write the whole memory under another key into the draft. Raises `StoreError` when something is missing there."""
    place.draft.unlink(missing_ok=True)
    os.close(os.open(place.draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    said = cipher.said(new) if new else ""
    source = cipher.connect(str(place.file), old) if old else cipher.driver().connect(str(place.file))
    with closing(source):
        source.execute("ATTACH DATABASE ? AS made KEY ?", (str(place.draft), said))
        source.execute("SELECT sqlcipher_export('made')")
        source.execute(f"PRAGMA made.user_version = {source.execute('PRAGMA user_version').fetchone()[0]}")
        source.commit()
        source.execute("DETACH DATABASE made")
    with closing(database.reader(place.file, old)) as before, closing(database.reader(place.draft, new)) as after:
        if not database.is_sound(after) or _counts(before) != _counts(after):
            raise StoreError("The memory could not be copied whole, so nothing was changed.")


def _counts(db: Database) -> dict[str, int]:
    """Return how many rows each table has."""
    return {name: db[name].count for name in db.table_names()}


def _flush(path: Path) -> None:
    """Have what was written to a file or folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
