"""Writing: conversations, turns, what they tell, summaries, pins. Each method is one transaction."""

from collections.abc import Sequence

from companion_voice.errors import MemoryUnknownError, StoreError
from companion_voice.memory import chronicle, intake, ledger, readings, recall, transcript
from companion_voice.memory.chronicle import Summary
from companion_voice.memory.held import Held
from companion_voice.memory.records import OWNER, Fact, NewFact, Origin, Speaker, Turn
from companion_voice.memory.summaries import Level, summarise
from companion_voice.memory.transcript import NewTurn, Session


class Telling(Held):
    """The memory as it is told things."""

    def begin_session(self, identity: str, *, persona: str, person: str = OWNER) -> Session:
        """Return a session for `add_turn`; it is stored with its first turn. An id that exists is gone on with.

        Raises `StoreError` when that was somebody else's.
        """
        if transcript.whose(self._db, identity) not in {None, person}:
            raise StoreError(f"The conversation {identity} was somebody else's.")
        return Session(identity, person, persona, self._now_us())

    def end_session(self, session: Session) -> None:
        """Note when a session ended."""
        with self._writing():
            self._db.execute("UPDATE sessions SET ended_us = ? WHERE id = ?", (self._now_us(), session.id))

    def add_turn(
        self, session: Session, who: Speaker, text: str, *, name: str = "", said: str = "", language: str = ""
    ) -> Turn | None:
        """Store a turn with what it tells, on the disk when this returns.

        Returns None when nothing was written: off the record, or about something never to be remembered. Raises
        `MemoryFullError` when there is no room; the turn then waits in RAM and is written before the next one.
        """
        if self.is_off_the_record:
            return None
        time = self._clock().isoformat()
        new = NewTurn(session=session, who=who, text=text, time=time, name=name, said=said, language=language)
        return self._intake.add(new)

    def learn(self, turn: str, found: NewFact, *, origin: Origin) -> Fact | None:
        """Store a fact that a model or the person took from a turn; None when it is never to be remembered.

        Raises `StoreError` unless its quote stands literally in that turn of the person's.
        """
        with self._writing():
            source = transcript.by_key(self._db, turn)
            if source.who != "user" or found.quote not in source.text:
                raise StoreError("A fact must quote the person's own words.")
            return next(iter(intake.tell(self._db, source, (found,), origin, self._keeping(), latest=False)), None)

    def read(self, key: str, form: bytes) -> tuple[Fact, ...]:
        """Note that a model has read a turn; store and return what of the `form` it filled in the person really said.

        Off the record nothing is noted or stored. Raises `MemoryUnknownError` when the turn is gone.
        """
        if self.is_off_the_record:
            return ()
        with self._writing():
            return tuple(readings.keep(self._db, transcript.by_key(self._db, key), form, self._keeping()))

    def correct(self, key: str, value: str) -> Fact:
        """Say that a fact is wrong and what is right; the wrong one is kept as past. Raises `MemoryUnknownError`."""
        with self._writing():
            right = ledger.correct(self._db, ledger.by_key(self._db, key), value, self._now_us())
            recall.index_facts(self._db, [right])
            return right

    def summarise(self, turns: Sequence[Turn], level: Level) -> Summary | None:
        """Keep a summary of one person's turns, in place of an older one; None when they say too little."""
        sentences = summarise(turns, level)
        if not sentences:
            return None
        with self._writing():
            return chronicle.keep(self._db, turns, level, sentences, self._now_us())

    def pin(self, key: str, *, on: bool = True) -> None:
        """Mark a turn or fact as important, or no longer. Raises `MemoryUnknownError`."""
        with self._writing():
            tables = ("turns", "facts")
            updates = [f"UPDATE {table} SET pinned = ? WHERE key = ?" for table in tables]  # noqa: S608
            if not sum(self._db.execute(update, (on, key)).rowcount for update in updates):
                raise MemoryUnknownError(f"Nothing in memory is called {key}.")
