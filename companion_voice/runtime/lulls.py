"""What there is time for while nobody wants anything of the memory: one thing after the other, in the archive's thread.

Summaries first, then what a language model may read or answer, then guests and words
whose time is over.
"""

from contextlib import suppress
from typing import Final

from companion_voice.errors import StoreError
from companion_voice.events import Record
from companion_voice.memory.store import Memory
from companion_voice.memory.transcript import Session
from companion_voice.persona.evolution import drift
from companion_voice.runtime import talks
from companion_voice.runtime.growth import Growth
from companion_voice.runtime.reader import Reader

IDLE: Final = 20.0
"""Seconds without anything to do after which there is time for summaries, and for a model to read."""
LULL: Final = 600.0
"""Seconds after which it is looked again whether a guest's time is over, when there is nothing else to do."""
PROBED: Final = 50
"""Replies of a persona after which it is asked again, off the record, who it is."""
_PROBE: Final = "probe "
"""Before the name of a question about the persona, which no turn's key begins with."""


class Lulls:
    """Knows what is left to do in one conversation. A model reads for it, where there is a `reader`."""

    def __init__(self, reader: Reader | None) -> None:
        self._reader = reader
        self._unread = reader is not None
        """Something may have been said that no model has read."""
        self._unsummed = talks.LEVELS[:0]
        """Of what there are no summaries since something was written."""
        self._replies = 0
        """How much the persona has said since it was last asked who it is."""
        self._probes = drift.probes("en")[:0]
        """What it is still to be asked."""
        self._language = "en"

    def note(self, turn: Record) -> None:
        """Take note that something was written."""
        self._unsummed = talks.LEVELS
        self._unread = self._reader is not None
        self._replies += turn.who == "companion"
        self._language = turn.language or self._language

    def use(self, memory: Memory, session: Session) -> float:
        """Do one thing; return after how many seconds there is time for the next."""
        if self._unsummed:
            self._sum_up(memory, session)
            return 0.0
        if self._unread:
            self._have_read(memory, session)
            return IDLE
        if self._reader and (self._probes or self._replies >= PROBED):
            self._probe(self._reader)
            return IDLE
        with suppress(StoreError, OSError):  # at the next opening, then
            memory.expire(but=session.person)
            memory.sweep()
        return LULL

    def take(self, memory: Memory, session: Session, growth: Growth, number: int, form: bytes) -> None:
        """Take what a model filled in, and go on with the next thing."""
        if self._reader is None or not (key := self._reader.finished(number)):
            return
        with suppress(StoreError):  # the turn was forgotten meanwhile, or is read again when there is room
            if not key.startswith(_PROBE):
                memory.read(key, form)
                self._have_read(memory, session)
                return
            growth.judge(self._probes[0], form, self._language)
        self._probes = self._probes[1:]
        if self._probes:
            self._probe(self._reader)

    def finish(self, memory: Memory, session: Session) -> None:
        """Make the summaries that are missing and let what is too old go: the conversation is over."""
        while self._unsummed:
            self._sum_up(memory, session)
        with suppress(StoreError, OSError):  # at the next end, then
            memory.sweep()

    def _sum_up(self, memory: Memory, session: Session) -> None:
        level, *left = self._unsummed
        self._unsummed = tuple(left)
        with suppress(StoreError):  # it is made again from the turns when it is asked for
            talks.keep(memory, session, level)

    def _have_read(self, memory: Memory, session: Session) -> None:
        """Give the next unread turn to the model, unless it reads one or something happens."""
        if self._reader is None or not self._reader.is_free:
            return
        with suppress(StoreError):  # it is unread still, and there will be time again
            turn = memory.unread(person=session.person)
            self._unread = turn is not None
            if turn:
                self._reader.read(turn)

    def _probe(self, reader: Reader) -> None:
        """Ask the persona the next of the questions about itself."""
        if not self._probes:
            self._probes, self._replies = drift.probes(self._language), 0
        if reader.is_free:
            reader.ask(_PROBE + self._probes[0].id, self._probes[0].asks, language=self._language)
