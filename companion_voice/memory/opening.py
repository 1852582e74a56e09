"""Opening a memory: for writing by one program, for reading by any. Looks after its health on the way.

Knows no turns and no facts.
"""

from datetime import datetime

from sqlite_utils import Database

from companion_voice.memory import cipher, database, forget, health, schema
from companion_voice.memory.places import Place


def for_writing(place: Place, now: datetime) -> Database:
    """Return the connection that writes; the caller holds the lock.

    A file that was not closed properly, or that is due for its daily backup, is checked first; damage puts it aside.
    Raises `MemoryDamagedError`, `MemoryNewerError`, and whatever `database.plainly` makes of SQLite's errors.
    """
    if lost := health.missing(place):
        raise lost
    was_there = place.file.exists()
    was_closed = not place.file.with_name(f"{place.file.name}-wal").exists()
    try:
        db = database.writer(place.file, place.key)
        is_due = was_there and health.is_due(place, now)
        sound = (was_closed and not is_due) or database.is_sound(db)
    except cipher.failures() as error:
        if database.is_damage(error):
            raise health.quarantine(place, now) from error
        raise
    if not sound:
        db.close()
        raise health.quarantine(place, now)
    return _brought_up(db, place, now, backup=is_due)


def for_reading(place: Place) -> Database:
    """Return a connection that only reads, beside a program that writes; an empty one when there never was a memory.

    Raises as `for_writing` does, but moves and changes nothing.
    """
    if lost := health.missing(place):
        raise lost
    if not place.file.exists():
        db = database.nowhere()
        schema.migrate(db)
        return db
    db = database.reader(place.file, place.key)
    try:
        health.check(db, place, migrating=False)
    except BaseException:
        db.close()
        raise
    return db


def _brought_up(db: Database, place: Place, now: datetime, *, backup: bool) -> Database:
    """Return the connection with its tables as this version wants them, its backup made, and forgetting finished."""
    try:
        health.check(db, place, migrating=True)
        is_old = not schema.is_new(db) and not schema.is_current(db)
        if is_old or (backup and not schema.is_new(db)):
            health.back_up(db, place, now)
        schema.migrate(db)
        if forget.is_marked(db):
            health.remove_copies(place)
            forget.scrub(db)
    except BaseException:
        db.close()
        raise
    return db
