"""What a conversation holds so far, found by reading it again: nothing is remembered from one reply to the next.

Only the person's turns give facts; the companion's own turns tell what has been said already.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from companion_voice.engines.llm.rules import phrases
from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import Book, Move, lines, words
from companion_voice.engines.llm.rules.mirror import Mirror, mirror_for
from companion_voice.engines.llm.rules.understanding import Clause, Ear
from companion_voice.events import Prompt

COMMAND = "companion models pull"
NAMING = frozenset({"tell_name", "tell_name_when_asked"})
"""The moves by which the person tells their name."""
NOTICE_REST = 16
"""Messages that pass before the person is told again that no language model is installed."""

_RANKS = ("filler", "statement", "talk", "question", "ask", "grave")


@dataclass(frozen=True)
class Heard:
    """A clause of the person's, and which message it was in."""

    index: int
    clause: Clause


@dataclass(frozen=True)
class Fact:
    """Something the person told."""

    key: frozenset[str]
    value: str
    clause: Clause


class Talk:
    """A conversation as the partner sees it at the moment of answering."""

    def __init__(self, book: Book, ear: Ear, prompt: Prompt) -> None:
        self.book = book
        self.prompt = prompt
        self._ear = ear

    @cached_property
    def asked(self) -> Heard:
        """The clause to answer: of the person's last turn, the one that asks most; of equals, the last."""
        last = len(self.prompt.messages) - 1
        if last < 0 or self.prompt.messages[last].who != "person":
            return Heard(last, Clause(""))
        return self.loudest(last)

    def loudest(self, index: int) -> Heard:
        """Return the clause of message `index` that asks most."""
        return Heard(index, max(reversed(self._understood(index)), key=self._rank))

    def earlier(self) -> Iterator[Heard]:
        """Yield what the person said in earlier turns, the newest first, each turn by its loudest clause."""
        for index in range(self.asked.index - 1, -1, -1):
            if self.prompt.messages[index].who == "person":
                yield self.loudest(index)

    @cached_property
    def clauses(self) -> list[Clause]:
        """All the person said before the clause to answer, oldest first."""
        turns = [index for index, message in enumerate(self.prompt.messages) if message.who == "person"]
        return [clause for turn in turns for clause in self._understood(turn) if clause is not self.asked.clause]

    @cached_property
    def facts(self) -> list[Fact]:
        """What the person told, oldest first."""
        return [fact for clause in self.clauses if (fact := self._fact(clause))]

    def known(self, asked_for: str, clause: Clause) -> Iterator[Fact]:
        """Yield the facts that one line of a move's `recalls` asks for, the newest first."""
        key = self._key(asked_for, clause)
        exact = [fact for fact in reversed(self.facts) if fact.key == key]
        yield from exact
        # "What colour do I like?" may mean the favourite colour; "my name" never means my sister's.
        if key and not exact and "{" in asked_for:
            yield from (fact for fact in reversed(self.facts) if fact.key > key)

    @property
    def person(self) -> str | None:
        """What the persona calls the person, or their name, if they told it."""
        if self.prompt.manner.calls_you:
            return self.prompt.manner.calls_you
        names = (fact.value for fact in reversed(self.facts) if fact.clause.move in NAMING)
        return next(names, None)

    @cached_property
    def last_said(self) -> dict[str, int]:
        """The message each sentence of the companion's was last said in."""
        return {
            phrases.key(sentence): index
            for index, message in enumerate(self.prompt.messages)
            if message.who == "companion"
            for sentence in texts.sentences(message.text)
        }

    @cached_property
    def is_familiar(self) -> bool:
        """Whether to say tu: as the persona does, or as the person does."""
        if self.prompt.manner.address:
            return self.prompt.manner.address == "tu"
        signs = "|".join(map(re.escape, words(self.book.familiar)))
        pattern = re.compile(rf"\b(?:{signs})(?:(?<=')|\b)") if signs else None
        turns = (message.text for message in self.prompt.messages if message.who == "person")
        return pattern is not None and any(pattern.search(texts.plain(turn).lower()) for turn in turns)

    @cached_property
    def mirror(self) -> Mirror:
        """The mirror in the form the person uses."""
        return mirror_for(self.book.language, familiar=self.is_familiar)

    @cached_property
    def story_begun(self) -> int | None:
        """The message in which a story was opened that has not been ended, if there is one."""
        for index in range(self.asked.index - 1, -1, -1):
            message = self.prompt.messages[index]
            if message.who == "person" and self._move(self.loudest(index).clause).does == "end_story":
                return None
            if message.who == "companion" and any(o in message.text for o in lines(self.book.stock["opening"])):
                return index
        return None

    @property
    def is_notice_due(self) -> bool:
        """Whether it is time to say that no language model is installed."""
        return not any(COMMAND in message.text for message in self.prompt.messages[-NOTICE_REST:])

    def given_back(self, clause: Clause) -> str:
        """Return `clause` turned to the second person, or in quotation marks where that would limp."""
        return self.mirror.turned(clause.text) or self.book.quoted.format(clause.text)

    def is_echo(self, clause: Clause) -> bool:
        """Say whether `clause` turned round is what it was: it speaks of neither speaker."""
        return texts.fold(self.mirror.turned(clause.text) or "") == texts.fold(clause.text)

    def _understood(self, index: int) -> tuple[Clause, ...]:
        """Return the clauses of message `index`, knowing what the turn before it asked."""
        before = self.prompt.messages[index - 1] if index else None
        asked = before.text if before and before.who == "companion" else ""
        expected = next((kind for kind, question in self.book.asking.items() if re.search(question, asked)), "")
        return self._ear.understand(self.prompt.messages[index].text, expected)

    def _rank(self, clause: Clause) -> int:
        if not clause.move:
            return _RANKS.index("question" if clause.is_question else "statement")
        return _RANKS.index(self._move(clause).rank)

    def _move(self, clause: Clause) -> Move:
        return self.book.moves.get(clause.move, Move(says=""))

    def _fact(self, clause: Clause) -> Fact | None:
        move = self._move(clause)
        if not move.keeps:
            return None
        return Fact(self._key(move.keeps, clause), clause.slots.get("value", clause.text), clause)

    def _key(self, template: str, clause: Clause) -> frozenset[str]:
        """Return the stems of the words a fact is found by, however they are ordered."""
        fixed = [word for word in template.split() if "{" not in word]
        thing = texts.words(clause.slots.get("thing", "")) if "{thing}" in template else []
        telling = [word for word in thing if not self.mirror.is_small(word)]
        return frozenset(map(texts.stem, [*fixed, *(telling or thing)]))
