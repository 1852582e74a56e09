"""What is said comes in: the turn, what it tells and the index, in one transaction; kept in RAM while there is no room.

Knows neither sessions' beginnings nor what is done with a turn later.
"""

from collections.abc import Iterable

from sqlite_utils import Database

from companion_voice.errors import StoreError
from companion_voice.memory import database, facts, ledger, recall, rules, transcript
from companion_voice.memory.keeping import Asked, Keeping
from companion_voice.memory.records import Fact, NewFact, Origin, Turn
from companion_voice.memory.transcript import NewTurn


class Intake:
    """The turns that are on their way to the disk, in the order in which they were said."""

    def __init__(self, db: Database, keeping: Asked) -> None:
        self._db = db
        self._keeping = keeping
        self.waiting: list[NewTurn] = []

    def add(self, new: NewTurn) -> Turn | None:
        """Store a turn behind those that wait; None when it is never to be remembered.

        Raises `StoreError` when it cannot be stored now; it then waits.
        """
        self.waiting.append(new)
        try:
            return self.write()
        except StoreError:
            raise
        except BaseException:
            # A fault of ours must not stand in the way of every later turn.
            self.waiting.clear()
            raise

    def write(self) -> Turn | None:
        """Store the turns that wait, each in its own transaction; return the last. Raises `StoreError`."""
        turn = None
        while self.waiting:
            with database.plainly(), database.transaction(self._db):
                turn = _write(self._db, self.waiting[0], self._keeping())
            del self.waiting[0]
        return turn


def tell(
    db: Database, turn: Turn, found: Iterable[NewFact], origin: Origin, keeping: Keeping, *, latest: bool
) -> list[Fact]:
    """Store and index what a turn tells, but for what is never to be remembered or not to be noted."""
    never = (*rules.of(db, turn.person), *keeping.rules(turn.person))
    topics = {rule.topic for rule in never}
    noted = keeping.allowed(found)
    allowed = [new for new in noted if new.sensitivity not in topics and not rules.forbids(never, new.quote)]
    stored = ledger.store(db, turn, allowed, origin=origin, latest=latest)
    recall.index_facts(db, stored)
    return stored


def _write(db: Database, new: NewTurn, keeping: Keeping) -> Turn | None:
    person = new.session.person
    if rules.forbids((*rules.of(db, person), *keeping.rules(person)), f"{new.text}\n{new.said}"):
        return None
    transcript.begin(db, new.session)
    turn = transcript.add(db, new)
    recall.index_turns(db, [turn])
    if turn.who == "user":
        tell(db, turn, facts.extract(turn), "pattern", keeping, latest=True)
    return turn
