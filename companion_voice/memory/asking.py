"""Reading: recall, facts, turns, summaries, and how much there is. Nothing off the record or forbidden is read."""

import msgspec

from companion_voice.memory import chronicle, database, ledger, readings, recall, rules, transcript
from companion_voice.memory.chronicle import Summary
from companion_voice.memory.held import Held
from companion_voice.memory.records import OWNER, Fact, Recollection, Statistics, Turn
from companion_voice.memory.summaries import Level

MARGIN = 20
"""Finds asked for beyond those wanted where some may be about something never to be read."""


class Asking(Held):
    """The memory as it is asked."""

    def recall(self, query: str, *, person: str = OWNER, k: int = 10, language: str = "") -> Recollection:
        """Return at most `k` turns and facts that answer `query`; nothing off the record or on a forbidden topic."""
        if self.is_off_the_record:
            return Recollection((), sure=False)
        never = self._never(person)
        with database.plainly():
            found = recall.search(
                self._db, query, person=person, now_us=self._now_us(), k=k + MARGIN * bool(never), language=language
            )
        items = tuple(item for item in found.items if not rules.forbids(never, item.text))[:k]
        return Recollection(items, sure=found.sure and bool(items))

    @database.plainly()
    def told_to(self, turn: Turn) -> str:
        """Return the persona that a turn was said to or by."""
        return transcript.told_to(self._db, turn.session)

    @database.plainly()
    def facts(self, *, person: str = OWNER, subject: str = "", past: bool = False) -> tuple[Fact, ...]:
        """Return what is known of a person, or of one `subject`, that holds now; with `past`, what held before too."""
        if self.is_off_the_record:
            return ()
        never = self._never(person)
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
        never = self._never(person)
        clause = "WHERE person = ? AND ? IN ('', session) ORDER BY id DESC LIMIT ?"
        found = [*transcript.select(self._db, clause, (person, session, last))]
        return tuple(turn for turn in reversed(found) if not rules.forbids(never, turn.text))

    @database.plainly()
    def unread(self, *, person: str = OWNER) -> Turn | None:
        """Return the oldest of a person's recent turns that no model has read yet; None off the record."""
        return None if self.is_off_the_record else readings.unread(self._db, person, self._never(person))

    @database.plainly()
    def last_summary(self, level: Level, *, person: str = OWNER) -> Summary | None:
        """Return what the last conversation, week or month was about, without what is never to be read."""
        found = None if self.is_off_the_record else chronicle.latest(self._db, person, level)
        if not found:
            return None
        never = self._never(person)
        allowed = tuple(one for one in found.sentences if not rules.forbids(never, one.text))
        return msgspec.structs.replace(found, sentences=allowed)

    @database.plainly()
    def learned(self, turn: Turn) -> tuple[Fact, ...]:
        """Return the facts that a turn told and that were not known before."""
        return ledger.learned(self._db, turn.id)

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
