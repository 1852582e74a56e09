"""Memory: the one door to everything that is remembered.

Each method is one transaction, on the disk when it returns. Where things are done stands in the modules it names;
here it is only decided in which order, and what is kept in RAM while the disk is full. Use one from one thread.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from sqlite_utils import Database

from companion_voice.errors import MemoryFullError, MemoryUnknownError, StoreError
from companion_voice.memory import (
    chronicle,
    database,
    export,
    forget,
    health,
    intake,
    ledger,
    moments,
    opening,
    people,
    recall,
    rules,
    transcript,
    transfer,
)
from companion_voice.memory.chronicle import Summary
from companion_voice.memory.forget import Choice
from companion_voice.memory.intake import Intake
from companion_voice.memory.places import Place
from companion_voice.memory.records import (
    OWNER,
    Fact,
    NewFact,
    Origin,
    Person,
    Receipt,
    Recollection,
    Rule,
    Speaker,
    Statistics,
    Turn,
)
from companion_voice.memory.summaries import Level, summarise
from companion_voice.memory.transcript import NewTurn, Session

MARGIN = 20
"""Finds asked for beyond those wanted where some may be about something never to be read."""


class Memory:
    """What a household's companion remembers. Open it with `open`; close it, or use it in a `with` block."""

    def __init__(
        self, db: Database, place: Place, *, clock: Callable[[], datetime], unlock: Callable[[], None]
    ) -> None:
        self._db = db
        self._place = place
        self._clock = clock
        self._unlock = unlock
        self._intake = Intake(db)

    @classmethod
    def open(
        cls, folder: Path | None = None, *, read_only: bool = False, clock: Callable[[], datetime] = moments.now
    ) -> Self:
        """Open the memory in `folder` (the person's own when None), for writing or beside the program that writes.

        Raises `MemoryBusyError`, `MemoryNewerError` and `MemoryDamagedError`, which offers a backup when the file
        has been put aside.
        Guests whose time is over are forgotten.
        """
        place = Place(folder)
        if read_only:
            with database.plainly():
                return cls(opening.for_reading(place), place, clock=clock, unlock=lambda: None)
        unlock = place.lock()
        try:
            with database.plainly():
                memory = cls(opening.for_writing(place, clock()), place, clock=clock, unlock=unlock)
        except BaseException:
            unlock()
            raise
        try:
            memory.expire()
        except BaseException:
            memory.close()
            raise
        return memory

    def close(self) -> None:
        """Write what waited for room and close. Raises `MemoryFullError` when that is lost with it."""
        try:
            self._intake.write()
        except MemoryFullError as error:
            raise MemoryFullError(f"The disk is full: the last {self.waiting} things said are lost.") from error
        finally:
            self._db.close()
            self._unlock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------------------------------------

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

    @property
    def waiting(self) -> int:
        """How many turns wait in RAM for room on the disk."""
        return len(self._intake.waiting)

    def learn(self, turn: str, found: NewFact, *, origin: Origin) -> Fact | None:
        """Store a fact that a model or the person took from a turn; None when it is never to be remembered.

        Raises `StoreError` unless its quote stands literally in that turn of the person's.
        """
        with self._writing():
            source = transcript.by_key(self._db, turn)
            if source.who != "user" or found.quote not in source.text:
                raise StoreError("A fact must quote the person's own words.")
            return next(iter(intake.tell(self._db, source, (found,), origin, latest=False)), None)

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

    # --- reading -----------------------------------------------------------------------------------------------------

    def recall(self, query: str, *, person: str = OWNER, k: int = 10, language: str = "") -> Recollection:
        """Return at most `k` turns and facts that answer `query`; nothing off the record or on a forbidden topic."""
        if self.is_off_the_record:
            return Recollection((), sure=False)
        never = rules.of(self._db, person)
        with database.plainly():
            found = recall.search(
                self._db, query, person=person, now_us=self._now_us(), k=k + MARGIN * bool(never), language=language
            )
        items = tuple(item for item in found.items if not rules.forbids(never, item.text))[:k]
        return Recollection(items, sure=found.sure and bool(items))

    @database.plainly()
    def facts(self, *, person: str = OWNER, subject: str = "", past: bool = False) -> tuple[Fact, ...]:
        """Return what is known of a person, or of one `subject`, that holds now; with `past`, what held before too."""
        if self.is_off_the_record:
            return ()
        never = rules.of(self._db, person)
        found = ledger.select(self._db, "WHERE person = ? AND ? IN ('', subject) ORDER BY id", (person, subject))
        now = self._now_us()
        return tuple(
            fact
            for fact in found
            if (past or fact.valid_until_us is None or fact.valid_until_us > now)
            and not rules.forbids_fact(never, fact)
        )

    @database.plainly()
    def turns(self, *, person: str = OWNER, session: str = "", last: int = -1) -> tuple[Turn, ...]:
        """Return a person's turns in the order they were said, of one `session` or all, only the `last` so many."""
        if self.is_off_the_record:
            return ()
        never = rules.of(self._db, person)
        clause = "WHERE person = ? AND ? IN ('', session) ORDER BY id DESC LIMIT ?"
        found = [*transcript.select(self._db, clause, (person, session, last))]
        return tuple(turn for turn in reversed(found) if not rules.forbids(never, turn.text))

    @database.plainly()
    def last_summary(self, level: Level, *, person: str = OWNER) -> Summary | None:
        """Return what the last conversation, week or month was about, without what is never to be read."""
        found = None if self.is_off_the_record else chronicle.latest(self._db, person, level)
        if not found:
            return None
        never = rules.of(self._db, person)
        allowed = tuple(one for one in found.sentences if not rules.forbids(never, one.text))
        return msgspec.structs.replace(found, sentences=allowed)

    @database.plainly()
    def turn(self, key: str) -> Turn:
        """Return one turn. Raises `MemoryUnknownError`."""
        return transcript.by_key(self._db, key)

    @database.plainly()
    def why(self, key: str) -> tuple[Fact, Turn]:
        """Return a fact with the turn it rests on. Raises `MemoryUnknownError`."""
        fact = ledger.by_key(self._db, key)
        return fact, next(transcript.select(self._db, "WHERE id = ?", (fact.turn,)))

    @database.plainly()
    def statistics(self) -> Statistics:
        """Return how much is remembered and how much room it takes."""
        tables = ("turns", "facts", "summaries", "sessions", "people", "rules")
        counts = {table: self._db[table].count for table in tables}
        text = self._db.execute("SELECT coalesce(sum(length(CAST(text || said AS BLOB))), 0) FROM turns").fetchone()[0]
        size = self._place.file.stat().st_size if self._place.file.exists() else 0
        return Statistics(**counts, text_bytes=text, file_bytes=size)

    # --- what the person rules ---------------------------------------------------------------------------------------

    @property
    def is_off_the_record(self) -> bool:
        """Whether nothing is written and nothing read until the person says so; a restart keeps to it."""
        return self._place.off_the_record.exists()

    def go_off_the_record(self, *, off: bool) -> None:
        """Stop writing and reading, or begin again."""
        if off:
            self._place.off_the_record.touch(mode=0o600)
        else:
            self._place.off_the_record.unlink(missing_ok=True)

    def never(self, words: str, *, person: str = OWNER) -> Rule:
        """Never write or read anything about `words` again ("my health", « ma santé », "my divorce")."""
        with self._writing():
            return rules.never(self._db, person, words, self._now_us())

    def allow(self, words: str, *, person: str = OWNER) -> bool:
        """Take such a rule away; tell whether there was one."""
        with self._writing():
            return rules.allow(self._db, person, words)

    def rules(self, *, person: str = OWNER) -> tuple[Rule, ...]:
        """Return what is never to be remembered."""
        return rules.of(self._db, person)

    # --- forgetting --------------------------------------------------------------------------------------------------

    @database.plainly()
    def choose_key(self, key: str, *, person: str = OWNER) -> Choice:
        """Choose a turn with its reply, or a fact with the turns that told it. Raises `MemoryUnknownError`."""
        return forget.key(self._db, person, key)

    @database.plainly()
    def choose_since(self, start: datetime, *, person: str = OWNER) -> Choice:
        """Choose everything said since `start`."""
        return forget.since(self._db, person, moments.microseconds(start))

    def choose_minutes(self, minutes: float, *, person: str = OWNER) -> Choice:
        """Choose everything said in the last so many minutes."""
        return self.choose_since(self._clock() - timedelta(minutes=minutes), person=person)

    @database.plainly()
    def choose_about(self, words: str, *, person: str = OWNER, language: str = "en") -> Choice:
        """Choose whatever mentions `words`, the facts about whom or what they mean, and what those rest on."""
        return forget.about(self._db, person, words, language)

    @database.plainly()
    def choose_everything(self, *, person: str = OWNER) -> Choice:
        """Choose all that is remembered of a person."""
        return forget.everything(self._db, person)

    def forget(self, choice: Choice) -> Receipt:
        """Remove what was chosen and every byte of it, backups included; return the receipt.

        Raises `MemoryBusyError` when another program keeps the bytes from going; they then go at the next opening.
        """
        self._intake.waiting = [new for new in self._intake.waiting if not forget.covers(choice, new)]
        with self._writing():
            receipt = forget.remove(self._db, choice, self._now_us())
        return self._scrubbed(receipt)

    # --- people ------------------------------------------------------------------------------------------------------

    @database.plainly()
    def people(self) -> tuple[Person, ...]:
        """Return everybody, the owner first."""
        return people.everybody(self._db)

    @database.plainly()
    def person(self, who: str) -> Person:
        """Return the person with this id or name. Raises `MemoryUnknownError`."""
        return people.found(self._db, who)

    def add_person(self, name: str, *, guest: bool = False) -> Person:
        """Give somebody a memory of their own; a guest's ends after twelve hours."""
        with self._writing():
            return people.add(self._db, name, guest=guest, now_us=self._now_us())

    def rename_person(self, who: str, name: str) -> None:
        """Give somebody another name. Raises `MemoryUnknownError`."""
        with self._writing():
            people.rename(self._db, people.found(self._db, who).id, name)

    def forget_person(self, who: str) -> Receipt:
        """Forget all of somebody and who it was (the owner stays, nameless). Raises `MemoryUnknownError`."""
        with self._writing():
            person = people.found(self._db, who)
            chosen = msgspec.structs.replace(forget.everything(self._db, person.id), what="person")
            receipt = forget.remove(self._db, chosen, self._now_us())
            people.rename(self._db, person.id, "")
            people.remove(self._db, person.id)
        return self._scrubbed(receipt)

    def expire(self) -> tuple[Receipt, ...]:
        """Forget the guests whose time is over."""
        return tuple(self.forget_person(guest.id) for guest in people.gone(self._db, self._now_us()))

    # --- files -------------------------------------------------------------------------------------------------------

    def bring(self, file: Path, *, person: str = OWNER) -> transfer.Imported:
        """Import a file of turns, or a whole memory into an empty one: all or nothing. Raises `ImportRefusedError`."""
        with self._writing():
            if not export.is_document(file):
                return transfer.bring(self._db, file, person)
            whole = export.from_json(self._db, file)
            return transfer.Imported(len(whole.turns), len(whole.facts), 0)

    @database.plainly()
    def to_json(self) -> bytes:
        """Return everything, to be read back exactly by `bring`."""
        return export.to_json(self._db)

    @database.plainly()
    def to_markdown(self, *, person: str = OWNER) -> str:
        """Return what is remembered of a person, for reading."""
        return export.to_markdown(self._db, person)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _now_us(self) -> int:
        return moments.microseconds(self._clock())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with database.plainly(), database.transaction(self._db):
            yield

    def _scrubbed(self, receipt: Receipt) -> Receipt:
        """Take the bytes of what was removed out of every file, and make a backup without them if there was one."""
        with database.plainly():
            copies = health.remove_copies(self._place)
            forget.scrub(self._db)
            if copies:
                health.back_up(self._db, self._place, self._clock())
        return msgspec.structs.replace(receipt, backups=copies)
