"""A memory that stays whole: backups, damage put aside, files of newer versions refused, and what protects it all.

Never answers damage with an empty memory. Knows no turns and no facts.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlite_utils import Database

from companion_voice import paths
from companion_voice.errors import MemoryDamagedError, MemoryNewerError, StoreError
from companion_voice.memory import cipher, database, schema
from companion_voice.memory.places import SIDE_FILES, Place

BACKUPS = 2
"""Backups that are kept."""
BACKUP_EVERY = timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%S%f"


class Protection(msgspec.Struct, frozen=True):
    """What keeps others from reading the memory."""

    private: bool
    """Whether only its owner may read the folder and the files in it."""
    encrypted_disk: bool | None
    """Whether the disk below is encrypted by the kernel (dm-crypt); None when /sys does not tell."""
    encrypted_file: bool
    """Whether the file itself is encrypted."""


def check(db: Database, place: Place, *, migrating: bool) -> None:
    """Refuse a file of a newer version, and of an older one unless it is to be brought up to date.

    Raises `MemoryNewerError` and `StoreError`.
    """
    if schema.is_newer(db):
        raise MemoryNewerError(
            f"{place.file} was written by a newer version of Companion Voice.", "Update this one to use it."
        )
    if not migrating and not schema.is_current(db):
        raise StoreError("The memory is of an older version.", "Start the companion once: it brings it up to date.")


def missing(place: Place) -> MemoryDamagedError | None:
    """Return why a memory that is not there may not be begun anew, or None when there never was one."""
    if place.file.exists() or not (place.backups() or place.damaged()):
        return None
    return MemoryDamagedError("The memory file is not there, although there was one.", _advice(place))


def quarantine(place: Place, now: datetime) -> MemoryDamagedError:
    """Put a damaged file aside with what lies beside it; return the error that says so and offers a backup."""
    aside = place.aside(now.strftime(_STAMP))
    for side in SIDE_FILES:
        beside = place.file.with_name(place.file.name + side)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + side))
    place.file.rename(aside)
    return MemoryDamagedError(f"The memory file was damaged; it is kept as {aside}.", _advice(place))


def back_up(db: Database, place: Place, now: datetime) -> Path:
    """Copy the memory as it is, keep the latest backups only, and return the new one."""
    file = place.backup(now.strftime(_STAMP))
    unfinished = file.with_suffix(".unfinished")
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    copy = database.connect(str(unfinished), place.key)
    try:
        db.conn.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    except cipher.failures():
        unfinished.unlink()
        raise
    finally:
        copy.close()
    unfinished.rename(file)
    for old in place.backups()[:-BACKUPS]:
        old.unlink()
    return file


def is_due(place: Place, now: datetime) -> bool:
    """Tell whether the latest backup is older than a day, or dated in the future by a clock that jumped back."""
    backups = place.backups()
    return not backups or abs(now - made(backups[-1])) >= BACKUP_EVERY


def made(backup: Path) -> datetime:
    """Return when a backup was made."""
    return datetime.strptime(backup.stem.rpartition("-")[2], _STAMP).astimezone()


def restore(place: Place) -> Path:
    """Make the latest sound backup the memory and return it; a file that is in use is never replaced.

    Raises `StoreError` when there is nothing to restore or nothing to be restored for.
    """
    if place.file.exists():
        raise StoreError("The memory is there, so nothing was restored.")
    for backup in reversed(place.backups()):
        db = database.reader(backup, place.key)
        sound = database.is_sound(db)
        db.close()
        if sound:
            copy = place.file.with_suffix(".unfinished")
            copy.write_bytes(backup.read_bytes())
            copy.chmod(0o600)
            copy.rename(place.file)
            return backup
    raise StoreError("There is no sound backup.", "Begin an empty memory with: companion memory restore --empty")


def begin_empty(place: Place) -> None:
    """Begin an empty memory because the person said so. Raises `StoreError` when there is a memory."""
    if place.file.exists():
        raise StoreError("The memory is there, so none was begun.", "To empty it: companion memory forget --all")
    db = database.writer(paths.private_folder(place.folder) / place.file.name, place.key)
    schema.migrate(db)
    db.close()


def remove_copies(place: Place) -> int:
    """Delete every backup and every damaged file, whose words cannot be taken out one by one; return how many."""
    copies = [*place.backups(), *place.damaged(), *place.folder.glob("*.unfinished")]
    for copy in copies:
        copy.unlink()
    return len(copies)


def protection(folder: Path) -> Protection:
    """Return what protects the memory in `folder`."""
    places = [folder, *folder.iterdir()] if folder.exists() else []
    private = all(not place.stat().st_mode & 0o077 for place in places)
    encrypted = cipher.is_encrypted(Place(folder))
    return Protection(private=private, encrypted_disk=_is_encrypted(folder), encrypted_file=encrypted)


def _advice(place: Place) -> str:
    backups = place.backups()
    empty = "Begin an empty memory with: companion memory restore --empty"
    if not backups:
        return f"There is no backup. {empty}"
    day = made(backups[-1]).strftime("%Y-%m-%d %H:%M")
    return f"The last backup is of {day}: companion memory restore. {empty}"


def _is_encrypted(folder: Path) -> bool | None:
    """Tell whether the device of a folder, or one it lies on, is dm-crypt as far as /sys tells."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    number = there.stat().st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if not device.exists():
        return None
    return any(_is_crypt(one) for one in _below(device.resolve()))


def _below(device: Path) -> list[Path]:
    slaves = device / "slaves"
    lower = sorted(slaves.iterdir()) if slaves.is_dir() else []
    return [device, *(one for slave in lower for one in _below(slave.resolve()))]


def _is_crypt(device: Path) -> bool:
    name = device / "dm" / "uuid"
    return name.exists() and name.read_text().startswith("CRYPT-")
