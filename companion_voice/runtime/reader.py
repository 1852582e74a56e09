"""The reader: has the language model read and answer on paper, one thing at a time, while nothing else is to be done.

It reads what the person said, and now and then answers a question of ours off the record. It says when, and stops as
soon as anything happens; what is kept of an answer is memory's to judge. The conductor's thread tells it what happens,
the archive's thread asks.
"""

import json
import threading
from collections.abc import Sequence
from typing import Protocol

from companion_voice.conversation.state import State
from companion_voice.events import AnyCommand, AnyEvent, Message, Prompt
from companion_voice.memory import facts
from companion_voice.memory.records import Turn


class Extractor(Protocol):
    """Who has forms filled in."""

    def extract(self, number: int, prompt: Prompt, schema: str) -> None:
        """Have a form that fits a JSON `schema` filled in as the answer to a prompt; it may never come."""

    def leave(self) -> None:
        """Leave the form that is being filled in."""


ON_PAPER = {
    "type": "object",
    "properties": {"answer": {"type": "string", "maxLength": 200}},
    "required": ["answer"],
}
"""The form of an answer that nobody hears."""


class Reader:
    """Gives one turn or question after the other to a language model."""

    def __init__(self, extractor: Extractor) -> None:
        self._extractor = extractor
        self._lock = threading.Lock()
        self._resting = True
        self._number = 0
        self._turn = ""
        """The key of the one that is being read; empty while none is."""
        self._head = ""
        """What the persona is told of itself now."""

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:  # noqa: ARG002
        """Take note whether the conversation rests; leave the turn that is being read as soon as it does not."""
        with self._lock:
            self._resting = state.resting
            self._head = state.setup.head
            if self._turn and not self._resting:
                self._turn = ""
                self._extractor.leave()

    @property
    def is_free(self) -> bool:
        """Whether a turn may be given to read now."""
        with self._lock:
            return self._resting and not self._turn

    def read(self, turn: Turn) -> None:
        """Have a turn of the person's read, unless something happens just now."""
        with self._lock:
            if not self._resting or self._turn:
                return
            self._number += 1
            self._turn = turn.key
            self._extractor.extract(self._number, _question(turn), json.dumps(facts.schema_for_model()))

    def ask(self, key: str, question: str, *, language: str) -> None:
        """Have the persona answer a question that nobody hears, unless something happens just now."""
        with self._lock:
            if not self._resting or self._turn:
                return
            self._number += 1
            self._turn = key
            asked = Prompt(self._head, (Message("person", question),), name="", language=language, now="")
            self._extractor.extract(self._number, asked, json.dumps(ON_PAPER))

    def finished(self, number: int) -> str:
        """Return the key of the turn or question whose form came back; empty when it had been left."""
        with self._lock:
            if number != self._number:
                return ""
            turn, self._turn = self._turn, ""
            return turn


def _question(turn: Turn) -> Prompt:
    said = Message("person", turn.text)
    return Prompt(facts.instruction(turn.language), (said,), name="", language=turn.language, now=turn.time)
