"""Whose memory it is: the people of the household, and guests whose memory ends after twelve hours at most.

Names stand here only; everything else knows a person by an id that says nothing.
"""

import secrets
from datetime import timedelta

from sqlite_utils import Database

from companion_voice.errors import MemoryUnknownError
from companion_voice.memory.records import Person

GUEST_STAYS = timedelta(hours=12)
"""At most, and where nobody said less."""


def add(db: Database, name: str, *, guest: bool, now_us: int, stay: timedelta = GUEST_STAYS) -> Person:
    """Store somebody new; a guest for as long as `stay`, from now."""
    person = Person(
        id=f"{'guest' if guest else 'person'}-{secrets.token_hex(4)}",
        name=name,
        guest=guest,
        expires_us=now_us + stay // timedelta(microseconds=1) if guest else None,
    )
    db.execute("INSERT INTO people VALUES (?, ?, ?, ?)", (person.id, name, guest, person.expires_us))
    return person


def everybody(db: Database) -> tuple[Person, ...]:
    """Return everybody, the owner first."""
    rows = db.execute("SELECT id, name, guest, expires_us FROM people ORDER BY id <> 'owner', rowid")
    return tuple(Person(row[0], row[1], bool(row[2]), row[3]) for row in rows)


def found(db: Database, who: str) -> Person:
    """Return the person with this id or name. Raises `MemoryUnknownError`."""
    for person in everybody(db):
        if who in {person.id, person.name} - {""}:
            return person
    raise MemoryUnknownError(f"Nobody called {who} is known.", "See who is with: companion memory people")


def rename(db: Database, identity: str, name: str) -> None:
    """Give somebody another name."""
    db.execute("UPDATE people SET name = ? WHERE id = ?", (name, identity))


def gone(db: Database, now_us: int) -> tuple[Person, ...]:
    """Return the guests whose time is over."""
    return tuple(one for one in everybody(db) if one.guest and (one.expires_us or 0) <= now_us)


def remove(db: Database, identity: str) -> None:
    """Remove a person of whom nothing is remembered any more; the owner stays, without a name."""
    db.execute("DELETE FROM rules WHERE person = ?", (identity,))
    db.execute("DELETE FROM people WHERE id = ? AND id <> 'owner'", (identity,))
