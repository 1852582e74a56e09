"""Facts: storing what a turn tells, ending what no longer holds, correcting, reading. Nothing is overwritten.

Works inside the caller's transaction. Knows no patterns: `facts` takes facts from words.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlite_utils import Database

from companion_voice.errors import MemoryUnknownError
from companion_voice.memory.records import Fact, NewFact, Origin, Turn

COLUMNS = ", ".join(f"facts.{name}" for name in Fact.__struct_fields__)
_ROOM = ", ".join("?" * len(Fact.__struct_fields__))
_START = "coalesce(facts.valid_from_us, (SELECT time_us FROM turns WHERE turns.id = facts.turn))"
_KNOWN = """
SELECT 1 FROM facts AS known WHERE known.person = facts.person AND known.subject = facts.subject
AND known.slot = facts.slot AND known.value = facts.value COLLATE NOCASE AND known.turn < facts.turn
"""
_RIVALS = "person = ? AND subject = ? AND slot = ? AND value <> ? COLLATE NOCASE"


def store(db: Database, turn: Turn, found: Iterable[NewFact], *, origin: Origin, latest: bool) -> list[Fact]:
    """Store what `turn` tells. With `latest` it was told after everything known; else its time decides its place."""
    return [_store(db, turn, new, origin, latest=latest) for new in found]


def insert(db: Database, fact: Fact) -> None:
    """Store a fact exactly as it is."""
    db.execute(f"INSERT INTO facts VALUES ({_ROOM})", msgspec.structs.astuple(fact))  # noqa: S608 - question marks


def correct(db: Database, wrong: Fact, value: str, now_us: int) -> Fact:
    """End a wrong fact now and store what the person says instead; why it was believed stays with both."""
    end(db, wrong.id, now_us)
    right = _named(db, msgspec.structs.replace(wrong, value=value, valid_from_us=now_us, valid_until_us=None))
    right = msgspec.structs.replace(right, origin="person", confidence=1.0, made_us=now_us)
    insert(db, right)
    return right


def end(db: Database, identity: int, at_us: int) -> None:
    """Say that a fact holds no longer than `at_us`."""
    db.execute(
        "UPDATE facts SET valid_until_us = ? WHERE id = ? AND coalesce(valid_until_us, ?) >= ?",
        (at_us, identity, at_us, at_us),
    )


def reopen(db: Database, gone: Fact, start_us: int) -> None:
    """Undo what `gone`, which held from `start_us`, ended: without it nothing is known to have changed."""
    db.execute(
        f"UPDATE facts SET valid_until_us = NULL WHERE {_RIVALS} AND valid_until_us = ?",  # noqa: S608
        (gone.person, gone.subject, gone.slot, gone.value, start_us),
    )


def select(db: Database, clause: str, values: Sequence[object] = ()) -> Iterator[Fact]:
    """Yield the facts that `clause` (what follows FROM facts) picks."""
    for row in db.execute(f"SELECT {COLUMNS} FROM facts {clause}", values):  # noqa: S608 - clauses are ours
        fields: tuple[Any, ...] = (*row[:-1], bool(row[-1]))
        yield Fact(*fields)


def learned(db: Database, turn: int) -> tuple[Fact, ...]:
    """Return the facts that a turn told and that no earlier one had."""
    return tuple(select(db, f"WHERE turn = ? AND NOT EXISTS ({_KNOWN})", (turn,)))


def by_key(db: Database, key: str) -> Fact:
    """Return the fact that is called `key`. Raises `MemoryUnknownError`."""
    for fact in select(db, "WHERE key = ?", (key,)):
        return fact
    raise MemoryUnknownError(
        f"No fact in memory is called {key}.", "See what there is with: companion memory list --facts"
    )


def _store(db: Database, turn: Turn, new: NewFact, origin: Origin, *, latest: bool) -> Fact:
    start = new.valid_from_us if new.valid_from_us is not None else turn.time_us
    until = new.valid_until_us
    rivals = (turn.person, new.subject, new.slot, new.value)
    if new.closes and not latest:
        row = db.execute(f"SELECT min({_START}) FROM facts WHERE {_RIVALS} AND {_START} > ?", (*rivals, start))  # noqa: S608
        until = until if until is not None else row.fetchone()[0]
    if new.closes:
        _end_rivals(db, rivals, start, latest=latest)
    fact = Fact(
        id=0,
        key="",
        person=turn.person,
        subject=new.subject,
        slot=new.slot,
        value=new.value,
        valid_from_us=new.valid_from_us,
        valid_until_us=until,
        turn=turn.id,
        quote=new.quote,
        sensitivity=new.sensitivity,
        confidence=new.confidence,
        origin=origin,
        made_us=turn.time_us,
        pinned=False,
    )
    fact = _named(db, fact)
    insert(db, fact)
    return fact


def _end_rivals(db: Database, rivals: tuple[str, str, str, str], start: int, *, latest: bool) -> None:
    """End the other values that hold; a clock that jumped back does not save them when the new one was told last."""
    earlier = "" if latest else f"AND {_START} <= {int(start)}"
    db.execute(
        f"UPDATE facts SET valid_until_us = ? WHERE {_RIVALS} {earlier} "  # noqa: S608 - an integer of ours
        "AND coalesce(valid_until_us, ?) >= ?",
        (start, *rivals, start, start),
    )


def _named(db: Database, fact: Fact) -> Fact:
    """Return the fact with a free number and the key made of it."""
    identity = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM facts").fetchone()[0])
    return msgspec.structs.replace(fact, id=identity, key=f"f{identity}")
