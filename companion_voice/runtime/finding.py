"""What a person may mean in one conversation: "that", the facts about somebody, the turn that answers best.

Knows no requests but to tell them from what was told. Looks; changes nothing.
"""

from collections.abc import Iterable
from typing import Final

from companion_voice.conversation import requests
from companion_voice.errors import MemoryUnknownError
from companion_voice.memory import topics
from companion_voice.memory.forget import Choice
from companion_voice.memory.records import Fact, Turn
from companion_voice.memory.store import Memory
from companion_voice.memory.transcript import Session

NEAR: Final = 40
"""Turns of this conversation among which "that" is looked for."""


class Finding:
    """Looks in the memory of one person, in one conversation with the companion called `name`."""

    def __init__(self, memory: Memory, session: Session, name: str) -> None:
        self._memory = memory
        self._session = session
        self._name = name

    def that(self) -> Turn | None:
        """Return the person's last turn of this conversation that asked nothing of memory."""
        return next((turn for turn in reversed(self.turns()) if self._tells(turn)), None)

    def _tells(self, turn: Turn) -> bool:
        return turn.who == "user" and requests.understand(turn.text, turn.language or "en", self._name) is None

    def before_request(self, request: requests.Forget, language: str) -> tuple[Turn, ...]:
        """Return the turns of this conversation before the one that asks for it, which may be written yet or not."""
        turns = self.turns()
        last = max((place for place, turn in enumerate(turns) if turn.who == "user"), default=None)
        if last is None or requests.understand(turns[last].text, language, self._name) != request:
            return turns
        return turns[:last]

    def turns(self) -> tuple[Turn, ...]:
        """Return the latest turns of this conversation."""
        return self._memory.turns(person=self._session.person, session=self._session.id, last=NEAR)

    def is_there(self, choice: Choice) -> bool:
        """Tell whether what was chosen is in memory still; its removal and the wiping of its bytes fail apart."""
        try:
            return bool([self._memory.turn(turn.key) for turn in choice.turns])
        except MemoryUnknownError:
            return False

    def facts(self, *, past: bool = False) -> tuple[Fact, ...]:
        """Return what is known of the person; with `past`, what held before too."""
        return self._memory.facts(person=self._session.person, past=past)

    def sources(self, facts: Iterable[Fact]) -> dict[int, Turn]:
        """Return the turns that facts rest on, by number."""
        return {fact.turn: self._memory.why(fact.key)[1] for fact in facts}

    def remembered(self, words: str, language: str) -> Turn | None:
        """Return the person's turn that answers best of those that have all of `words` in them."""
        found = self._memory.recall(words, person=self._session.person, language=language)
        turns = (self._memory.turn(item.turns[0]) for item in found.items if topics.concerns(item.text, words))
        return next((turn for turn in turns if self._tells(turn)), None)
