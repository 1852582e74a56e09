"""Does what a person asks of memory by voice, and words the answer. Knows no thread and no queue.

"That" is what the person said last that asked nothing of memory. What was chosen for forgetting waits for a yes; then
the request itself and the question that was read back are forgotten with it, since they say the same words again.
"""

from collections.abc import Iterable, Sequence

import msgspec

from companion_voice.conversation import requests
from companion_voice.errors import CompanionError, MemoryFullError, StoreError
from companion_voice.memory import answers, moments
from companion_voice.memory.facts import extract
from companion_voice.memory.forget import Choice
from companion_voice.memory.meant import meant, replaced
from companion_voice.memory.records import Fact, NewFact, Turn
from companion_voice.memory.store import Memory
from companion_voice.memory.transcript import Session
from companion_voice.runtime.finding import Finding
from companion_voice.runtime.talks import last_talk


class Answer(msgspec.Struct, frozen=True):
    """What is to be said, and what was done."""

    text: str
    operation: str
    asks: bool = False
    forgot: bool = False
    put_right: tuple[tuple[str, str], ...] = ()
    """What the person said, and the same as they now say that it should be."""


class _Chosen(msgspec.Struct, frozen=True):
    """What is to be forgotten once the person says yes."""

    choice: Choice
    turns: int
    facts: int
    before: frozenset[int]
    """The turns of this conversation before the request; those that follow are no more than the request."""


class Clerk:
    """Serves one person in one conversation with the companion called `name`."""

    def __init__(self, memory: Memory, session: Session, name: str) -> None:
        self._memory = memory
        self._session = session
        self._find = Finding(memory, session, name)
        self._chosen: _Chosen | None = None
        self._spoken: tuple[Fact, ...] = ()
        """The facts that the last answer was about."""

    def answer(self, request: requests.AnyRequest, language: str) -> Answer:
        """Do what is asked and return what to say about it, whatever goes wrong."""
        chosen, self._chosen = self._chosen, None
        try:
            return self._answer(request, language, chosen)
        except MemoryFullError:
            return Answer(answers.say("no_room", language), "failed")
        except (CompanionError, OSError):
            return Answer(answers.say("unavailable", language), "failed")

    def _answer(  # noqa: C901, PLR0911, PLR0912 - one line a request
        self, request: requests.AnyRequest, language: str, chosen: _Chosen | None
    ) -> Answer:
        match request:
            case requests.WhatDoYouKnow(about=about):
                return Answer(self._known(about, language), "know")
            case requests.WhyDoYouThink(about=about):
                return Answer(self._why(about, language), "why")
            case requests.Before(about=about):
                return Answer(self._before(about, language), "before")
            case requests.LastTime(span=span):
                return Answer(self._last_time(span, language), "last")
            case requests.Correct():
                return self._correct(request, language)
            case requests.Pin():
                return Answer(self._pin(language), "pin")
            case requests.NeverRemember(topic=topic):
                self._memory.never(topic, person=self._session.person)
                return Answer(answers.never(topic, language=language), "never")
            case requests.AllowAgain(topic=topic):
                self._memory.allow(topic, person=self._session.person)
                return Answer(answers.allowed(topic, language=language), "allow")
            case requests.OffRecord():
                self._memory.go_off_the_record(off=True)
                return Answer(answers.say("off_record", language), "off_record")
            case requests.OnRecord():
                self._memory.go_off_the_record(off=False)
                return Answer(answers.say("on_record", language), "on_record")
            case requests.Forget():
                return self._choose(request, language)
            case requests.Confirm():
                return self._forget(chosen, language)
            case requests.Deny():
                return Answer(answers.say("cancelled", language), "keep")

    # --- reading -----------------------------------------------------------------------------------------------------

    def _known(self, about: str, language: str) -> str:
        found = self._spoken = meant(self._find.facts(), about, language)
        if not found and about and (turn := self._find.remembered(about, language)):
            return answers.recalled(turn, language=language, now_us=_now_us())
        return answers.known(found, self._find.sources(found), about=about, language=language, now_us=_now_us())

    def _why(self, about: str, language: str) -> str:
        found = meant(self._find.facts(), about, language) if about else self._spoken
        if found:
            self._spoken = found[-1:]
            return answers.why(found[-1], self._find.sources(self._spoken), language=language, now_us=_now_us())
        turn = self._find.remembered(about, language) if about else self._find.that()
        if turn is None:
            return answers.say("unknown", language)
        return answers.recalled(turn, language=language, now_us=_now_us())

    def _before(self, about: str, language: str) -> str:
        now_us = _now_us()
        past = (fact for fact in self._find.facts(past=True) if (fact.valid_until_us or now_us) < now_us)
        found = sorted(meant(past, about, language), key=lambda fact: fact.valid_until_us or 0)
        if not found:
            return answers.say("nothing_before", language)
        self._spoken = tuple(found[-1:])
        return answers.before(found[-1], self._find.sources(self._spoken), language=language, now_us=now_us)

    def _last_time(self, span: answers.Span, language: str) -> str:
        summary = last_talk(self._memory, self._session, span)
        sentences = [sentence.text for sentence in summary.sentences] if summary else []
        first = self._memory.turn(summary.sentences[0].turns[0]) if summary and summary.sentences else None
        return answers.last_time(sentences, first, span=span, language=language, now_us=_now_us())

    # --- ruling ------------------------------------------------------------------------------------------------------

    def _correct(self, request: requests.Correct, language: str) -> Answer:
        facts = self._find.facts()
        disputed = self._stated_otherwise(request, facts, language) if request.statement else self._just_said(facts)
        wrong = {_told(fact): value or request.value for fact, value in disputed if value != fact.value}
        if len(wrong) != 1 or not all(wrong.values()):
            already = [fact for fact, value in disputed if value == fact.value]
            text = answers.corrected(already[-1], language=language) if already else ""
            return Answer(text or answers.say("which_is_right", language), "correct")
        known = [fact for fact in facts if _told(fact) in wrong]
        self._spoken = tuple(self._memory.correct(fact.key, wrong[_told(fact)]) for fact in known)[-1:]
        told = [(self._memory.why(fact.key)[1].text, fact.value, wrong[_told(fact)]) for fact in known]
        put_right = tuple((text, replaced(text, *values)) for text, *values in told)
        return Answer(answers.corrected(self._spoken[0], language=language), "correct", put_right=put_right)

    def _stated_otherwise(
        self, request: requests.Correct, facts: Sequence[Fact], language: str
    ) -> list[tuple[Fact, str]]:
        """Return the facts that a statement is about, with what it says of them."""
        stated = _stated(request.statement, language)
        return [(f, new.value) for f in facts for new in stated if (f.subject, f.slot) == (new.subject, new.slot)]

    def _just_said(self, facts: Sequence[Fact]) -> list[tuple[Fact, str]]:
        """Return the facts that were spoken of last, or that the person told last."""
        that = self._find.that()
        return [(fact, "") for fact in self._spoken or facts if self._spoken or (that and fact.turn == that.id)]

    def _pin(self, language: str) -> str:
        turn = self._find.that()
        if turn is None:
            return answers.say("nothing_to_pin", language)
        told = (fact.key for fact in self._find.facts() if fact.turn == turn.id)
        for key in (turn.key, *told):
            self._memory.pin(key)
        return answers.say("pinned", language)

    def _choose(self, request: requests.Forget, language: str) -> Answer:
        if self._memory.waiting:
            raise MemoryFullError("What was just said still waits for room on the disk.")
        before = frozenset(turn.id for turn in self._find.before_request(request, language))
        later = {turn.id for turn in self._find.turns()} - before
        choice = self._choice(request, language)
        turns = sum(turn.id not in later for turn in choice.turns) if choice else 0
        facts = len(choice.facts) if choice and turns else 0
        text = answers.read_back(
            request.scope, facts=facts, turns=turns, language=language, about=request.about, minutes=request.minutes
        )
        if choice is None or not turns:
            return Answer(text, "keep")
        self._chosen = _Chosen(choice, turns, facts, before)
        return Answer(text, "ask", asks=True)

    def _choice(self, request: requests.Forget, language: str) -> Choice | None:
        memory, person = self._memory, self._session.person
        match request.scope:
            case "everything":
                return memory.choose_everything(person=person)
            case "minutes":
                return memory.choose_minutes(request.minutes, person=person)
            case "about":
                choice = memory.choose_about(request.about, person=person, language=language)
                facts = meant(self._find.facts(past=True), request.about, language)
                return _joined(choice, (memory.choose_key(fact.key, person=person) for fact in facts))
            case "that":
                turn = self._find.that()
                return memory.choose_key(turn.key, person=person) if turn else None

    def _forget(self, chosen: _Chosen | None, language: str) -> Answer:
        if chosen is None:
            return Answer(answers.say("nothing_to_forget", language), "keep")
        since = (turn for turn in self._find.turns() if turn.id not in chosen.before)
        asked = (self._memory.choose_key(turn.key, person=self._session.person) for turn in since)
        choice = _joined(chosen.choice, asked)
        forgot = any(turn.session == self._session.id for turn in choice.turns)
        text = answers.receipt(facts=chosen.facts, turns=chosen.turns, language=language)
        self._spoken = ()
        try:
            if self._memory.forget(choice).unstruck:
                text = answers.say("in_journals", language)
        except (StoreError, OSError):
            if self._find.is_there(choice):
                raise
            text = answers.say("lingering", language)
        return Answer(text, "forget", forgot=forgot)


def _told(fact: Fact) -> tuple[str, str, str]:
    """Return what a fact says; it may have been told more than once."""
    return fact.subject, fact.slot, fact.value.casefold()


def _stated(statement: str, language: str) -> tuple[NewFact, ...]:
    """Return the facts in a person's statement that is not a turn of its own."""
    now = moments.now()
    turn = Turn(
        id=0,
        key="",
        session="",
        person="",
        position=0,
        who="user",
        name="",
        text=statement,
        said="",
        language=language,
        time=now.isoformat(),
        time_us=moments.microseconds(now),
        pinned=False,
    )
    return extract(turn)


def _joined(choice: Choice, others: Iterable[Choice]) -> Choice:
    """Return a choice with what `others` chose besides."""
    every = (choice, *others)
    turns = {turn.id: turn for one in every for turn in one.turns}
    facts = {fact.id: fact for one in every for fact in one.facts}
    return msgspec.structs.replace(choice, turns=tuple(turns.values()), facts=tuple(facts.values()))


def _now_us() -> int:
    return moments.microseconds(moments.now())
