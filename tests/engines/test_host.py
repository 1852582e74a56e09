"""The child's side, with language models that somebody else might write."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from companion_voice.engines import host, messages
from companion_voice.engines.messages import (
    AnyAnswer,
    AnyRequest,
    Cancel,
    Extract,
    Extracted,
    Generate,
    Leave,
    Piece,
    PieceEnd,
    Prefill,
    Prefilled,
    WorkFailed,
)
from companion_voice.engines.protocols import Usage
from companion_voice.errors import EngineError
from companion_voice.events import Message, Prompt

THOUGHTS = 4
PROMPT = Prompt("", (Message("person", "A story, please."),), "Ada", "en", "")


class Storyteller:
    """A language model to which things happen in the middle of its first work."""

    def __init__(self) -> None:
        self.incident: Callable[[], None] = lambda: None
        self.closed = 0

    def reply(self, prompt: Prompt) -> Iterator[str]:
        assert prompt == PROMPT
        incident, self.incident = self.incident, lambda: None
        try:
            yield "Once "
            incident()
            yield ""
            yield "upon a time."
        finally:
            self.closed += 1


class Thinker(Storyteller):
    """One that can be prepared, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.usage = Usage()
        self.thoughts = 0

    def prefill(self, prompt: Prompt) -> Iterator[None]:
        assert prompt == PROMPT
        for _ in range(THOUGHTS):
            incident, self.incident = self.incident, lambda: None
            incident()
            self.thoughts += 1
            yield
        self.usage = Usage(prompt=50, cached=self.thoughts)


class Parent:
    """The other end of the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, *requests: AnyRequest) -> None:
        for request in requests:
            self._connection.send_bytes(messages.encode(request))

    def hear(self, count: int) -> list[AnyAnswer]:
        return [messages.decode_answer(self._connection.recv_bytes()) for _ in range(count)]

    def leave(self) -> None:
        self._connection.close()


@pytest.fixture
def teller() -> Storyteller:
    return Storyteller()


def serve(model: Storyteller, connection: Connection) -> None:
    """As the process does it: a parent that leaves in the middle of an answer ends the service."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        host.serve(model, connection)


@contextmanager
def parent_of(model: Storyteller) -> Iterator[Parent]:
    ours, theirs = Pipe()
    served = threading.Thread(target=serve, args=(model, theirs))
    served.start()
    with ours, theirs:
        yield Parent(ours)
        ours.close()
        served.join()


@pytest.fixture
def parent(teller: Storyteller) -> Iterator[Parent]:
    with parent_of(teller) as parent:
        yield parent


@pytest.fixture
def thinker() -> Thinker:
    return Thinker()


@pytest.fixture
def thinking(thinker: Thinker) -> Iterator[Parent]:
    with parent_of(thinker) as parent:
        yield parent


def test_requests_are_answered_in_order(parent: Parent) -> None:
    parent.ask(Generate(1, PROMPT), Generate(2, PROMPT))
    story = ("Once ", "upon a time.")
    expected = [answer for epoch in (1, 2) for answer in (*(Piece(epoch, text) for text in story), PieceEnd(epoch))]
    assert parent.hear(6) == expected


def test_a_cancel_in_the_middle_closes_the_reply_at_its_next_breath(parent: Parent, teller: Storyteller) -> None:
    teller.incident = lambda: parent.ask(Cancel(2), Generate(2, PROMPT))
    parent.ask(Generate(1, PROMPT))
    assert parent.hear(3) == [Piece(1, "Once "), Piece(2, "Once "), Piece(2, "upon a time.")]
    assert teller.closed >= 1


def test_a_cancel_drops_work_that_still_waits_and_no_newer_work(parent: Parent, teller: Storyteller) -> None:
    teller.incident = lambda: parent.ask(Generate(2, PROMPT), Cancel(3), Generate(3, PROMPT))
    parent.ask(Generate(1, PROMPT))
    assert [answer.epoch for answer in parent.hear(4)] == [1, 3, 3, 3]


def test_an_older_cancel_does_not_bring_work_back(parent: Parent) -> None:
    parent.ask(Cancel(5), Cancel(2), Generate(3, PROMPT), Generate(5, PROMPT))
    assert {answer.epoch for answer in parent.hear(3)} == {5}


def fail(error: Exception) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


def test_an_error_for_the_person_is_passed_on_in_its_own_words(parent: Parent, teller: Storyteller) -> None:
    teller.incident = fail(EngineError("The story is lost.", "Ask again."))
    parent.ask(Generate(1, PROMPT), Generate(2, PROMPT))
    answers = parent.hear(5)
    assert answers[1] == WorkFailed(1, "The story is lost.")
    assert answers[-1] == PieceEnd(2)


def test_any_other_error_is_one_sentence_and_a_trace_in_the_log(
    parent: Parent, teller: Storyteller, capfd: pytest.CaptureFixture[str]
) -> None:
    teller.incident = fail(RuntimeError("llama_decode returned -3\nand more"))
    parent.ask(Generate(1, PROMPT), Generate(2, PROMPT))
    answers = parent.hear(5)
    assert answers[1] == WorkFailed(1, "The engine could not do its work (RuntimeError: llama_decode returned -3).")
    assert answers[-1] == PieceEnd(2)
    assert "Traceback" in capfd.readouterr().err


def test_a_parent_that_leaves_in_the_middle_ends_the_work(parent: Parent, teller: Storyteller) -> None:
    gone = threading.Event()
    teller.incident = lambda: (parent.leave(), gone.set(), None)[-1]
    parent.ask(Generate(1, PROMPT))
    assert gone.wait(10)


def test_a_prefill_is_answered_when_all_of_it_was_done_and_a_reply_says_what_it_was_good_for(thinking: Parent) -> None:
    thinking.ask(Prefill(1, PROMPT))
    assert thinking.hear(1) == [Prefilled(1)]
    thinking.ask(Generate(1, PROMPT))
    assert thinking.hear(3)[-1] == PieceEnd(1, prompt_tokens=50, cached_tokens=THOUGHTS)


def test_a_prefill_is_left_for_a_reply_after_one_more_thought(thinking: Parent, thinker: Thinker) -> None:
    thinker.incident = lambda: thinking.ask(Generate(1, PROMPT))
    thinking.ask(Prefill(1, PROMPT))
    assert thinking.hear(3) == [Piece(1, "Once "), Piece(1, "upon a time."), PieceEnd(1)]
    assert thinker.thoughts == 1


def test_of_prefills_that_wait_only_the_last_is_done(thinking: Parent, thinker: Thinker) -> None:
    thinker.incident = lambda: thinking.ask(*(Prefill(epoch, PROMPT) for epoch in (1, 2, 3)))
    thinking.ask(Prefill(1, PROMPT))
    assert thinking.hear(1) == [Prefilled(3)]
    assert thinker.thoughts == 1 + THOUGHTS


@pytest.mark.parametrize("error", [RuntimeError("no thought"), EngineError("No thought.")])
def test_a_prefill_that_fails_is_no_news(thinking: Parent, thinker: Thinker, error: Exception) -> None:
    failing = threading.Event()
    thinker.incident = lambda: (failing.set(), fail(error)())[-1]
    thinking.ask(Prefill(1, PROMPT))
    assert failing.wait(10)
    thinking.ask(Generate(2, PROMPT))
    assert thinking.hear(3) == [Piece(2, "Once "), Piece(2, "upon a time."), PieceEnd(2)]


def test_an_engine_that_cannot_be_prepared_ignores_it(parent: Parent) -> None:
    parent.ask(Prefill(1, PROMPT))
    parent.ask(Generate(1, PROMPT))
    assert parent.hear(3)[-1] == PieceEnd(1, prompt_tokens=0, cached_tokens=0)


class Clerk(Thinker):
    """One that fills in forms."""

    def extract(self, prompt: Prompt, schema: str) -> Iterator[bytes]:
        assert (prompt, schema) == (PROMPT, "{}")
        try:
            yield b"{"
            incident, self.incident = self.incident, lambda: None
            incident()
            yield b""
            yield b"}"
        finally:
            self.closed += 1


FORM = Extract(7, PROMPT, "{}")


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


@pytest.fixture
def filling(clerk: Clerk) -> Iterator[Parent]:
    with parent_of(clerk) as parent:
        yield parent


def test_a_form_is_filled_in(filling: Parent) -> None:
    filling.ask(FORM)
    assert filling.hear(1) == [Extracted(7, b"{}")]


@pytest.mark.parametrize("urgent", [Generate(1, PROMPT), Prefill(1, PROMPT)])
def test_a_form_is_left_at_once_for_anything_else(clerk: Clerk, filling: Parent, urgent: AnyRequest) -> None:
    clerk.incident = lambda: filling.ask(urgent)
    filling.ask(FORM)
    (answer, *_) = filling.hear(1)
    assert not isinstance(answer, Extracted)
    assert clerk.closed >= 1


def test_a_form_is_left_when_the_person_speaks_and_the_next_one_is_done(clerk: Clerk, filling: Parent) -> None:
    clerk.incident = lambda: filling.ask(Leave(), Extract(8, PROMPT, "{}"))
    filling.ask(FORM)
    assert filling.hear(1) == [Extracted(8, b"{}")]
    assert clerk.closed == 2


def test_hushing_a_reply_does_not_take_the_form_along(clerk: Clerk, filling: Parent) -> None:
    clerk.incident = lambda: filling.ask(Cancel(99))
    filling.ask(FORM)
    assert filling.hear(1) == [Extracted(7, b"{}")]


def test_a_form_that_fails_comes_back_empty(clerk: Clerk, filling: Parent) -> None:
    def refuse() -> None:
        raise EngineError("Too long.")

    clerk.incident = refuse
    filling.ask(FORM)
    assert filling.hear(1) == [Extracted(7, b"")]


def test_an_engine_that_fills_in_no_forms_ignores_them(thinking: Parent) -> None:
    thinking.ask(FORM, Generate(1, PROMPT))
    assert thinking.hear(3)[-1] == PieceEnd(1)
