"""Forgetting so that it can be proved: what is chosen, what rests on it, and how its bytes leave the files.

Removing happens in one transaction, which also marks the file; the mark goes only when the bytes are gone, so a
crash in between is made good at the next opening. Deleted blocks of the disk itself are the file system's matter.
"""

from collections.abc import Iterable
from typing import get_args

import msgspec
from sqlite_utils import Database

from companion_voice.errors import MemoryBusyError, MemoryUnknownError
from companion_voice.memory import chronicle, database, ledger, moments, personas, recall, topics, transcript
from companion_voice.memory.facts import subject_of
from companion_voice.memory.facts.folded import folded, mentions
from companion_voice.memory.records import Fact, Receipt, Sensitivity, Turn
from companion_voice.memory.transcript import NewTurn


class Choice(msgspec.Struct, frozen=True):
    """What is to be forgotten, for reading back before it happens."""

    what: str
    person: str
    turns: tuple[Turn, ...]
    facts: tuple[Fact, ...]
    since_us: int | None = None
    words: str = ""


def key(db: Database, person: str, name: str) -> Choice:
    """Choose a turn with the reply to it, or a fact with every turn that told it. Raises `MemoryUnknownError`."""
    facts = list(ledger.select(db, "WHERE key = ? AND person = ?", (name, person)))
    if facts:
        same = (person, facts[0].subject, facts[0].slot, facts[0].value)
        told = ledger.select(db, "WHERE person = ? AND subject = ? AND slot = ? AND value = ? COLLATE NOCASE", same)
        turns = [turn for fact in told for turn in transcript.select(db, "WHERE id = ?", (fact.turn,))]
    else:
        turns = list(transcript.select(db, "WHERE key = ? AND person = ?", (name, person)))
    if not turns:
        raise MemoryUnknownError(
            f"Nothing in memory is called {name}.", "See what there is with: companion memory list"
        )
    return _with_facts(db, Choice("key", person, (), ()), _with_replies(db, turns))


def since(db: Database, person: str, start_us: int) -> Choice:
    """Choose everything spoken since `start_us`, and what came after it although the clock says otherwise."""
    clause = (
        "WHERE person = ? AND (time_us >= ? OR EXISTS (SELECT 1 FROM turns AS earlier WHERE "
        "earlier.session = turns.session AND earlier.position < turns.position AND earlier.time_us >= ?))"
    )
    turns = transcript.select(db, clause, (person, start_us, start_us))
    return _with_facts(db, Choice("since", person, (), (), since_us=start_us), turns)


def about(db: Database, person: str, words: str, language: str) -> Choice:
    """Choose what mentions `words`, the facts about them and the turns these rest on, with replies."""
    subject = subject_of(words, language)
    named = {
        fact.subject
        for fact in ledger.select(db, "WHERE person = ? AND slot = 'name' AND subject <> 'me'", (person,))
        if folded(fact.value) == folded(words)
    }
    meant = {folded(one) for one in named | {subject, words}}
    told = {fact.turn for fact in ledger.select(db, "WHERE person = ?", (person,)) if _is_about(fact, meant, words)}
    turns = transcript.select(db, "WHERE person = ?", (person,))
    chosen = [turn for turn in turns if turn.id in told or _names(f"{turn.name}\n{turn.text}\n{turn.said}", words)]
    return _with_facts(db, Choice("about", person, (), (), words=words), _with_replies(db, chosen))


def everything(db: Database, person: str) -> Choice:
    """Choose all that is remembered of a person."""
    return _with_facts(db, Choice("everything", person, (), ()), transcript.select(db, "WHERE person = ?", (person,)))


def covers(choice: Choice, new: NewTurn) -> bool:
    """Tell whether a turn that still waits for room on the disk belongs to what was chosen."""
    if new.session.person != choice.person:
        return False
    if choice.since_us is not None:
        return moments.microseconds(moments.read(new.time)) >= choice.since_us
    return choice.what in {"everything", "person"} or (
        bool(choice.words) and _names(f"{new.name}\n{new.text}\n{new.said}", choice.words)
    )


def words(db: Database, choice: Choice, waiting: Iterable[NewTurn] = ()) -> tuple[str, ...]:
    """Return every text in which the words of a choice were told, what personas made of it, and its own words."""
    told = [text for turn in choice.turns for text in (turn.text, turn.said)]
    told += [text for new in waiting if covers(choice, new) for text in (new.text, new.said)]
    shared = personas.words_from(db, choice.person, frozenset(turn.key for turn in choice.turns))
    return tuple(dict.fromkeys(filter(None, [choice.words, *told, *shared])))


def remove(db: Database, choice: Choice, now_us: int) -> Receipt:
    """Remove what was chosen and all that rests on it, inside the caller's transaction, and mark the file."""
    turns, facts = choice.turns, choice.facts
    recall.unindex(db, [turn.id for turn in turns], [fact.id for fact in facts])
    summaries = remove_summaries(db, [turn.id for turn in turns])
    starts = {turn.id: turn.time_us for turn in turns}
    for fact in facts:
        db.execute("DELETE FROM facts WHERE id = ?", (fact.id,))
        ledger.reopen(db, fact, fact.valid_from_us if fact.valid_from_us is not None else starts[fact.turn])
    db.conn.executemany("DELETE FROM turns WHERE id = ?", [(turn.id,) for turn in turns])
    db.execute("DELETE FROM sessions WHERE id NOT IN (SELECT session FROM turns)")
    personas.forget(
        db,
        choice.person,
        at=moments.moment(now_us).isoformat(),
        named=lambda text: bool(choice.words) and _names(text, choice.words),
        everything=choice.what in {"everything", "person"},
    )
    counts = f"{choice.what}: {len(turns)} turns, {len(facts)} facts, {summaries} summaries"
    db.execute("INSERT INTO receipts (time_us, what) VALUES (?, ?)", (now_us, counts))
    mark(db)
    return Receipt(
        what=choice.what,
        time=moments.moment(now_us).isoformat(),
        turns=tuple(turn.key for turn in turns),
        facts=tuple(fact.key for fact in facts),
        summaries=summaries,
        sessions=tuple(dict.fromkeys(turn.session for turn in turns)),
        first_us=min((turn.time_us for turn in turns), default=None),
        last_us=max((turn.time_us for turn in turns), default=None),
    )


def remove_summaries(db: Database, turns: list[int]) -> int:
    """Remove every summary that rests on one of the turns; return how many."""
    found = {
        row[0]
        for identity in turns
        for row in db.execute("SELECT summary FROM summary_sources WHERE turn = ?", (identity,))
    }
    for identity in found:
        chronicle.remove(db, identity)
    return len(found)


def mark(db: Database) -> None:
    """Note in the file that bytes of forgotten words are still in it."""
    db.execute("PRAGMA user_version = 1")


def is_marked(db: Database) -> bool:
    """Tell whether bytes of forgotten words may still be in the file."""
    return bool(db.execute("PRAGMA user_version").fetchone()[0])


def scrub(db: Database) -> None:
    """Rewrite the file without its deleted bytes and empty the write-ahead log, then take the mark away.

    Raises `MemoryBusyError` when a program that reads keeps the log from being emptied; the mark stays.
    """
    with database.transaction(db):
        recall.optimize(db)
    db.execute("VACUUM")
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise MemoryBusyError(
            "It is forgotten, but another program still reads the memory; its bytes are not gone yet.",
            "They go at the next opening, or with the next thing you forget.",
        )
    db.execute("PRAGMA user_version = 0")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _with_facts(db: Database, choice: Choice, turns: Iterable[Turn]) -> Choice:
    """Return the choice with the turns, each once, and every fact that rests on them."""
    chosen = {turn.id: turn for turn in turns}
    facts = [fact for identity in chosen for fact in ledger.select(db, "WHERE turn = ?", (identity,))]
    return msgspec.structs.replace(choice, turns=tuple(chosen.values()), facts=tuple(facts))


def _with_replies(db: Database, turns: list[Turn]) -> list[Turn]:
    """Return the turns and the companion's answer to each of the person's: it mostly says the same words again."""
    clause = "WHERE session = ? AND position = ? AND who = 'companion'"
    asked = ((turn.session, turn.position + 1) for turn in turns if turn.who == "user")
    return [*turns, *(reply for place in asked for reply in transcript.select(db, clause, place))]


def _is_about(fact: Fact, meant: set[str], words: str) -> bool:
    return folded(fact.subject) in meant or _names(f"{fact.value}\n{fact.quote}", words)


def _names(text: str, words: str) -> bool:
    topic = topics.named(words)
    if topic in get_args(Sensitivity):
        return topics.concerns(text, topic)
    return mentions(text, words)
