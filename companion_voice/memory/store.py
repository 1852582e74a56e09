"""Memory: the one door to everything that is remembered.

Each method is one transaction, on the disk when it returns. The verbs stand in `telling`, `asking` and `ruling`; where
things are done stands in the modules they name. What is kept in RAM while the disk is full is `intake`'s. Use one from
one thread.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from companion_voice.errors import MemoryFullError
from companion_voice.memory import cipher, database, export, markdown, moments, opening, transfer
from companion_voice.memory.asking import Asking
from companion_voice.memory.held import Elsewhere, nowhere_else
from companion_voice.memory.keeping import Asked, Keeping
from companion_voice.memory.personas import Personas
from companion_voice.memory.places import Place
from companion_voice.memory.records import OWNER
from companion_voice.memory.ruling import Ruling
from companion_voice.memory.telling import Telling


class Memory(Telling, Asking, Ruling):
    """What a household's companion remembers. Open it with `open`; close it, or use it in a `with` block."""

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        *,
        read_only: bool = False,
        passphrase: str | None = None,
        clock: Callable[[], datetime] = moments.now,
        elsewhere: Elsewhere = nowhere_else,
        keeping: Asked = Keeping,
    ) -> Self:
        """Open the memory in `folder` (the person's own when None), for writing or beside the program that writes.

        Raises `MemoryBusyError`, `MemoryNewerError`, `MemoryDamagedError`, which offers a backup when the file has been
        put aside, and `MemoryLockedError` where a passphrase is needed and neither given nor found.
        Guests whose time is over are forgotten. Whatever is forgotten is handed to `elsewhere` as well; what the person
        lets it keep, and for how long, `keeping` tells whenever it is asked.
        """
        place = Place(folder)
        cipher.unlock(place, passphrase)
        if read_only:
            with database.plainly():
                db = opening.for_reading(place)
                return cls(db, place, clock=clock, unlock=lambda: None, elsewhere=elsewhere, keeping=keeping)
        unlock = place.lock()
        try:
            with database.plainly():
                db = opening.for_writing(place, clock())
                memory = cls(db, place, clock=clock, unlock=unlock, elsewhere=elsewhere, keeping=keeping)
        except BaseException:
            unlock()
            raise
        try:
            memory.expire()
        except BaseException:
            memory.close()
            raise
        return memory

    def close(self) -> None:
        """Write what waited for room and close. Raises `MemoryFullError` when that is lost with it."""
        try:
            self._intake.write()
        except MemoryFullError as error:
            raise MemoryFullError(f"The disk is full: the last {self.waiting} things said are lost.") from error
        finally:
            self._db.close()
            self._unlock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def personas(self) -> Personas:
        """How each persona has grown with each person."""
        return Personas(
            self._db, writing=self._writing, clock=self._clock, is_off_the_record=lambda: self.is_off_the_record
        )

    # --- files -------------------------------------------------------------------------------------------------------

    def bring(self, file: Path, *, person: str = OWNER) -> transfer.Imported:
        """Import a file of turns, or a whole memory into an empty one: all or nothing. Raises `ImportRefusedError`."""
        with self._writing():
            if not export.is_document(file):
                return transfer.bring(self._db, file, person, self._keeping())
            whole = export.from_json(self._db, file)
            return transfer.Imported(len(whole.turns), len(whole.facts), 0)

    @database.plainly()
    def to_json(self) -> bytes:
        """Return everything, to be read back exactly by `bring`."""
        return export.to_json(self._db)

    @database.plainly()
    def to_markdown(self, *, person: str = OWNER) -> str:
        """Return what is remembered of a person, for reading."""
        return markdown.to_markdown(self._db, person)
