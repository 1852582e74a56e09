"""Which clause is answered, and how. Knows neither language: everything said stands in the book."""

import re
import unicodedata
from collections.abc import Iterator

from msgspec.structs import replace

from companion_voice.engines.llm.rules import manner as manners
from companion_voice.engines.llm.rules import phrases
from companion_voice.engines.llm.rules.book import Book, lines, open_book
from companion_voice.engines.llm.rules.skills import SKILLS, Slots
from companion_voice.engines.llm.rules.talk import COMMAND, Heard, Talk
from companion_voice.engines.llm.rules.understanding import LONGEST_CLAUSE, Clause, Ear
from companion_voice.events import Manner, Message, Prompt
from companion_voice.persona.evolution.signals import Said, signals

_SERIOUS = frozenset({"feel_low", "so_so", "loss", "ill", "lost"})
"""Moves that no joke stands beside."""
_ASKS_OF_IT = frozenset({"opinion", "outside", "ask_about"})
"""Moves by which the person may ask for what a persona thinks or knows."""
_WEIGHED = frozenset({"should", "opinion"})
"""Questions that a persona may dwell on, as on what is told."""
_AS_IT_IS = frozenset({"own_opinion", "own_knowledge", "make_of", "blank", "foreign", "no_model"})
"""Moves that nothing is added to: the persona's own words, and what must be understood."""


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
    elif _asks_for_manner(talk, clause):
        yield "manner_asked"
    else:
        yield from _own(clause)
        if clause.move:
            yield clause.move
    if clause.is_question:
        yield "no_model" if talk.is_notice_due else "beyond"
    elif len(clause.text.split()) > LONGEST_CLAUSE:
        yield "much"
    elif (role := talk.book.roles.get(talk.prompt.manner.role)) and _is_every_other(talk):
        yield role
    yield from ("reflect", "wonder_at", "encourage")


def _asks_for_manner(talk: Talk, clause: Clause) -> bool:
    """Tell whether the person wants to be spoken to in another manner; whether that is kept is not decided here."""
    said = Said("", talk.prompt.now, clause.text, talk.book.language)
    return any(one.reason.startswith("asked_") and one.clear for one in signals(said, name=talk.prompt.name))


def _own(clause: Clause) -> Iterator[str]:
    """Yield the moves by which a persona says what it thinks or knows of what was said, where that may be."""
    if clause.move in _ASKS_OF_IT or (clause.is_question and not clause.move):
        yield from ("own_opinion", "own_knowledge")


def _is_every_other(talk: Talk) -> bool:
    return len(talk.prompt.messages) // 2 % 2 == 0


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
    said = [one for one in filled if one]
    if move.rank == "grave" or talk.prompt.manner == Manner():
        return phrases.chosen(said, talk.last_said, fill.seed)
    return _in_manner(talk, name, said, fill.seed)


def _in_manner(talk: Talk, name: str, said: list[str], seed: str) -> str | None:
    """Return the alternative of `said` that is chosen, as the persona says it."""
    manner, move = talk.prompt.manner, talk.book.moves[name]
    shaped = [left for one in said if (left := manners.shaped(one, manner))]
    if not shaped and said and not move.does:
        silent = lines(talk.book.manners["silent"])
        shaped = [phrases.formed(line, familiar=talk.is_familiar) for line in silent]
    answer = phrases.chosen(shaped or said, talk.last_said, seed)
    if answer is None:
        return None
    if (move.rank == "talk" or name in _WEIGHED) and not move.does and name not in _AS_IT_IS:
        answer = manners.coloured(answer, talk, seed, light=name not in _SERIOUS)
    return answer if name in _AS_IT_IS else manners.relaxed(answer, talk.book, manner)


def _of_companion(prompt: Prompt) -> Slots:
    """Return the slots that hold what the companion is, thinks and knows; nothing where it thinks or knows nothing."""
    slots = {"companion": prompt.name, "command": COMMAND}
    said = zip(("opinion", "knowledge"), (prompt.manner.opinions, prompt.manner.knows), strict=True)
    return slots | {slot: known[0] for slot, known in said if known}


class _Filling:
    """What the slots of an alternative hold: what was found, what was heard, the stock, and what is always there."""

    def __init__(self, talk: Talk, heard: Heard, found: Slots) -> None:
        self._talk, self._clause, self._found = talk, heard.clause, found
        self.seed = f"{len(talk.prompt.messages)} {heard.clause.text}"
        if talk.prompt.manner != Manner():
            self.seed += f" {talk.prompt.name}"

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
                return _of_companion(self._talk.prompt).get(slot)

    def _formed(self, text: str) -> str:
        return phrases.formed(text, familiar=self._talk.is_familiar)
