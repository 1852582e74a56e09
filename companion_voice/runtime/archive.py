"""The archive: the one thread that owns the memory. It writes, searches and forgets in the order it was told to.

That order is the promise: a turn that was to be recorded is on the disk before the next search begins. A memory that
cannot be had or written is told of once, and the conversation goes on without it. What is done about a person's
requests stands in `clerk`, what is done when nobody wants anything in `lulls`.
"""

import queue
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import msgspec

from companion_voice.conversation import requests
from companion_voice.errors import CompanionError, StoreError
from companion_voice.events import (
    AskMemory,
    ConsiderChange,
    DecideChange,
    Meet,
    MemoryAnswered,
    MemoryFailed,
    Noted,
    Quotation,
    Recall,
    Recalled,
    Record,
    Who,
)
from companion_voice.memory import answers, moments
from companion_voice.memory.keeping import Asked, Keeping
from companion_voice.memory.meant import corrections, replaced
from companion_voice.memory.records import OWNER, Speaker, Turn
from companion_voice.memory.store import Memory
from companion_voice.memory.transcript import Session
from companion_voice.persona.evolution.requests import Request
from companion_voice.persona.schema import Persona
from companion_voice.runtime import journals, lulls
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.clerk import Clerk
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.growth import Growth
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.lulls import Lulls
from companion_voice.runtime.reader import Reader

MOST_WAITING: Final = 1_024
"""Commands that may wait for the disk; one that has no place is told of, not done."""
MOST_QUOTED: Final = 5
"""Quotations that an answer is given."""
SEARCHED: Final = 20
"""Finds among which those are: what was said in this conversation is passed over."""
_WRITTEN: Final[dict[Who, Speaker]] = {"person": "user", "companion": "companion"}
_SPOKEN: Final[dict[Speaker, Who]] = {"user": "person", "companion": "companion"}


class _Form(NamedTuple):
    """What a model made of a turn that it was given to read."""

    number: int
    form: bytes


_Command: TypeAlias = Record | Recall | AskMemory | Meet | ConsiderChange | DecideChange | _Form


class _Desk(NamedTuple):
    """An open memory and the conversation it is written in."""

    memory: Memory
    session: Session
    clerk: Clerk
    growth: Growth


class Archive:
    """Keeps what is said with the personas of a `cast`, beginning with `persona`; a guest's memory is apart and ends.

    Its memory lies in `folder`, the person's own when None. What was said is given to `reader` in idle time;
    what the person lets it keep, `keeping` tells.
    """

    def __init__(
        self,
        inbox: Inbox,
        clock: Clock,
        *,
        persona: str,
        cast: dict[str, Persona],
        folder: Path | None = None,
        guest: bool = False,
        passphrase: str | None = None,
        reader: Reader | None = None,
        keeping: Asked = Keeping,
    ) -> None:
        self.beat = Beat()
        self._inbox = inbox
        self._clock = clock
        self._persona = persona
        self._cast = cast
        self._folder = folder
        self._guest = guest
        self._passphrase = passphrase
        self._keeping = keeping
        self._queue: queue.Queue[_Command | None] = queue.Queue()
        self._failing = False
        """Nothing can be written, and this has been told."""
        self._lulls = Lulls(reader)
        self._corrections: dict[int, tuple[tuple[str, str], ...]] = {}
        """By turn, what the person put right."""

    def record(self, command: Record) -> None:
        """Have a turn written; `MemoryFailed` tells when it cannot be."""
        self._put(command)

    def recall(self, command: Recall) -> None:
        """Have memory searched; `Recalled` answers."""
        self._put(command)

    def ask(self, command: AskMemory) -> None:
        """Have a request of the person's carried out; `MemoryAnswered` answers."""
        self._put(command)

    def grow(self, command: Meet | ConsiderChange | DecideChange) -> None:
        """Have something done about how a persona grows; `PersonaGrown` or `ChangeProposed` may answer."""
        self._put(command)

    def extracted(self, number: int, form: bytes) -> None:
        """Take what a model made of the turn that it was given to read."""
        self._put(_Form(number, form))

    def close(self) -> None:
        """Let the thread end, once all that waits is done."""
        self._queue.put(None)

    def run(self) -> None:
        """Serve until closed (the thread's body)."""
        desk = self._open()
        try:
            while (command := self._next(desk)) is not None:
                if isinstance(command, Meet) and desk and command.persona != self._persona:
                    desk = self._sit_with(desk, command.persona)
                self.beat.beat()
                self._serve(desk, command)
                self.beat.rest()
        finally:
            if desk:
                self._leave(desk)

    # --- what comes in -----------------------------------------------------------------------------------------------

    def _put(self, command: _Command) -> None:
        if self._queue.qsize() < MOST_WAITING:
            self._queue.put(command)
            return
        self._fail("The disk is too slow for the memory: something just said is not kept or not looked up.")
        self._serve(None, command)

    def _next(self, desk: _Desk | None) -> _Command | None:
        """Return the next command; while there is none, do what there is time for, one thing after the other."""
        wait = lulls.IDLE
        while desk:
            try:
                return self._queue.get(timeout=wait)
            except queue.Empty:
                wait = self._lulls.use(desk.memory, desk.session)
        return self._queue.get()

    def _serve(self, desk: _Desk | None, command: _Command) -> None:
        """Do what is commanded; without a memory, whoever waits for an answer gets an empty one."""
        match command:
            case Record():
                if desk:
                    self._write(desk, command)
            case Recall(epoch=epoch):
                items, sure = self._find(desk, command) if desk else ((), False)
                self._inbox.post(Recalled(at=self._clock.now(), epoch=epoch, items=items, sure=sure))
            case AskMemory():
                self._inbox.post(self._answer(desk, command))
            case Meet() | ConsiderChange() | DecideChange():
                if desk:
                    self._grow(desk, command)
            case _Form(number=number, form=form):
                if desk:
                    self._lulls.take(desk.memory, desk.session, desk.growth, number, form)

    # --- the memory --------------------------------------------------------------------------------------------------

    def _open(self) -> _Desk | None:
        try:
            memory = Memory.open(
                self._folder, passphrase=self._passphrase, elsewhere=journals.strike, keeping=self._keeping
            )
        except (CompanionError, OSError) as error:
            self._fail(_reason(error))
            return None
        try:
            person = memory.add_person("", guest=True).id if self._guest else OWNER
            desk = self._seated(memory, person)
            self._note_corrections(desk)
        except CompanionError as error:
            memory.close()
            self._fail(_reason(error))
            return None
        return desk

    def _seated(self, memory: Memory, person: str) -> _Desk:
        persona = self._cast[self._persona]
        session = memory.begin_session(f"{moments.now():%Y%m%dT%H%M%S%f}", persona=self._persona, person=person)
        clerk = Clerk(memory, session, persona.name)
        return _Desk(memory, session, clerk, Growth(memory, self._persona, persona, person))

    def _sit_with(self, desk: _Desk, persona: str) -> _Desk:
        """Go on in a conversation with another persona."""
        self._persona = persona
        try:
            desk.memory.end_session(desk.session)
            return self._seated(desk.memory, desk.session.person)
        except CompanionError as error:
            self._fail(_reason(error))
            return desk

    def _grow(self, desk: _Desk, command: Meet | ConsiderChange | DecideChange) -> None:
        try:
            match command:
                case ConsiderChange():
                    self._inbox.post(desk.growth.considered(self._clock.now()))
                    return
                case DecideChange(proposal=proposal, kept=kept):
                    desk.growth.decide(proposal, kept=kept)
            self._inbox.post(desk.growth.told(self._clock.now()))
        except CompanionError as error:
            self._fail(_reason(error))

    def _write(self, desk: _Desk, turn: Record) -> None:
        who = _WRITTEN[turn.who]
        try:
            kept = desk.memory.add_turn(desk.session, who, turn.text, said=turn.said, language=turn.language)
            if kept and who == "user":
                self._tell_new(desk, kept, turn.language)
            if who == "companion":
                desk.growth.count(turn.text, turn.language)
        except CompanionError as error:
            if not self._failing:
                self._fail(_reason(error))
            self._failing = True
        else:
            self._failing = False
            self._lulls.note(turn)

    def _tell_new(self, desk: _Desk, turn: Turn, language: str) -> None:
        if learned := desk.memory.learned(turn):
            facts = tuple(answers.noted(fact, language=language) for fact in learned)
            self._inbox.post(Noted(at=self._clock.now(), facts=facts))

    def _find(self, desk: _Desk, command: Recall) -> tuple[tuple[Quotation, ...], bool]:
        """Return what bears on the person's words, best first, but for what was said in this conversation."""
        found: dict[str, Quotation] = {}
        policy = self._cast[self._persona].memory
        if policy == "none":
            return (), True
        try:
            recollection = desk.memory.recall(
                command.text, person=desk.session.person, k=SEARCHED, language=command.language
            )
            for item in recollection.items:
                turn = desk.memory.turn(item.turns[0])
                is_shared = policy == "shared" or desk.memory.told_to(turn) == self._persona
                if turn.session != desk.session.id and is_shared:
                    text = self._put_right(turn.id, item.text)
                    found.setdefault(text.casefold(), Quotation(_SPOKEN[turn.who], text, turn.time, turn.key))
        except CompanionError:
            return (), False
        return tuple(found.values())[:MOST_QUOTED], recollection.sure and bool(found)

    def _answer(self, desk: _Desk | None, command: AskMemory) -> MemoryAnswered:
        if "request" not in command.request:
            return self._answer_about_changes(desk, command)
        request: requests.AnyRequest = msgspec.convert(command.request, requests.AnyRequest)
        if desk is None:
            text = answers.say("unavailable", command.language)
            return MemoryAnswered(at=self._clock.now(), epoch=command.epoch, text=text, operation="failed")
        answer = desk.clerk.answer(request, command.language)
        if answer.operation in {"correct", "forget", "on_record"}:
            self._note_corrections(desk)
        return MemoryAnswered(
            at=self._clock.now(),
            epoch=command.epoch,
            text=answer.text,
            asks=answer.asks,
            operation=answer.operation,
            forgot=answer.forgot,
            put_right=answer.put_right,
        )

    def _answer_about_changes(self, desk: _Desk | None, command: AskMemory) -> MemoryAnswered:
        text, done = answers.say("unavailable", command.language), "failed"
        with suppress(CompanionError):
            if desk:
                request: Request = msgspec.convert(command.request, Request)
                text, done = desk.growth.answer(request, command.language)
                if done == "go_back":
                    self._inbox.post(desk.growth.told(self._clock.now()))
        return MemoryAnswered(at=self._clock.now(), epoch=command.epoch, text=text, operation=done)

    def _note_corrections(self, desk: _Desk) -> None:
        self._corrections = corrections(desk.memory.facts(person=desk.session.person, past=True))

    def _put_right(self, turn: int, text: str) -> str:
        """Return words of a turn as the person said later that they should be."""
        for wrong, right in self._corrections.get(turn, ()):
            text = replaced(text, wrong, right)
        return text

    def _leave(self, desk: _Desk) -> None:
        try:
            self._lulls.finish(desk.memory, desk.session)
            with suppress(StoreError):  # an end that is missing is no loss beside turns that are, which is told below
                desk.memory.end_session(desk.session)
        finally:
            try:
                desk.memory.close()
            except CompanionError as error:
                self._fail(_reason(error))

    def _fail(self, reason: str) -> None:
        self._inbox.post(MemoryFailed(at=self._clock.now(), reason=reason))


def _reason(error: CompanionError | OSError) -> str:
    if isinstance(error, CompanionError):
        return str(error)
    return f"The memory cannot be opened: {error.strerror}. Look after its folder and the disk."
