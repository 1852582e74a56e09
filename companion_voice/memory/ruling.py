"""What the person rules: the record, topics, forgetting, and whose memories there are."""

from datetime import datetime, timedelta

import msgspec

from companion_voice.memory import database, forget, health, moments, people, personas, retention, rules
from companion_voice.memory.forget import Choice
from companion_voice.memory.held import Held
from companion_voice.memory.records import OWNER, Person, Receipt, Rule, Struck


class Ruling(Held):
    """The memory as it is ruled."""

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
        # Elsewhere first: after a crash in between, the memory still knows which words are to be forgotten.
        struck = self._elsewhere(forget.words(self._db, choice, self._intake.waiting))
        self._intake.waiting = [new for new in self._intake.waiting if not forget.covers(choice, new)]
        with self._writing():
            receipt = forget.remove(self._db, choice, self._now_us())
        return self._scrubbed(receipt, struck)

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
        """Give somebody a memory of their own; a guest's ends after twelve hours at most."""
        with self._writing():
            return people.add(self._db, name, guest=guest, now_us=self._now_us(), stay=self._keeping().guest)

    def rename_person(self, who: str, name: str) -> None:
        """Give somebody another name. Raises `MemoryUnknownError`."""
        with self._writing():
            people.rename(self._db, people.found(self._db, who).id, name)

    def forget_person(self, who: str) -> Receipt:
        """Forget all of somebody and who it was (the owner stays, nameless). Raises `MemoryUnknownError`."""
        person = self.person(who)
        chosen = msgspec.structs.replace(self.choose_everything(person=person.id), what="person")
        struck = self._elsewhere(forget.words(self._db, chosen))
        with self._writing():
            receipt = forget.remove(self._db, chosen, self._now_us())
            people.rename(self._db, person.id, "")
            people.remove(self._db, person.id)
        return self._scrubbed(receipt, struck)

    def retire_persona(self, name: str) -> int:
        """Erase what the persona called `name` became with everybody, and every byte of it; return how many changes.

        What people said to it is theirs, and stays. Raises as `forget` does.
        """
        with self._writing():
            changes = personas.retire(self._db, name, at=self._clock().isoformat(timespec="seconds"))
        self._scrub()
        return changes

    def expire(self, *, but: str = "") -> tuple[Receipt, ...]:
        """Forget the guests whose time is over, `but` not the one who is talking."""
        with database.plainly():
            gone = [guest.id for guest in people.gone(self._db, self._now_us()) if guest.id != but]
        return tuple(self.forget_person(guest) for guest in gone)

    def sweep(self) -> int:
        """Remove what is older than the person lets it become, and every byte of it; return how many turns it touched.

        Raises as `forget` does. What stands in journals is not the memory's and stays.
        """
        with database.plainly():
            old = retention.aged(self._db, self._keeping(), self._now_us())
        if not old:
            return 0
        with self._writing():
            retention.remove(self._db, old, self._now_us())
        self._scrub()
        return len(old.gone) + len(old.unused) + len(old.cut)

    def _scrubbed(self, receipt: Receipt, struck: Struck) -> Receipt:
        return msgspec.structs.replace(receipt, backups=self._scrub(), journals=struck.lines, unstruck=struck.unstruck)

    def _scrub(self) -> int:
        """Take the bytes of what was removed out of every file, and make a backup without them if there was one.

        Return how many copies there were.
        """
        with database.plainly():
            copies = health.remove_copies(self._place)
            forget.scrub(self._db)
            if copies:
                health.back_up(self._db, self._place, self._clock())
        return copies
