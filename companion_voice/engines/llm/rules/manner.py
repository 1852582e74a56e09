"""An answer said in a persona's manner: longer or shorter, with or without a question, hedged, dry, warm, casual.

Takes and returns sentences; what may be added stands in the book (`manners`). A manner in the middle changes nothing.
Knows no move and no persona, only how far each slider stands.
"""

import re
from collections.abc import Sequence

from companion_voice.engines.llm.rules import phrases
from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import Book, lines, pairs
from companion_voice.engines.llm.rules.talk import Talk
from companion_voice.events import Manner

LOW, HIGH = 0.35, 0.65
"""Where a slider begins to show."""
EXTREME = 0.85
"""Where it shows every time rather than every other time."""


def shaped(answer: str, manner: Manner) -> str:
    """Return `answer` without what the manner leaves out; empty where nothing would be left of it."""
    said = list(texts.sentences(answer))
    if manner.curiosity < LOW:
        said = [sentence for sentence in said if not _asks(sentence)]
    if manner.verbosity < LOW and len(said) > 1:
        # Of two, the question is what keeps a curious persona's turn alive; a quiet one says the first.
        said = said[-1:] if manner.curiosity > HIGH and _asks(said[-1]) else said[:1]
    return " ".join(said)


def coloured(answer: str, talk: Talk, seed: str, *, light: bool) -> str:
    """Return `answer` with what the manner adds, before a question that ends it; `light` allows for a joke."""
    manner, said = talk.prompt.manner, list(texts.sentences(answer))
    place = len(said) - 1 if said and _asks(said[-1]) else len(said)
    turn = len(talk.prompt.messages) // 2
    for kind in _additions(manner, turn, light=light):
        added = phrases.chosen(lines(talk.book.manners[kind]), talk.last_said, seed)
        if added:
            said.insert(0 if kind == "warm" else place, phrases.formed(added, familiar=talk.is_familiar))
            place += 1
    if manner.curiosity > HIGH and place == len(said) and _is_due(manner.curiosity, turn):
        asked = phrases.chosen(lines(talk.book.manners["curious"]), talk.last_said, seed)
        said += [phrases.formed(asked, familiar=talk.is_familiar)] if asked else []
    return " ".join(said)


def relaxed(answer: str, book: Book, manner: Manner) -> str:
    """Return `answer` as a casual or a formal persona would write it."""
    if manner.formality >= LOW:
        return answer
    for pattern, replacement in pairs(book.casual):
        answer = re.sub(pattern, replacement, answer)
    return answer


def _additions(manner: Manner, turn: int, *, light: bool) -> Sequence[str]:
    """Return the kinds of sentence to add, in the order in which they are said."""
    kinds = (
        ("warm", manner.warmth > HIGH and turn % 2 == 0),
        ("ample", manner.verbosity > HIGH and _is_due(manner.verbosity, turn)),
        ("dry", light and manner.humour > HIGH and turn % 3 == 1),
        ("doubting", manner.doubt > HIGH and _is_due(manner.doubt, turn)),
    )
    return [kind for kind, is_due in kinds if is_due]


def _is_due(value: float, turn: int) -> bool:
    return value > EXTREME or turn % 2 == 1


def _asks(sentence: str) -> bool:
    return sentence.rstrip(" »”\"'").endswith("?")
