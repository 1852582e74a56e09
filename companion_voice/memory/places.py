"""Where a household's memory lies, and the lock that lets one program write it. Knows no SQL."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from companion_voice import paths
from companion_voice.errors import MemoryBusyError

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; it belongs to it wherever it goes."""


class Place:
    """The folder of one memory and the names in it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.data_folder() / "memory"
        self.key: bytes | None = None
        """What opens an encrypted memory, once that is known; None where it needs none."""

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "memory.db"

    @property
    def off_the_record(self) -> Path:
        """The mark that says that nothing is written or read, so that a restart keeps to it."""
        return self.folder / "off-the-record"

    @property
    def lockbox(self) -> Path:
        """What tells the right passphrase of an encrypted memory from a wrong one."""
        return self.folder / "lockbox.json"

    @property
    def draft(self) -> Path:
        """A database that is being written and will take the place of another."""
        return self.folder / "memory.unfinished"

    def backups(self) -> list[Path]:
        """Return the backups, oldest first."""
        return sorted(self.folder.glob("memory-backup-*.db"))

    def damaged(self) -> list[Path]:
        """Return the damaged databases that were put aside, oldest first, with what lay beside them."""
        return sorted(self.folder.glob("memory-damaged-*"))

    def backup(self, stamp: str) -> Path:
        """Return the name of the backup made at `stamp`."""
        return self.folder / f"memory-backup-{stamp}.db"

    def aside(self, stamp: str) -> Path:
        """Return the name under which a database found damaged at `stamp` is kept."""
        return self.folder / f"memory-damaged-{stamp}.db"

    def lock(self) -> Callable[[], None]:
        """Take the right to write and return what gives it back; the system does so when the process ends.

        Raises `MemoryBusyError` when another program has it.
        """
        name = paths.private_folder(self.folder) / "lock"
        stream = os.fdopen(os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.close()
            raise MemoryBusyError(
                "Another program is writing this memory.",
                "It is probably the companion: tell it by voice, or stop it first (companion stop).",
            ) from error
        return stream.close
