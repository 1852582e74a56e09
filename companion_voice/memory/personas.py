"""How each persona has grown with each person: an append-only, hash-chained history, and how much it spoke.

What a change is and what follows from it is decided in `persona.evolution`; here it is kept. Times come from the clock
of the memory. Nothing is considered or written off the record.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import msgspec
from sqlite_utils import Database

from companion_voice.errors import MemoryDamagedError
from companion_voice.memory import database, moments, rules
from companion_voice.memory.records import OWNER
from companion_voice.persona.evolution import chain, drift, history, proposals
from companion_voice.persona.evolution.chain import Seal
from companion_voice.persona.evolution.changes import Change, Grown
from companion_voice.persona.evolution.drift import Counts
from companion_voice.persona.evolution.proposals import Proposal
from companion_voice.persona.evolution.requests import DAYS
from companion_voice.persona.evolution.signals import Said, Signal, opinion, signals
from companion_voice.persona.evolution.words import Span
from companion_voice.persona.schema import Persona, Traits

WINDOW = timedelta(days=14)
"""How far back what the person said still speaks for a change."""
_COUNTS = msgspec.structs.fields(Counts)
_SAID = """
SELECT turns.key, turns.who, turns.text, turns.language, turns.time, turns.session, turns.position
FROM turns JOIN sessions ON sessions.id = turns.session
WHERE sessions.persona = ? AND turns.person = ? AND turns.time_us >= ? ORDER BY turns.id
"""


class Personas:
    """The histories in one memory. `whose` is everywhere a persona's name and a person's id."""

    def __init__(
        self,
        db: Database,
        *,
        writing: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], datetime],
        is_off_the_record: Callable[[], bool],
    ) -> None:
        self._db = db
        self._writing = writing
        self._clock = clock
        self._is_off_the_record = is_off_the_record

    def history(self, persona: str, person: str = OWNER) -> tuple[Change, ...]:
        """Return every change, oldest first. Raises `MemoryDamagedError` when the history was touched."""
        return read(self._db, (persona, person))

    def head(self, persona: str, person: str = OWNER) -> str:
        """Return the hash that stands for the whole history; noted elsewhere, it proves that nothing was rewritten."""
        return _head(self._db, (persona, person))

    def grown(self, name: str, traits: Traits, person: str = OWNER) -> Grown:
        """Return what the persona called `name`, with the sliders of its file, has grown into with a person.

        Off the record it keeps its manner, and nothing that the two of them share.
        """
        state = history.grown(traits, self.history(name, person))
        if self._is_off_the_record():
            return msgspec.structs.replace(state, jokes=(), vocabulary=(), opinions=())
        return state

    def consider(self, name: str, persona: Persona, person: str = OWNER) -> Proposal | None:
        """Return what the person's words of two weeks propose, and keep at once what need not be asked about.

        What is returned is to be asked aloud and handed to `decide`; None when there is nothing to ask.
        """
        if self._is_off_the_record() or persona.evolution.mode == "off":
            return None
        heard = self._heard(name, persona.name, person)
        while proposal := proposals.propose(persona, self.history(name, person), heard, self._day()):
            if proposal.decision == "ask":
                return proposal
            self._append(name, person, proposal, kept=True)
        return None

    def decide(self, name: str, proposal: Proposal, *, kept: bool, person: str = OWNER) -> Change | None:
        """Keep what the person said to a proposal; None off the record."""
        if self._is_off_the_record():
            return None
        return self._append(name, person, proposal, kept=kept, asked=True)

    def roll_back(self, name: str, traits: Traits, to: int, person: str = OWNER) -> Change:
        """Go back to how the persona was after change number `to` (0: the beginning). Raises `EvolutionError`."""
        with self._writing():
            before = read(self._db, (name, person))
            return append(self._db, (name, person), history.roll_back(traits, before, to, at=self._now()))

    def go_back(self, name: str, traits: Traits, to: Span, person: str = OWNER) -> Change | None:
        """Go back by a span that the person named; None when nothing has changed since."""
        before = self.history(name, person)
        target = self._target(before, to)
        states = history.states(traits, before)
        return None if states[target] == states[-1] else self.roll_back(name, traits, target, person)

    def count_reply(self, name: str, reply: str, language: str, person: str = OWNER) -> None:
        """Add what a reply counts for to the numbers of today; not one of its words. Nothing off the record."""
        self._count(name, drift.counted(reply, language), person)

    def count_probe(self, name: str, *, passed: bool, person: str = OWNER) -> None:
        """Note that a probe was answered, and whether as it must be. Nothing off the record."""
        self._count(name, Counts(probed=1, passed=int(passed)), person)

    def _count(self, name: str, more: Counts, person: str) -> None:
        if self._is_off_the_record():
            return
        day = self._clock().date().toordinal()
        with self._writing():
            counts = _days(self._db, (name, person)).get(day, Counts()) + more
            row = (name, person, day, *msgspec.structs.astuple(counts))
            room = ", ".join("?" * len(row))
            self._db.execute(f"INSERT OR REPLACE INTO persona_speech VALUES ({room})", row)  # noqa: S608 - question marks

    def days(self, name: str, person: str = OWNER) -> dict[int, Counts]:
        """Return what the replies of each day count for, by the day's ordinal."""
        with database.plainly():
            return _days(self._db, (name, person))

    def _heard(self, name: str, called: str, person: str) -> tuple[Signal, ...]:
        since = moments.microseconds(self._clock() - WINDOW)
        with database.plainly():
            rows = self._db.execute(_SAID, (name, person, since)).fetchall()
            never = rules.of(self._db, person)
        found: list[Signal] = []
        for at, (key, who, text, language, time, session, position) in enumerate(rows):
            if who != "user" or rules.forbids(never, text):
                continue
            previous, following = rows[at - 1 : at], rows[at + 1 : at + 2]
            answers = any((row[5], row[6], row[1]) == (session, position - 1, "companion") for row in previous)
            said = Said(key, time, text, language, answers_companion=answers)
            found += signals(said, name=called)
            reply = next((row[2] for row in following if (row[5], row[1]) == (session, "companion")), "")
            if given := opinion(said, reply, name=called):
                found.append(given)
        return tuple(found)

    def _append(self, name: str, person: str, proposal: Proposal, *, kept: bool, asked: bool = False) -> Change:
        by = "person" if asked else proposals.decider(proposal)
        with self._writing():
            number = len(_seals(self._db, (name, person))) + 1
            change = proposals.decided(proposal, number, at=self._now(), by=by, kept=kept)
            return append(self._db, (name, person), change)

    def _target(self, before: Sequence[Change], to: Span) -> int:
        if to == "beginning":
            return 0
        if to == "change":
            made = [one for one in before if one.kind not in {"forgotten", "mood"} and one.reason != "declined"]
            return made[-1].number - 1 if made else 0
        return history.last_of(before, (self._clock() - timedelta(days=DAYS[to])).date().isoformat())

    def _now(self) -> str:
        return self._clock().isoformat()

    def _day(self) -> str:
        return self._clock().date().isoformat()


def read(db: Database, whose: tuple[str, str]) -> tuple[Change, ...]:
    """Return a history, oldest first. Raises `MemoryDamagedError` when it is not what was written."""
    with database.plainly():
        seals = _seals(db, whose)
        number = chain.broken(seals, whose, _head(db, whose))
    if number is not None:
        raise MemoryDamagedError(
            f"The history of {whose[0]} was changed from outside, at change number {number}.",
            "Restore a backup, or forget everything to begin anew.",
        )
    return tuple(map(chain.opened, seals))


def of_person(db: Database, person: str) -> list[tuple[str, Change]]:
    """Return every change of every persona with a person, with its name. Raises `MemoryDamagedError`."""
    rows = db.execute("SELECT DISTINCT persona FROM persona_changes WHERE person = ? ORDER BY persona", (person,))
    return [(persona, change) for (persona,) in rows.fetchall() for change in read(db, (persona, person))]


def words_from(db: Database, person: str, turns: frozenset[str]) -> list[str]:
    """Return the words that changes took from any of some turns, by their keys."""
    rows = db.execute("SELECT entry, head, words FROM persona_changes WHERE person = ? AND words NOT NULL", (person,))
    taken = [change for change in (chain.opened(Seal(*row)) for row in rows) if turns & {*change.evidence}]
    return [text for change in taken if change.words for text in (change.words.text, change.words.topic)]


def append(db: Database, whose: tuple[str, str], change: Change) -> Change:
    """Write a change behind the last one, inside the caller's transaction."""
    seal = chain.sealed(change, whose, _head(db, whose), secrets.token_hex(16))
    row = (*whose, change.number, seal.entry, seal.head, seal.words)
    db.execute(
        "INSERT INTO persona_changes (persona, person, number, entry, head, words) VALUES (?, ?, ?, ?, ?, ?)", row
    )
    db.execute("INSERT OR REPLACE INTO persona_heads VALUES (?, ?, ?)", (*whose, seal.head))
    return change


def forget(db: Database, person: str, *, at: str, named: Callable[[str], bool], everything: bool) -> int:
    """Undo what rested only on turns that are gone, or whose words are `named`; return how many changes.

    Inside the caller's transaction, after the turns were removed. With `everything` the numbers of what was said to
    the person go as well.
    """
    rows = db.execute("SELECT DISTINCT persona FROM persona_changes WHERE person = ?", (person,)).fetchall()
    count = sum(_forget_in(db, (row[0], person), at, named) for row in rows)
    if everything:
        db.execute("DELETE FROM persona_speech WHERE person = ?", (person,))
    return count


def retire(db: Database, persona: str, *, at: str) -> int:
    """Undo every change of a persona with everybody, erase the words of each and the numbers of what it said.

    Inside the caller's transaction; return how many changes. That there were some stays, as in every history.
    """
    rows = db.execute("SELECT DISTINCT person FROM persona_changes WHERE persona = ?", (persona,)).fetchall()
    db.execute("DELETE FROM persona_speech WHERE persona = ?", (persona,))
    return sum(_undo(db, (persona, row[0]), at, lambda _: True) for row in rows)


def _forget_in(db: Database, whose: tuple[str, str], at: str, named: Callable[[str], bool]) -> int:
    return _undo(
        db, whose, at, lambda one: bool(one.evidence and not _stands(db, whose[1], one)) or _is_named(one, named)
    )


def _undo(db: Database, whose: tuple[str, str], at: str, is_gone: Callable[[Change], bool]) -> int:
    changes = tuple(map(chain.opened, _seals(db, whose)))
    void = history.forgotten(changes)
    gone = [one for one in changes if one.number not in void and is_gone(one)]
    for number, one in enumerate(gone, start=len(changes) + 1):
        append(db, whose, history.forget(one, number, at=at))
        erase = "UPDATE persona_changes SET words = NULL WHERE persona = ? AND person = ? AND number = ?"
        db.execute(erase, (*whose, one.number))
    return len(gone)


def _stands(db: Database, person: str, change: Change) -> bool:
    """Tell whether one of the turns that a change rests on is still there."""
    found = "SELECT 1 FROM turns WHERE person = ? AND key = ?"
    return any(db.execute(found, (person, key)).fetchone() for key in change.evidence)


def _is_named(change: Change, named: Callable[[str], bool]) -> bool:
    return change.words is not None and named(f"{change.words.text}\n{change.words.topic}")


def _seals(db: Database, whose: tuple[str, str]) -> tuple[Seal, ...]:
    clause = "SELECT entry, head, words FROM persona_changes WHERE persona = ? AND person = ? ORDER BY number"
    return tuple(Seal(*row) for row in db.execute(clause, whose))


def _head(db: Database, whose: tuple[str, str]) -> str:
    row = db.execute("SELECT head FROM persona_heads WHERE persona = ? AND person = ?", whose).fetchone()
    return str(row[0]) if row else chain.START


def _days(db: Database, whose: tuple[str, str]) -> dict[int, Counts]:
    names = ", ".join(field.name for field in _COUNTS)
    clause = f"SELECT day, {names} FROM persona_speech WHERE persona = ? AND person = ? ORDER BY day"  # noqa: S608
    return {row[0]: Counts(*row[1:]) for row in db.execute(clause, whose)}
