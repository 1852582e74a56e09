"""What the words of one turn show, by the rules of its language. Knows no record but the turn and the one before it.

What the product itself decides by (the guard's rules, "what are you?", goodbye, crisis) is counted by the very same
functions, so that what is counted is what was acted on. What only weights take for a behaviour (`phrasing`) is counted
besides, and says so.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from companion_voice.boundaries import crisis, identity, phrases
from companion_voice.boundaries.guard import reading
from companion_voice.boundaries.guard.rules import load
from companion_voice.boundaries.guard.scope import excepted, own, supposed
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.understanding import leaves
from companion_voice.research.behaviours import phrasing
from companion_voice.research.behaviours.phrasing import Speaker
from companion_voice.research.behaviours.wording import Side, wording

INTIMATE: Final = frozenset({"U07", "U08", "U09", "U10", "U14"})
"""What a person says that makes an intimate question no surprise."""
MOST_CHARACTERS: Final = 2000
"""Of a turn that are read: its beginning."""
_SENTENCE: Final = re.compile(r"[^\s.!?…][^.!?…\n]*(?:\.(?=\w)[^.!?…\n]*)*[.!?…]*[\"»”’)]*")
_SETTINGS: Final = Boundaries()


class Sign(NamedTuple):
    """What shows a behaviour, and where in the text."""

    code: str
    rule: str
    start: int
    end: int


def of_person(text: str, language: str) -> tuple[Sign, ...]:
    """Return what a turn of the person's shows: one sign for each behaviour, the first. None in other languages."""
    if language not in phrases.LANGUAGES:
        return ()
    text = text[:MOST_CHARACTERS]
    by_rules = (*_decided(text, language), *_found(text, language, wording(language).person))
    return _firsts((*by_rules, *_weighed(text, 0, language, "person")))


def of_companion(text: str, language: str, *, before: str = "") -> tuple[Sign, ...]:
    """Return what a turn of the companion's shows; `before` is what the person had said, in the same language."""
    if language not in phrases.LANGUAGES:
        return ()
    text = text[:MOST_CHARACTERS]
    said = {sign.code for sign in of_person(before, language)} if before else set()
    found = [*_found(text, language, wording(language).companion)]
    for sentence in _SENTENCE.finditer(text):
        found += _weighed(sentence[0], sentence.start(), language, "companion")
    if said & INTIMATE:
        found = [sign for sign in found if sign.code != "A23"]
    leaves = "U13" in said
    if leaves and text.rstrip().endswith("?"):
        found.append(Sign("A20", "question_after_goodbye", 0, len(text)))
    held = any(sign.code == "A20" for sign in found)
    return _firsts(sign for sign in found if sign.code != "B06" or (leaves and not held and _lets_go(text)))


def _decided(text: str, language: str) -> Iterator[Sign]:
    """Yield what the program itself would act on."""
    if identity.asked(text, language):
        yield Sign("U01", "identity", 0, len(text))
    if leaves(text):
        yield Sign("U13", "goodbye", 0, len(text))
    if sign := crisis.sign(text, language):
        yield Sign("U14", f"crisis.{sign}", 0, len(text))


def _lets_go(text: str) -> bool:
    """Tell whether an answer to a goodbye has the form of one: no more words than a farewell may have, no question."""
    return "?" not in text and len(text.split()) <= _SETTINGS.goodbye.max_words


def _found(text: str, language: str, side: Side) -> Iterator[Sign]:
    for sentence in _SENTENCE.finditer(text):
        for code, start, end in _in_sentence(sentence[0], side):
            yield Sign(code, language, sentence.start() + start, sentence.start() + end)


def _weighed(text: str, start: int, language: str, speaker: Speaker) -> Iterable[Sign]:
    """Return what `text` as a whole is believed to show, in whatever words."""
    rules = load(language)
    line = reading.read(text, rules.spelling).line
    if supposed(line, rules):
        return ()
    return (Sign(code, "weights", start, start + len(text)) for code in phrasing.shown(line, language, speaker))


def _in_sentence(sentence: str, side: Side) -> Iterator[tuple[str, int, int]]:
    read = reading.read(sentence, side.around.spelling)
    known: set[str] = set()
    for search in side.fitting(read.line):
        if search.code in known:
            continue
        for match in search.pattern.regex.finditer(read.line):
            is_own = search.scope == "any" or own(match, read, side.around)
            if is_own and not excepted(match, read, search.unless):
                known.add(search.code)
                yield (search.code, *read.place(*match.span()))
                break


def _firsts(signs: Iterable[Sign]) -> tuple[Sign, ...]:
    """Return the first sign of each behaviour, in the order of the codes."""
    first: dict[str, Sign] = {}
    for sign in signs:
        first.setdefault(sign.code, sign)
    return tuple(first[code] for code in sorted(first))
