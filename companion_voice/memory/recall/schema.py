"""The tables of the index, beside those of the store. Only this room writes and reads them.

A *document* is one turn or one fact. Documents are numbered so that arithmetic answers what would need a join: a
person's numbers are one block, a turn's neighbours in its session are the numbers beside it, and between two runs of
turns lies a gap that no window of context reaches across.

    recall_people      whose block of numbers it is
    recall_speakers    who speaks, by person, side and name
    recall_runs        turns of one session that follow each other: first and last number, and when it began
    recall_documents   what a number stands for: a turn or a fact, its speaker, time and vector
    recall_index       FTS5 over stems (not words): English and French in one index
    recall_terms       each stem, in how many documents it stands, and how a name sounds
"""

from sqlite_utils import Database

BLOCK = 1 << 40
"""Numbers that one person has."""
FACTS = 1 << 39
"""Where facts begin in a person's block; turns begin at 0."""
GAP = 4
"""Distance between runs, more than a window of context reaches."""

_TABLES = """
CREATE TABLE recall_people (number INTEGER PRIMARY KEY, person TEXT NOT NULL UNIQUE);
CREATE TABLE recall_speakers (number INTEGER PRIMARY KEY, person INTEGER NOT NULL, who TEXT NOT NULL,
    name TEXT NOT NULL, documents INTEGER NOT NULL, UNIQUE (person, who, name));
CREATE TABLE recall_runs (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, session TEXT NOT NULL,
    position INTEGER NOT NULL, start_us INTEGER NOT NULL);
CREATE INDEX recall_runs_by_time ON recall_runs (start_us);
CREATE TABLE recall_documents (document INTEGER PRIMARY KEY, turn INTEGER UNIQUE, fact INTEGER UNIQUE,
    speaker INTEGER NOT NULL, time_us INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE recall_index USING fts5(stems, detail=none, columnsize=0, tokenize='unicode61');
CREATE TABLE recall_terms (term TEXT PRIMARY KEY, documents INTEGER NOT NULL, sound TEXT) WITHOUT ROWID;
CREATE INDEX recall_terms_by_sound ON recall_terms (sound) WHERE sound IS NOT NULL;
"""


def create(db: Database) -> None:
    """Create the tables of the index, inside the caller's transaction."""
    for statement in filter(None, map(str.strip, _TABLES.split(";"))):
        db.execute(statement)


def optimize(db: Database) -> None:
    """Merge the full-text index into one segment: only then have the words of deleted turns left its pages.

    (FTS5 learned `secure-delete` in SQLite 3.42; older ones keep deleted words in their segments until a merge.)
    """
    db.execute("INSERT INTO recall_index(recall_index) VALUES ('optimize')")
