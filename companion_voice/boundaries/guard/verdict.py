"""What is done about a sentence: spoken as it is, with a part left out or reworded, or another in its place. Pure.

A sentence that breaks one rule which cannot be mended is replaced whole: half a claim is still a claim.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from companion_voice.boundaries.guard import reading
from companion_voice.boundaries.guard.reading import Reading
from companion_voice.boundaries.guard.rules import AVOIDED, Action, Rule, Rules, addressed, load
from companion_voice.boundaries.guard.scope import excepted, own
from companion_voice.boundaries.settings import Boundaries

IN_FICTION = frozenset({"A02", "A03", "A12", "A17", "A23", "A28"})
"""What a character may say in a story. That it is human or licensed, or needs you, is kept out even there."""
BODY_OR_PAST = frozenset({"A07", "A08", "A09", "A10", "A11"})
"""What it may say there besides where the person wants characters with a body and a past."""
_WORD = re.compile(r"\w")
_TIDY = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,.])"), r"\1"),
    (re.compile(r",(\s*,)+"), ","),
    (re.compile(r"^[\s,;:]+"), ""),
    (re.compile(r"[,;:]+(?=\s*[.!?])"), ""),
)


class Context(msgspec.Struct, frozen=True):
    """What a sentence cannot tell about itself."""

    name: str
    """The companion's."""
    person_name: str = ""
    story: bool = False
    """A story is being told, begun and ended aloud."""
    goodbye: bool = False
    """The person has said goodbye; what is judged is the answer."""


class RuleHit(msgspec.Struct, frozen=True):
    """A rule of the taxonomy that a sentence broke, and what was done."""

    id: str
    action: Action


class Verdict(msgspec.Struct, frozen=True):
    """What is spoken, never empty unless the sentence was, and the rules that made it so."""

    spoken: str
    rules: tuple[RuleHit, ...]


class _Find(NamedTuple):
    rule: Rule
    action: Action
    instead: str
    start: int
    end: int


def guard(sentence: str, *, language: str, settings: Boundaries, context: Context) -> Verdict:
    """Return what may be spoken in place of `sentence`, which is in `language`."""
    rules = load(language)
    read = reading.read(sentence, rules.spelling, name=context.name, person=context.person_name)
    allowed = _allowed(settings, context)
    found = _unmended(list(_found(read, rules)))
    broken = [find for find in found if find.rule.id not in allowed]
    broken += _avoided(read, rules, settings.terms_to_avoid)
    if context.goodbye and read.line.endswith("? "):
        broken.append(_Find(rules.retention, "replace", "", 0, len(sentence)))
    noted = [find for find in found if find.rule.id in allowed]
    hits = {find.rule.id: RuleHit(find.rule.id, "flag") for find in noted}
    hits |= {find.rule.id: RuleHit(find.rule.id, find.action) for find in reversed(broken)}
    return Verdict(_spoken(sentence, broken, rules, context), tuple(hits.values()))


def hits(sentence: str, language: str, who: Literal["companion", "user"]) -> tuple[str, ...]:
    """Return the ids of the rules that `sentence` breaks, whatever the settings; none when it is the user's own."""
    if who == "user":
        return ()
    rules = load(language)
    return tuple(dict.fromkeys(find.rule.id for find in _found(reading.read(sentence, rules.spelling), rules)))


def _found(read: Reading, rules: Rules) -> Iterator[_Find]:
    """Yield what the companion says of itself that a rule looks for."""
    for search in rules.fitting(read):
        for match in search.pattern.regex.finditer(read.line):
            if own(match, read, rules) and not excepted(match, read, rules.unless[search.rule.id]):
                yield _Find(search.rule, search.action, search.instead, *read.place(*match.span()))


def _unmended(found: list[_Find]) -> list[_Find]:
    """Return `found` without claims that a rewording of the same rule takes away."""
    reworded = [find for find in found if find.action == "rewrite"]
    return [
        find
        for find in found
        if find.action != "replace"
        or not any(by.rule is find.rule and by.start <= find.start and find.end <= by.end for by in reworded)
    ]


def _allowed(settings: Boundaries, context: Context) -> frozenset[str]:
    """Return the rules that the person has lifted, or that a story told aloud does not break."""
    relationship = settings.relationship
    lifted = {
        "A15": relationship.simulation == "on",
        "A17": relationship.affection_terms == "on",
        "A23": settings.proactive.emotional_questions == "on",
        "A26": relationship.romance == "on",
    }
    allowed = frozenset(rule for rule, on in lifted.items() if on)
    if not context.story:
        return allowed
    bodily = settings.presentation.claims_body_or_past == "fiction"
    return allowed | IN_FICTION | (BODY_OR_PAST if bodily else frozenset())


def _avoided(read: Reading, rules: Rules, terms: tuple[str, ...]) -> Iterator[_Find]:
    """Yield where the person is called what they asked not to be called."""
    for pattern in (addressed(rules, term) for term in terms):
        for match in pattern.regex.finditer(read.line):
            yield _Find(AVOIDED, "drop", "", *read.place(*match.span()))


def _spoken(sentence: str, broken: list[_Find], rules: Rules, context: Context) -> str:
    if not broken:
        return sentence
    replaced = next((find.rule.honest for find in broken if find.action == "replace"), "")
    changed = "" if replaced else _changed(sentence, broken)
    return changed or rules.honest["goodbye" if context.goodbye else replaced or "nothing"]


def _changed(sentence: str, broken: list[_Find]) -> str:
    """Return `sentence` without what is dropped and with what is reworded; nothing when no word is left."""
    left, later = sentence, len(sentence)
    for find in sorted(broken, key=lambda find: (find.start, -find.end), reverse=True):
        if find.end <= later:
            left, later = left[: find.start] + find.instead + left[find.end :], find.start
    for pattern, instead in _TIDY:
        left = pattern.sub(instead, left)
    left = left.strip()
    return left[0].upper() + left[1:] if _WORD.search(left) else ""
