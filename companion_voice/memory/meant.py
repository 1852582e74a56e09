"""Which facts a person's words mean: "my sister", "my address", "Mary's job", "that I live in Lyon". Pure.

Knows no store: it is given the facts that may be meant.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from companion_voice.memory.facts import is_relation, slot_of, subject_of
from companion_voice.memory.facts.folded import folded, mentions
from companion_voice.memory.records import Fact

LONGEST: Final = 3
"""Words that what somebody or something is called may have ("date of birth")."""
_WORD: Final = re.compile(r"[\w-]+")


def meant(facts: Iterable[Fact], words: str, language: str) -> tuple[Fact, ...]:
    """Return the facts that `words` mean, of the same fact the last; without words all, the person's own first.

    Who somebody is counts before what is asked of them, that before a value that is named, and that before a mention.
    """
    known = tuple({(fact.subject, fact.slot, folded(fact.value)): fact for fact in facts}.values())
    if not words:
        return tuple(sorted(known, key=lambda fact: fact.subject != "me"))
    finders = (_of_subject, _of_slot, _claimed, _mentioning)
    return next((found for finder in finders if (found := finder(known, words, language))), ())


def corrections(facts: Sequence[Fact]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Return, by turn, each value the person said is wrong and what they said is right, of `facts` past and present."""
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for right in facts:
        if right.origin == "person":
            wrong = tuple((other.value, right.value) for other in facts if _was_put_right(other, right))
            found[right.turn] = found.get(right.turn, ()) + wrong
    return found


def replaced(text: str, wrong: str, right: str) -> str:
    """Return a text with a value put right wherever it stands as words of its own."""
    return re.sub(rf"\b{re.escape(wrong)}\b", lambda _: right, text)


def _was_put_right(wrong: Fact, right: Fact) -> bool:
    same = (wrong.turn, wrong.subject, wrong.slot) == (right.turn, right.subject, right.slot)
    return same and wrong.id != right.id and wrong.valid_until_us == right.valid_from_us


def _of_subject(facts: Sequence[Fact], words: str, language: str) -> tuple[Fact, ...]:
    subjects = _subjects(facts, (words,), language)
    return tuple(fact for fact in facts if folded(fact.subject) in subjects)


def _of_slot(facts: Sequence[Fact], words: str, language: str) -> tuple[Fact, ...]:
    spans = _spans(words)
    subjects = _subjects(facts, spans, language) or {"me"}
    slots = {slot_of(span, language) for span in spans}
    return tuple(fact for fact in facts if folded(fact.subject) in subjects and fact.slot in slots)


def _claimed(facts: Sequence[Fact], words: str, language: str) -> tuple[Fact, ...]:
    """Return the facts whose value stands in what is said of somebody."""
    subjects = _subjects(facts, _spans(words), language) or {"me"}
    return tuple(fact for fact in facts if folded(fact.subject) in subjects and mentions(words, fact.value))


def _mentioning(facts: Sequence[Fact], words: str, _language: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if mentions(f"{fact.value}\n{fact.quote}", words))


def _subjects(facts: Sequence[Fact], spans: Iterable[str], language: str) -> set[str]:
    """Return whom any of `spans` means: the person, a relation, or somebody by name, under all they are known by."""
    named = {(folded(fact.subject), folded(fact.value)) for fact in facts if fact.slot == "name"}
    known = {folded(fact.subject) for fact in facts} | {name for _, name in named}
    found = {folded(subject_of(span, language)).strip() for span in spans}
    found = {subject for subject in found if subject in known or is_relation(subject)}
    return found.union(*(pair for pair in named if found & set(pair)))


def _spans(words: str) -> tuple[str, ...]:
    """Return every run of at most `LONGEST` words."""
    each = _WORD.findall(folded(words))
    return tuple(" ".join(each[i : i + n]) for n in range(1, LONGEST + 1) for i in range(len(each) - n + 1))
