"""`mes_example`, in which a card shows how its character talks, to exchanges and back. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from companion_voice.persona.cards import sieve, wording
from companion_voice.persona.cards.report import Note, left_out
from companion_voice.persona.cards.sieve import Dropped, Sifted
from companion_voice.persona.cards.wording import Names
from companion_voice.persona.schema import Exchange

MOST = 6
LONGEST = 400
_START = re.compile(r"<START>", re.IGNORECASE)
_SPEAKER = re.compile(
    r"[ \t]*(?:(?P<user>\{\{user\}\}|<user>)|(?P<char>\{\{char\}\}|<bot>|<char>))[ \t]*:", re.IGNORECASE
)


class Shown(NamedTuple):
    """The examples that were taken, and what was not."""

    exchanges: tuple[Exchange, ...]
    notes: tuple[Note, ...]


def taken(text: str, names: Names, field: str = "mes_example") -> Shown:
    """Return the exchanges in `text`: what the person says, and the answer of the character after it.

    An answer of which a sentence may not be taken is no example at all: what is left of it would dodge the question.
    """
    exchanges: list[Exchange] = []
    dropped: list[Dropped] = []
    pairs = list(_pairs(text[: wording.LONGEST], names.char))
    for person, companion in pairs[: MOST + 2]:
        asked = _asked(person, names)
        answer = _answer(companion, names)
        dropped += answer.dropped
        if asked and answer.kept and not answer.dropped:
            lines = (sieve.fitted(one, LONGEST).text for one in (asked, answer.kept))
            exchanges.append(Exchange(*lines))
    notes = left_out(field, dropped)
    found = tuple(exchanges[:MOST])
    if over := len(pairs) - len(found):
        notes = (*notes, Note(field, "kept", f"not used: {over} of {len(pairs)}"))
    if text.strip() and not pairs:
        notes = (*notes, Note(field, "kept", "has no line of the person followed by one of the character"))
    return Shown(found, notes)


def shown(exchanges: tuple[Exchange, ...]) -> str:
    """Return `exchanges` as a card writes them."""
    return "\n".join(f"<START>\n{{{{user}}}}: {one.person}\n{{{{char}}}}: {one.companion}" for one in exchanges)


def _pairs(text: str, char: str) -> Iterator[tuple[str, str]]:
    """Yield what the person says and what the character answers, as they stand in the card."""
    for block in _START.split(text):
        person = ""
        for speaker, words in _turns(block, char):
            if speaker == "char" and person:
                yield person, words
            person = words if speaker == "user" else ""


def _turns(block: str, char: str) -> Iterator[tuple[str, str]]:
    """Yield who speaks in a block of examples, and what, over as many lines as it takes."""
    speaker, said = "", ""
    for line in block.splitlines():
        marked = _SPEAKER.match(line)
        named = line.lstrip().startswith(f"{char}:")
        if marked or named:
            if speaker:
                yield speaker, said.strip()
            speaker = "user" if marked and marked["user"] else "char"
            said = line[marked.end() :] if marked else line.partition(":")[2]
        else:
            said = f"{said}\n{line}"
    if speaker:
        yield speaker, said.strip()


def _asked(text: str, names: Names) -> tuple[str, ...]:
    """Return what the person says; it may be anything but an order."""
    spoken = wording.said(text, names).text[:LONGEST]
    return tuple(one for one in sieve.sentences(spoken) if not sieve.ordered(one, names.char))


def _answer(text: str, names: Names) -> Sifted:
    spoken = wording.said(text, names).text
    return sieve.sift(spoken, name=names.char, tongue=names.tongue, about=False, longest=LONGEST)
