"""A real database in memory with the real tables, and turns to put into it."""

import itertools
from datetime import datetime

import pytest
from sqlite_utils import Database

from companion_voice.memory import recall, schema
from companion_voice.memory.records import Fact, Turn

NOW = "2024-06-15T12:00:00+00:00"


def microseconds(moment):
    return int(datetime.fromisoformat(moment).timestamp() * 1_000_000)


class Remembered:
    """A database that can be told things in one line."""

    def __init__(self, db):
        self.db = db
        schema.migrate(db)
        self._ids = itertools.count(1)
        self._positions = {}

    def turn(
        self, text, *, who="user", name="", session="s1", time="2024-06-01T12:00:00+00:00", person="owner", language=""
    ):
        number, position = next(self._ids), self._positions.get(session, -1) + 1
        self._positions[session] = position
        us = microseconds(time)
        self.db.execute("INSERT OR IGNORE INTO people VALUES (?, '', 0, NULL)", (person,))
        self.db.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, '', ?, NULL)", (session, person, us))
        turn = Turn(
            number, f"t{number}", session, person, position, who, name, text, "", language, time, us, pinned=False
        )
        values = [getattr(turn, field) for field in turn.__struct_fields__]
        self.db.execute(f"INSERT INTO turns VALUES ({', '.join('?' * len(values))})", values)
        recall.index_turns(self.db, [turn])
        return turn

    def fact(self, turn, slot, value, *, until=None):
        number = next(self._ids)
        ended = microseconds(until) if until else None
        fact = Fact(
            number, f"f{number}", turn.person, "me", slot, value, turn.time_us, ended, turn.id, turn.text,
            "ordinary", 1.0, "pattern", turn.time_us, pinned=False,
        )  # fmt: skip
        values = [getattr(fact, field) for field in fact.__struct_fields__]
        self.db.execute(f"INSERT INTO facts VALUES ({', '.join('?' * len(values))})", values)
        recall.index_facts(self.db, [fact])
        return fact

    def search(self, query, **options):
        return recall.search(
            self.db,
            query,
            person=options.pop("person", "owner"),
            now_us=microseconds(options.pop("now", NOW)),
            **options,
        )

    def keys(self, query, **options):
        return [item.key for item in self.search(query, **options).items]


@pytest.fixture
def memory():
    remembered = Remembered(Database(memory=True, execute_plugins=False))
    yield remembered
    remembered.db.close()


@pytest.fixture
def on_disk(tmp_path):
    db = Database(tmp_path / "memory.db", execute_plugins=False)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA secure_delete = ON")
    remembered = Remembered(db)
    yield remembered
    db.close()
