"""Summaries as they are kept: each sentence with the turns it rests on, so that it goes when one of them goes.

Works inside the caller's transaction. What a summary says is decided by `summaries`.
"""

from collections.abc import Sequence

import msgspec
from sqlite_utils import Database

from companion_voice.memory import transcript
from companion_voice.memory.records import Turn
from companion_voice.memory.summaries import Level, Sentence


class Summary(msgspec.Struct, frozen=True):
    """What a conversation, a week or a month was about."""

    level: Level
    session: str | None
    start_us: int
    end_us: int
    sentences: tuple[Sentence, ...]


def keep(db: Database, turns: Sequence[Turn], level: Level, sentences: Sequence[Sentence], now_us: int) -> Summary:
    """Store what was said of `turns`, one person's, in place of an older summary of the same stretch."""
    session = turns[0].session if level == "session" else None
    times = [turn.time_us for turn in turns]
    summary = Summary(level, session, min(times), max(times), tuple(sentences))
    _replace(db, turns[0].person, summary)
    values = (turns[0].person, level, session, summary.start_us, summary.end_us, now_us)
    identity = db.execute("INSERT INTO summaries VALUES (NULL, ?, ?, ?, ?, ?, ?)", values).lastrowid
    for position, sentence in enumerate(sentences):
        db.execute("INSERT INTO summary_sentences VALUES (?, ?, ?)", (identity, position, sentence.text))
        for key in dict.fromkeys(sentence.turns):
            source = transcript.by_key(db, key).id
            db.execute("INSERT INTO summary_sources VALUES (?, ?, ?)", (identity, position, source))
    return summary


def latest(db: Database, person: str, level: Level) -> Summary | None:
    """Return a person's latest summary of a level."""
    row = db.execute(
        "SELECT id, session, start_us, end_us FROM summaries WHERE person = ? AND level = ? "
        "ORDER BY end_us DESC, id DESC LIMIT 1",
        (person, level),
    ).fetchone()
    return Summary(level, row[1], row[2], row[3], _sentences(db, row[0])) if row else None


def everything(db: Database, person: str) -> tuple[Summary, ...]:
    """Return every summary of a person's talks, oldest first."""
    rows = db.execute(
        "SELECT level, session, start_us, end_us, id FROM summaries WHERE person = ? ORDER BY start_us, id", (person,)
    ).fetchall()
    return tuple(Summary(one[0], one[1], one[2], one[3], _sentences(db, one[4])) for one in rows)


def remove(db: Database, summary: int) -> None:
    """Remove a summary, its sentences and what they rest on."""
    db.execute("DELETE FROM summary_sources WHERE summary = ?", (summary,))
    db.execute("DELETE FROM summary_sentences WHERE summary = ?", (summary,))
    db.execute("DELETE FROM summaries WHERE id = ?", (summary,))


def _replace(db: Database, person: str, summary: Summary) -> None:
    """Remove older summaries of the stretch that `summary` covers wholly."""
    rows = db.execute(
        "SELECT id FROM summaries WHERE person = ? AND level = ? AND session IS ? AND start_us >= ? AND end_us <= ?",
        (person, summary.level, summary.session, summary.start_us, summary.end_us),
    )
    for row in rows.fetchall():
        remove(db, row[0])


def _sentences(db: Database, summary: int) -> tuple[Sentence, ...]:
    rows = db.execute("SELECT position, text FROM summary_sentences WHERE summary = ? ORDER BY position", (summary,))
    return tuple(Sentence(text, _sources(db, summary, position)) for position, text in rows.fetchall())


def _sources(db: Database, summary: int, position: int) -> tuple[str, ...]:
    rows = db.execute(
        "SELECT turns.key FROM summary_sources JOIN turns ON turns.id = summary_sources.turn "
        "WHERE summary = ? AND summary_sources.position = ? ORDER BY turns.id",
        (summary, position),
    )
    return tuple(row[0] for row in rows)
