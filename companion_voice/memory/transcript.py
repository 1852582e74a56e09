"""Turns, word for word: writing and reading them, inside the caller's transaction.

Their order in a session is their position; the clock does not change it. Knows no facts and no index.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from companion_voice.errors import MemoryUnknownError
from companion_voice.memory import moments
from companion_voice.memory.records import Speaker, Turn

COLUMNS = ", ".join(f"turns.{name}" for name in Turn.__struct_fields__)
_ROOM = ", ".join("?" * len(Turn.__struct_fields__))


class Session(msgspec.Struct, frozen=True):
    """A conversation that may have turns."""

    id: str
    person: str
    persona: str
    started_us: int


class NewTurn(msgspec.Struct, frozen=True, kw_only=True):
    """A turn before it is stored."""

    session: Session
    who: Speaker
    text: str
    time: str
    name: str = ""
    said: str = ""
    language: str = ""
    key: str = ""


def begin(db: Database, session: Session) -> None:
    """Store a session unless it is there."""
    db.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, NULL)", msgspec.structs.astuple(session))


def whose(db: Database, session: str) -> str | None:
    """Return the person of a stored session, or None when it has no turn yet."""
    row = db.execute("SELECT person FROM sessions WHERE id = ?", (session,)).fetchone()
    return str(row[0]) if row else None


def told_to(db: Database, session: str) -> str:
    """Return the persona that a stored session was held with."""
    row = db.execute("SELECT persona FROM sessions WHERE id = ?", (session,)).fetchone()
    return str(row[0]) if row else ""


def add(db: Database, new: NewTurn, *, position: int | None = None) -> Turn:
    """Store a turn behind the last one of its session, or at a `position` known to be that.

    Raises `sqlite3.IntegrityError` when its key is taken.
    """
    identity = _next_id(db)
    turn = Turn(
        id=identity,
        key=new.key or _free_key(db, identity),
        session=new.session.id,
        person=new.session.person,
        position=_next_position(db, new.session.id) if position is None else position,
        who=new.who,
        name=new.name,
        text=new.text,
        said=new.said if new.said != new.text else "",
        language=new.language,
        time=new.time,
        time_us=moments.microseconds(moments.read(new.time)),
        pinned=False,
    )
    insert(db, turn)
    return turn


def insert(db: Database, turn: Turn) -> None:
    """Store a turn exactly as it is."""
    db.execute(f"INSERT INTO turns VALUES ({_ROOM})", msgspec.structs.astuple(turn))  # noqa: S608 - question marks


def select(db: Database, clause: str, values: Sequence[object] = ()) -> Iterator[Turn]:
    """Yield the turns that `clause` (what follows FROM turns) picks."""
    for row in db.execute(f"SELECT {COLUMNS} FROM turns {clause}", values):  # noqa: S608 - clauses are ours
        yield of_row(row)


def by_key(db: Database, key: str) -> Turn:
    """Return the turn that is called `key`. Raises `MemoryUnknownError`."""
    for turn in select(db, "WHERE key = ?", (key,)):
        return turn
    raise MemoryUnknownError(f"Nothing in memory is called {key}.", "See what there is with: companion memory list")


def of_row(row: Sequence[Any]) -> Turn:
    """Return a row of `COLUMNS` as a turn."""
    values: tuple[Any, ...] = (*row[:-1], bool(row[-1]))
    return Turn(*values)


def _next_id(db: Database) -> int:
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM turns").fetchone()[0])


def _next_position(db: Database, session: str) -> int:
    row = db.execute("SELECT coalesce(max(position) + 1, 0) FROM turns WHERE session = ?", (session,)).fetchone()
    return int(row[0])


def _free_key(db: Database, identity: int) -> str:
    """Return `t<id>`, or something like it when an import brought that name along."""
    key = f"t{identity}"
    while db.execute("SELECT 1 FROM turns WHERE key = ?", (key,)).fetchone():
        key += "'"
    return key
