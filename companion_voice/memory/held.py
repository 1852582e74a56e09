"""What every part of an open memory stands on: the connection, the place, the clock, and what a transaction is.

Knows no verb: those stand in `telling`, `asking` and `ruling`, and `store` puts them together.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias

from sqlite_utils import Database

from companion_voice.memory import database, moments, rules
from companion_voice.memory.intake import Intake
from companion_voice.memory.keeping import Asked, Keeping
from companion_voice.memory.places import Place
from companion_voice.memory.records import Rule, Struck

Elsewhere: TypeAlias = Callable[[Sequence[str]], Struck]
"""Takes words that are to be forgotten out of whatever holds them outside of the memory."""


def nowhere_else(_: Sequence[str]) -> Struck:
    """Take words out of nothing: the memory is all there is."""
    return Struck()


class Held:
    """A memory that this program holds open."""

    def __init__(
        self,
        db: Database,
        place: Place,
        *,
        clock: Callable[[], datetime],
        unlock: Callable[[], None],
        elsewhere: Elsewhere = nowhere_else,
        keeping: Asked = Keeping,
    ) -> None:
        self._db = db
        self._place = place
        self._clock = clock
        self._unlock = unlock
        self._elsewhere = elsewhere
        self._keeping = keeping
        self._intake = Intake(db, keeping)

    @property
    def waiting(self) -> int:
        """How many turns wait in RAM for room on the disk."""
        return len(self._intake.waiting)

    @property
    def is_off_the_record(self) -> bool:
        """Whether nothing is written and nothing read until the person says so; a restart keeps to it."""
        return self._place.off_the_record.exists()

    def _never(self, person: str) -> tuple[Rule, ...]:
        """Return what is neither to be written nor read."""
        return (*rules.of(self._db, person), *self._keeping().rules(person))

    def _now_us(self) -> int:
        return moments.microseconds(self._clock())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with database.plainly(), database.transaction(self._db):
            yield
