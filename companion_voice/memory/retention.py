"""Age: what has been kept as long as the person wants it kept leaves, so that not a byte of it is left.

Twice a turn grows too old. First its words go but for those that a memory rests on: the quotes of its facts, and the
sentences of summaries; a turn that nothing rests on goes whole. Later the memories go with what is left. Whatever was
pinned stays, and so does a conversation that was brought in from elsewhere: it was given to be kept. Works inside the
caller's transaction; the bytes are `forget.scrub`'s.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import msgspec
from sqlite_utils import Database

from companion_voice.memory import forget, ledger, moments, personas, recall, transcript
from companion_voice.memory.keeping import Keeping
from companion_voice.memory.records import Turn

BETWEEN: Final = " … "
"""Between two of the quotes that are left of a turn."""
_DAY: Final = timedelta(days=1) // timedelta(microseconds=1)
_OLD: Final = "WHERE time_us < ? AND NOT pinned AND session IN (SELECT id FROM sessions WHERE persona <> '')"
_UNHELD: Final = "AND NOT EXISTS (SELECT 1 FROM facts WHERE turn = turns.id AND (pinned OR made_us >= ?))"
"""Nothing rests on it that was pinned, or put right later."""


class Aged(msgspec.Struct, frozen=True):
    """What is too old."""

    gone: tuple[Turn, ...]
    """Turns that leave with all that rests on them."""
    unused: tuple[Turn, ...]
    """Turns that leave because nothing rests on them."""
    cut: tuple[Turn, ...]
    """Turns of which only quotes stay, as they will be."""

    def __bool__(self) -> bool:
        return bool(self.gone or self.unused or self.cut)


def aged(db: Database, keeping: Keeping, now_us: int) -> Aged:
    """Return what is too old when the day (UTC) of `now_us` began: it is removed once a day at most."""
    gone = _older(db, keeping.memories, now_us, f"{_OLD} {_UNHELD}")
    leaving = {turn.id for turn in gone}
    old = [turn for turn in _older(db, keeping.words, now_us, _OLD) if turn.id not in leaving]
    proofs = _proofs(db, {turn.person for turn in old})
    left = [(turn, _left(db, turn)) for turn in old if turn.key not in proofs]
    return Aged(
        gone=gone,
        unused=tuple(turn for turn, text in left if not text),
        cut=tuple(
            msgspec.structs.replace(turn, text=text, said="")
            for turn, text in left
            if text and (text, "") != (turn.text, turn.said)
        ),
    )


def remove(db: Database, old: Aged, now_us: int) -> None:
    """Remove what is too old and mark the file; what a memory says and when it began to hold stays as it was."""
    turns = (*old.gone, *old.unused)
    facts = [fact for turn in old.gone for fact in ledger.select(db, "WHERE turn = ?", (turn.id,))]
    recall.unindex(db, [turn.id for turn in (*turns, *old.cut)], [fact.id for fact in facts])
    _delete(db, "facts", "id", (fact.id for fact in facts))
    forget.remove_summaries(db, [turn.id for turn in old.gone])
    _delete(db, "summary_sources", "turn", (turn.id for turn in old.unused))
    _delete(db, "turns", "id", (turn.id for turn in turns))
    db.execute("DELETE FROM sessions WHERE id NOT IN (SELECT session FROM turns)")
    for turn in old.cut:
        db.execute("UPDATE turns SET text = ?, said = '' WHERE id = ?", (turn.text, turn.id))
    recall.index_turns(db, old.cut)
    at = moments.moment(now_us).isoformat()
    for person in {turn.person for turn in old.gone}:
        personas.forget(db, person, at=at, named=lambda _: False, everything=False)
    counts = f"age: {len(turns)} turns, {len(facts)} facts, {len(old.cut)} turns cut down"
    db.execute("INSERT INTO receipts (time_us, what) VALUES (?, ?)", (now_us, counts))
    forget.mark(db)


def _older(db: Database, age: timedelta | None, now_us: int, clause: str) -> tuple[Turn, ...]:
    """Return the turns that `clause` picks as older than `age`; none where that has no end."""
    if age is None:
        return ()
    limit = now_us // _DAY * _DAY - age // timedelta(microseconds=1)
    return tuple(transcript.select(db, f"{clause} ORDER BY id", (limit,) * clause.count("?")))


def _proofs(db: Database, people: Iterable[str]) -> set[str]:
    """Return the keys of the turns on which changes of personas rest."""
    return {key for person in people for _, change in personas.of_person(db, person) for key in change.evidence}


def _left(db: Database, turn: Turn) -> str:
    """Return the words of a turn that memories rest on, in its order; empty where none does."""
    quotes = [fact.quote for fact in ledger.select(db, "WHERE turn = ?", (turn.id,))]
    clause = (
        "SELECT text FROM summary_sentences JOIN summary_sources USING (summary, position) "
        "WHERE summary_sources.turn = ?"
    )
    quotes += [row[0] for row in db.execute(clause, (turn.id,)) if row[0] in turn.text]
    whole = [one for one in dict.fromkeys(quotes) if not any(one != other and one in other for other in quotes)]
    return BETWEEN.join(sorted(whole, key=turn.text.find))


def _delete(db: Database, table: str, column: str, values: Iterable[int]) -> None:
    db.conn.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(one,) for one in values])  # noqa: S608 - ours
