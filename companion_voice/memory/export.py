"""Everything that is remembered, of everybody, as one JSON document that can be read back exactly.

Knows no index: it is made anew when a document is read back. Where a document comes from it says itself, and nothing
of that is stored.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec
from sqlite_utils import Database

from companion_voice.errors import ImportRefusedError
from companion_voice.memory import cipher, histories, ledger, provenance, recall, transcript
from companion_voice.memory.histories import Sealed
from companion_voice.memory.provenance import Provenance
from companion_voice.memory.records import Fact, Turn
from companion_voice.persona.evolution.drift import Counts

HEAD = b'{\n "companion_memory": 1'
"""How such a document begins, which is what tells it from a file of turns."""
LARGEST = 512 << 20
"""Bytes of the largest document that is read back: it is read whole, and a lifetime of talks is a fraction of that."""
_COLUMNS: Final = {
    "people": ("id", "name", "guest", "expires_us"),
    "sessions": ("id", "person", "persona", "started_us", "ended_us"),
    "summaries": ("id", "person", "level", "session", "start_us", "end_us", "made_us"),
    "summary_sentences": ("summary", "position", "text"),
    "summary_sources": ("summary", "position", "turn"),
    "rules": ("id", "person", "topic", "made_us"),
    "receipts": ("id", "time_us", "what"),
    "readings": ("turn",),
    "persona_speech": ("persona", "person", "day", *Counts.__struct_fields__),
}
"""The tables whose rows are carried as they are."""
_FIRST: Final = ("people", "sessions")
"""Those of them that turns need."""

Row = dict[str, str | int | float | None]


class Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A whole memory. Older versions wrote no provenance, no readings and nothing of the personas."""

    companion_memory: Literal[1]
    provenance: Provenance | None = None
    people: list[Row]
    sessions: list[Row]
    turns: list[Turn]
    facts: list[Fact]
    summaries: list[Row]
    summary_sentences: list[Row]
    summary_sources: list[Row]
    rules: list[Row]
    receipts: list[Row]
    readings: list[Row] = []
    persona_changes: tuple[Sealed, ...] = ()
    persona_speech: list[Row] = []


def is_document(file: Path) -> bool:
    """Tell whether a file is a whole memory rather than turns, one a line. Raises `ImportRefusedError`."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(HEAD)) == HEAD
    except OSError as error:
        raise ImportRefusedError(f"{file} cannot be read: {error.strerror}.") from error


def to_json(db: Database) -> bytes:
    """Return everything as JSON; the same memory gives the same bytes."""
    rows = {table: [dict(zip(_COLUMNS[table], row, strict=True)) for row in _rows(db, table)] for table in _COLUMNS}
    document = Document(
        companion_memory=1,
        turns=list(transcript.select(db, "ORDER BY id")),
        facts=list(ledger.select(db, "ORDER BY id")),
        persona_changes=histories.everything(db),
        provenance=provenance.of(db),
        **rows,
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def from_json(db: Database, file: Path) -> Document:
    """Store a whole memory in an empty one, inside the caller's transaction; return it. Raises `ImportRefusedError`."""
    if db.execute("SELECT EXISTS (SELECT 1 FROM turns) OR EXISTS (SELECT 1 FROM rules)").fetchone()[0]:
        raise ImportRefusedError(
            "A whole memory can only be read into an empty one.",
            "Set COMPANION_VOICE_HOME to another folder, or forget everything first.",
        )
    if (size := file.stat().st_size) > LARGEST:
        raise ImportRefusedError(
            f"{file} has {size >> 20} MiB; a memory of more than {LARGEST >> 20} MiB is not read back.",
            "Nothing of it was imported.",
        )
    broken: tuple[type[Exception], ...] = (*cipher.failures("IntegrityError", "InterfaceError"), KeyError)
    try:
        document = msgspec.json.decode(file.read_bytes(), type=Document)
        _store(db, document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ImportRefusedError(f"{file}: {error}.", "Nothing of it was imported.") from error
    except broken as error:
        raise ImportRefusedError(f"{file} does not hang together: {error}.", "Nothing of it was imported.") from error
    return document


def _rows(db: Database, table: str) -> Iterator[tuple[str | int | float | None, ...]]:
    yield from db.execute(f"SELECT {', '.join(_COLUMNS[table])} FROM {table} ORDER BY rowid")  # noqa: S608 - ours


def _store(db: Database, document: Document) -> None:
    db.execute("DELETE FROM people")
    db.execute("DELETE FROM receipts")
    for table in _FIRST:
        _insert(db, table, getattr(document, table))
    for turn in document.turns:
        transcript.insert(db, turn)
    for fact in document.facts:
        ledger.insert(db, fact)
    for table in _COLUMNS:
        if table not in _FIRST:
            _insert(db, table, getattr(document, table))
    histories.restore(db, document.persona_changes)
    recall.index_turns(db, document.turns)
    recall.index_facts(db, document.facts)


def _insert(db: Database, table: str, rows: list[Row]) -> None:
    columns = _COLUMNS[table]
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    db.conn.executemany(statement, [tuple(row[column] for column in columns) for row in rows])
