"""Everything that is remembered, as one JSON document that can be read back exactly, or as Markdown for reading.

Knows no index: it is made anew when a document is read back.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec
from sqlite_utils import Database

from companion_voice.errors import ImportRefusedError
from companion_voice.memory import cipher, ledger, moments, recall, transcript
from companion_voice.memory.records import Fact, Turn

HEAD = b'{\n "companion_memory": 1'
"""How such a document begins, which is what tells it from a file of turns."""
LARGEST = 512 << 20
"""Bytes of the largest document that is read back: it is read whole, and a lifetime of talks is a fraction of that."""
_PLAIN = ("people", "sessions", "summaries", "summary_sentences", "summary_sources", "rules", "receipts")
_COLUMNS = {
    "people": ("id", "name", "guest", "expires_us"),
    "sessions": ("id", "person", "persona", "started_us", "ended_us"),
    "summaries": ("id", "person", "level", "session", "start_us", "end_us", "made_us"),
    "summary_sentences": ("summary", "position", "text"),
    "summary_sources": ("summary", "position", "turn"),
    "rules": ("id", "person", "topic", "made_us"),
    "receipts": ("id", "time_us", "what"),
}

Row = dict[str, str | int | float | None]


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """A whole memory."""

    companion_memory: Literal[1]
    people: list[Row]
    sessions: list[Row]
    turns: list[Turn]
    facts: list[Fact]
    summaries: list[Row]
    summary_sentences: list[Row]
    summary_sources: list[Row]
    rules: list[Row]
    receipts: list[Row]


def is_document(file: Path) -> bool:
    """Tell whether a file is a whole memory rather than turns, one a line. Raises `ImportRefusedError`."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(HEAD)) == HEAD
    except OSError as error:
        raise ImportRefusedError(f"{file} cannot be read: {error.strerror}.") from error


def to_json(db: Database) -> bytes:
    """Return everything as JSON; the same memory gives the same bytes."""
    rows = {table: [dict(zip(_COLUMNS[table], row, strict=True)) for row in _rows(db, table)] for table in _PLAIN}
    turns = list(transcript.select(db, "ORDER BY id"))
    facts = list(ledger.select(db, "ORDER BY id"))
    document = Document(companion_memory=1, turns=turns, facts=facts, **rows)
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


def to_markdown(db: Database, person: str) -> str:
    """Return what is remembered of a person for reading: first what is known, then every conversation."""
    facts = list(ledger.select(db, "WHERE person = ? ORDER BY subject, slot, id", (person,)))
    turns = transcript.select(db, "WHERE person = ? ORDER BY id", (person,))
    known = ["## What is known", "", *(_fact_line(fact) for fact in facts), ""] if facts else []
    return "\n".join(["# Memory", "", *known, *_conversations(turns)])


def _rows(db: Database, table: str) -> Iterator[tuple[str | int | float | None, ...]]:
    yield from db.execute(f"SELECT {', '.join(_COLUMNS[table])} FROM {table} ORDER BY rowid")  # noqa: S608 - ours


def _store(db: Database, document: Document) -> None:
    db.execute("DELETE FROM people")
    db.execute("DELETE FROM receipts")
    for table in ("people", "sessions"):
        _insert(db, table, getattr(document, table))
    for turn in document.turns:
        transcript.insert(db, turn)
    for fact in document.facts:
        ledger.insert(db, fact)
    for table in ("summaries", "summary_sentences", "summary_sources", "rules", "receipts"):
        _insert(db, table, getattr(document, table))
    recall.index_turns(db, document.turns)
    recall.index_facts(db, document.facts)


def _insert(db: Database, table: str, rows: list[Row]) -> None:
    columns = _COLUMNS[table]
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
    db.conn.executemany(statement, [tuple(row[column] for column in columns) for row in rows])


def _fact_line(fact: Fact) -> str:
    day = moments.moment(fact.made_us).date()
    until = f", until {moments.moment(fact.valid_until_us).date()}" if fact.valid_until_us is not None else ""
    return f"- {fact.subject}: {fact.slot}: {fact.value} (told on {day}{until}: “{_one_line(fact.quote)}”) `{fact.key}`"


def _conversations(turns: Iterator[Turn]) -> Iterator[str]:
    session = ""
    for turn in turns:
        if turn.session != session:
            session = turn.session
            yield from ("", f"## {turn.time[:10]} ({session})", "")
        yield _turn_line(turn)
    yield ""


def _turn_line(turn: Turn) -> str:
    who = turn.name or ("You" if turn.who == "user" else "Companion")
    return f"- **{who}** {turn.time[11:16]} {_one_line(turn.text)} `{turn.key}`"


def _one_line(text: str) -> str:
    return " ".join(text.split())
