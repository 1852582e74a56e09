"""The tables of the store, and how an older file becomes a newer one.

Times are integers in microseconds since 1970, UTC, for searching; a turn has its wall time as text beside it. The
tables of the index belong to `recall`. Knows no files: `database` opens them.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from companion_voice.memory import recall

NAME = "companion-memory"

_TABLES = """
CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL, guest INTEGER NOT NULL, expires_us INTEGER);
CREATE TABLE sessions (id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), persona TEXT NOT NULL,
    started_us INTEGER NOT NULL, ended_us INTEGER);
CREATE TABLE turns (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, session TEXT NOT NULL REFERENCES sessions (id),
    person TEXT NOT NULL REFERENCES people (id), position INTEGER NOT NULL,
    who TEXT NOT NULL CHECK (who IN ('user', 'companion')), name TEXT NOT NULL, text TEXT NOT NULL, said TEXT NOT NULL,
    language TEXT NOT NULL, time TEXT NOT NULL, time_us INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session, position));
CREATE INDEX turns_by_time ON turns (person, time_us);
CREATE TABLE facts (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, person TEXT NOT NULL REFERENCES people (id),
    subject TEXT NOT NULL, slot TEXT NOT NULL, value TEXT NOT NULL, valid_from_us INTEGER, valid_until_us INTEGER,
    turn INTEGER NOT NULL REFERENCES turns (id), quote TEXT NOT NULL, sensitivity TEXT NOT NULL,
    confidence REAL NOT NULL, origin TEXT NOT NULL CHECK (origin IN ('pattern', 'model', 'person')),
    made_us INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0);
CREATE INDEX facts_by_slot ON facts (person, subject, slot);
CREATE INDEX facts_by_turn ON facts (turn);
CREATE TABLE summaries (id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id),
    level TEXT NOT NULL CHECK (level IN ('session', 'week', 'month')), session TEXT REFERENCES sessions (id),
    start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, made_us INTEGER NOT NULL);
CREATE TABLE summary_sentences (summary INTEGER NOT NULL REFERENCES summaries (id), position INTEGER NOT NULL,
    text TEXT NOT NULL, PRIMARY KEY (summary, position));
CREATE TABLE summary_sources (summary INTEGER NOT NULL, position INTEGER NOT NULL,
    turn INTEGER NOT NULL REFERENCES turns (id), PRIMARY KEY (summary, position, turn),
    FOREIGN KEY (summary, position) REFERENCES summary_sentences (summary, position));
CREATE INDEX summary_sources_by_turn ON summary_sources (turn);
CREATE TABLE rules (id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id), topic TEXT NOT NULL,
    made_us INTEGER NOT NULL, UNIQUE (person, topic));
CREATE TABLE receipts (id INTEGER PRIMARY KEY, time_us INTEGER NOT NULL, what TEXT NOT NULL);
INSERT INTO people VALUES ('owner', '', 0, NULL);
"""

_PERSONAS = """
CREATE TABLE persona_changes (id INTEGER PRIMARY KEY, persona TEXT NOT NULL, person TEXT NOT NULL,
    number INTEGER NOT NULL, entry BLOB NOT NULL, head TEXT NOT NULL, words BLOB, UNIQUE (persona, person, number));
CREATE TABLE persona_heads (persona TEXT NOT NULL, person TEXT NOT NULL, head TEXT NOT NULL,
    PRIMARY KEY (persona, person));
CREATE TABLE persona_speech (persona TEXT NOT NULL, person TEXT NOT NULL, day INTEGER NOT NULL,
    replies INTEGER NOT NULL, sentences INTEGER NOT NULL, words INTEGER NOT NULL, questions INTEGER NOT NULL,
    exclamations INTEGER NOT NULL, first_person INTEGER NOT NULL, hedges INTEGER NOT NULL, formal INTEGER NOT NULL,
    informal INTEGER NOT NULL, probed INTEGER NOT NULL, passed INTEGER NOT NULL, PRIMARY KEY (persona, person, day))
"""
_APPEND_ONLY = (
    (
        "CREATE TRIGGER persona_changes_kept BEFORE DELETE ON persona_changes "
        "BEGIN SELECT RAISE(ABORT, 'a history is only ever added to'); END"
    ),
    (
        "CREATE TRIGGER persona_changes_unaltered BEFORE UPDATE ON persona_changes WHEN NEW.words IS NOT NULL "
        "OR NEW.id IS NOT OLD.id OR NEW.persona IS NOT OLD.persona OR NEW.person IS NOT OLD.person "
        "OR NEW.number IS NOT OLD.number OR NEW.entry IS NOT OLD.entry OR NEW.head IS NOT OLD.head "
        "BEGIN SELECT RAISE(ABORT, 'of a history only words can be erased'); END"
    ),
    # A REPLACE deletes without the trigger above.
    (
        "CREATE TRIGGER persona_changes_appended BEFORE INSERT ON persona_changes WHEN NEW.number IS NOT "
        "(SELECT coalesce(max(number), 0) + 1 FROM persona_changes "
        "WHERE persona = NEW.persona AND person = NEW.person) "
        "OR EXISTS (SELECT 1 FROM persona_changes WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'a history is only ever added to at its end'); END"
    ),
)

migrations = Migrations(NAME)


@migrations()
def m001_tables(db: Database) -> None:
    """Create every table of the store and the index."""
    for statement in filter(None, map(str.strip, _TABLES.split(";"))):
        db.execute(statement)
    recall.create(db)


@migrations()
def m002_personas(db: Database) -> None:
    """Create the histories of the personas, which can only be added to, and the numbers of what they said."""
    for statement in (*filter(None, map(str.strip, _PERSONAS.split(";"))), *_APPEND_ONLY):
        db.execute(statement)


def is_new(db: Database) -> bool:
    """Tell whether this file has no memory in it yet."""
    return not db["turns"].exists()


def is_current(db: Database) -> bool:
    """Tell whether every migration has been applied."""
    return not migrations.pending(db)


def is_newer(db: Database) -> bool:
    """Tell whether a migration was applied that this version does not know."""
    known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - it has no public list
    return any(applied.name not in known for applied in migrations.applied(db))


def migrate(db: Database) -> None:
    """Bring the tables up to this version, each migration whole or not at all."""
    migrations.apply(db)
