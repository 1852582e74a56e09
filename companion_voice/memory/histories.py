"""The histories of personas as an export carries them: every row as it is sealed, so that the chain holds elsewhere.

Works inside the caller's transaction. Knows no file; what a change means is `persona.evolution`'s.
"""

from collections.abc import Iterable
from itertools import groupby

import msgspec
from sqlite_utils import Database

from companion_voice.errors import ImportRefusedError
from companion_voice.persona.evolution import chain
from companion_voice.persona.evolution.chain import Seal


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of one history."""

    persona: str
    person: str
    number: int
    entry: str
    """Canonical JSON, to the byte: the hash covers it."""
    head: str
    words: str | None
    """The words and their salt as JSON, to the byte; None where there are none, or not any more."""

    @property
    def whose(self) -> tuple[str, str]:
        """Persona and person."""
        return self.persona, self.person

    @property
    def seal(self) -> Seal:
        """What is kept of the change."""
        return Seal(self.entry.encode(), self.head, self.words.encode() if self.words is not None else None)


def everything(db: Database) -> tuple[Sealed, ...]:
    """Return every history, each oldest first."""
    rows = db.execute(
        "SELECT persona, person, number, entry, head, words FROM persona_changes ORDER BY persona, person, number"
    )
    return tuple(
        Sealed(
            persona=row[0],
            person=row[1],
            number=row[2],
            entry=_text(row[3]),
            head=row[4],
            words=None if row[5] is None else _text(row[5]),
        )
        for row in rows
    )


def restore(db: Database, rows: Iterable[Sealed]) -> None:
    """Write histories where there are none. Raises `ImportRefusedError` where one is not what was once written."""
    for whose, sealed in groupby(sorted(rows, key=lambda row: (row.whose, row.number)), key=lambda row: row.whose):
        _restore(db, whose, tuple(sealed))


def _restore(db: Database, whose: tuple[str, str], history: tuple[Sealed, ...]) -> None:
    head = history[-1].head
    if number := chain.broken([row.seal for row in history], whose, head):
        raise _refused(f"The history of {whose[0]} in this file was changed, at change number {number}.")
    if db.execute("SELECT 1 FROM persona_changes WHERE persona = ? AND person = ?", whose).fetchone():
        raise _refused(f"The history of {whose[0]} in this memory is only ever added to; no other can take its place.")
    for row in history:
        seal = row.seal
        db.execute(
            "INSERT INTO persona_changes (persona, person, number, entry, head, words) VALUES (?, ?, ?, ?, ?, ?)",
            (*whose, row.number, seal.entry, seal.head, seal.words),
        )
    db.execute("INSERT INTO persona_heads VALUES (?, ?, ?)", (*whose, head))


def _refused(why: str) -> ImportRefusedError:
    return ImportRefusedError(why, "Nothing was imported. To begin in another folder, set COMPANION_VOICE_HOME.")


def _text(data: bytes) -> str:
    """Return bytes of ours as text; what somebody else put there shows, because its hash no longer fits."""
    return data.decode(errors="replace")
