"""Which clause is answered, and how. Knows neither language: everything said stands in the book."""

import re
import unicodedata
from collections.abc import Iterator

from msgspec.structs import replace

from companion_voice.engines.llm.rules import phrases
from companion_voice.engines.llm.rules.book import Book, lines, open_book
from companion_voice.engines.llm.rules.skills import SKILLS, Slots
from companion_voice.engines.llm.rules.talk import COMMAND, Heard, Talk
from companion_voice.engines.llm.rules.understanding import LONGEST_CLAUSE, Clause, Ear
from companion_voice.events import Message, Prompt


class Partner:
    """A language model without a model."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._ears: dict[str, Ear] = {}
        for language in languages:
            self._ear(open_book(language))

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply sentence by sentence; the same prompt always gets the same reply."""
        book = open_book(prompt.language)
        talk = Talk(book, self._ear(book), _with_memory(prompt))
        yield from re.split(r"(?<=[.!?…])(?=\s)", respond(talk, talk.asked))

    def _ear(self, book: Book) -> Ear:
        if book.language not in self._ears:
            self._ears[book.language] = Ear(book)
        return self._ears[book.language]


def _with_memory(prompt: Prompt) -> Prompt:
    """Return the prompt as if what is remembered of the person had just been said."""
    told = sorted((one for one in prompt.recalled if one.who == "person"), key=lambda one: one.time)
    return replace(prompt, messages=(*(Message("person", one.text) for one in told), *prompt.messages))


def respond(talk: Talk, heard: Heard) -> str:
    """Return the answer to one clause."""
    said = (_best(talk, heard, name) for name in _moves(talk, heard.clause))
    return next(answer for answer in said if answer)


def _moves(talk: Talk, clause: Clause) -> Iterator[str]:
    """Yield the moves that may answer `clause`, the best first; the last one always can."""
    if not clause.text:
        yield "blank"
    elif not _is_readable(clause.text):
        yield "foreign"
    elif talk.story_begun is not None and _goes_on(talk, clause):
        yield "story_turn"
    elif clause.move:
        yield clause.move
    if clause.is_question:
        yield "no_model" if talk.is_notice_due else "beyond"
    elif len(clause.text.split()) > LONGEST_CLAUSE:
        yield "much"
    yield from ("reflect", "wonder_at", "encourage")


def _is_readable(text: str) -> bool:
    return any(unicodedata.name(character, "").startswith(("LATIN", "DIGIT")) for character in text)


def _goes_on(talk: Talk, clause: Clause) -> bool:
    """Say whether `clause` belongs to the story, and is neither a request nor about the person."""
    move = talk.book.moves.get(clause.move)
    if move is None or move.rank == "filler":
        return not clause.is_question
    return move.rank == "talk" and talk.is_echo(clause)


def _best(talk: Talk, heard: Heard, name: str) -> str | None:
    """Return the alternative of the move `name` that has been said least recently, filled."""
    move = talk.book.moves[name]
    found: Slots | None = {}
    if move.does:
        found = SKILLS[move.does](talk, move, heard, respond)
    fill = _Filling(talk, heard, found or {})
    alternatives = lines(move.says if found is not None else move.otherwise)
    filled = [phrases.filled(one, fill, talk.book.joins, familiar=talk.is_familiar) for one in alternatives]
    return phrases.chosen(filter(None, filled), talk.last_said, fill.seed)


class _Filling:
    """What the slots of an alternative hold: what was found, what was heard, the stock, and what is always there."""

    def __init__(self, talk: Talk, heard: Heard, found: Slots) -> None:
        self._talk, self._clause, self._found = talk, heard.clause, found
        self.seed = f"{len(talk.prompt.messages)} {heard.clause.text}"

    def __call__(self, slot: str) -> str | None:
        if slot in self._found:
            return self._found[slot]
        if slot in self._clause.slots:
            return self._talk.mirror.turned(self._clause.slots[slot])
        if slot in self._talk.book.stock:
            return phrases.chosen(
                map(self._formed, lines(self._talk.book.stock[slot])), self._talk.last_said, self.seed
            )
        if slot.startswith("offer_"):
            return self._formed(self._talk.book.offers[slot.removeprefix("offer_")])
        return self._always(slot)

    def _always(self, slot: str) -> str | None:
        match slot:
            case "said":
                # Words that come back as they were sound like a parrot, unless a move makes something of them.
                is_parrot = not self._clause.move and self._talk.is_echo(self._clause)
                return None if is_parrot else self._talk.mirror.turned(self._clause.text)
            case "topic":
                return self._talk.mirror.topic(self._clause.text)
            case "word":
                return self._talk.mirror.word(self._clause.text)
            case "person":
                return self._talk.person
            case _:
                return {"companion": self._talk.prompt.name, "command": COMMAND}.get(slot)

    def _formed(self, text: str) -> str:
        return phrases.formed(text, familiar=self._talk.is_familiar)
