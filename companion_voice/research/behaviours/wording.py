"""The patterns of a language, from its YAML file: compiled, and indexed by the words they need. Decides nothing.

The notation is that of the output guard (`boundaries.guard.patterns`). What the guard looks for is not written twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.boundaries.guard.patterns import Part, Pattern, compiled, parsed
from companion_voice.boundaries.guard.rules import Rules, load

Scope: TypeAlias = Literal["own", "any"]
"""`own`: not supposed, quoted or told of another. `any`: wherever it stands, as in advice ("if it hurts, call ...")."""

LARGEST = 256 * 1024


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One behaviour: what shows it, and what only looks like it."""

    says: tuple[str, ...]
    unless: tuple[str, ...] = ()
    scope: Scope = "own"


class Surroundings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What, standing around words, makes them not the speaker's own, as in the guard's file."""

    before: tuple[str, ...]
    supposed: tuple[str, ...]
    after: tuple[str, ...]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`en.yaml`, `fr.yaml`."""

    parts: dict[str, str]
    person: Surroundings
    """Of the person's words; the companion's are the guard's."""
    rules: dict[str, Rule]
    """By code of the taxonomy."""


class Search(NamedTuple):
    """One pattern of one behaviour."""

    code: str
    pattern: Pattern
    unless: tuple[Pattern, ...]
    scope: Scope


class Side(NamedTuple):
    """What is looked for in the words of one side."""

    searches: tuple[Search, ...]
    by_word: dict[str, tuple[int, ...]]
    around: Rules
    """Spelling and scope."""

    def fitting(self, line: str) -> Iterator[Search]:
        """Yield the searches that the words of a line make worth trying, in the order of the file."""
        indices = {index for word in set(line.split()) for index in self.by_word.get(word, ())}
        return (self.searches[index] for index in sorted(indices))


class Wording(NamedTuple):
    """The patterns of a language."""

    companion: Side
    person: Side


@lru_cache(maxsize=2)
def wording(language: str) -> Wording:
    """Return the patterns of `language`. Raises `ConfigurationError` for one that cannot be compiled."""
    file = documents.read(Path(__file__).with_name(f"{language}.yaml"), File, largest=LARGEST)
    parts: dict[str, Part] = {}
    for name, pattern in file.parts.items():
        parts[name] = parsed(pattern, parts)
    guard = load(language)
    theirs = guard._replace(
        before=_all(file.person.before, parts),
        supposed=_all(file.person.supposed, parts),
        after=_all(file.person.after, parts),
    )
    guarded = (Search(one.rule.id, one.pattern, guard.unless[one.rule.id], "own") for one in guard.searches)
    own = list(_searches(file.rules, parts))
    return Wording(
        companion=_side([*guarded, *(one for one in own if one.code[0] != "U")], guard),
        person=_side([one for one in own if one.code[0] == "U"], theirs),
    )


def _searches(rules: Mapping[str, Rule], parts: Mapping[str, Part]) -> Iterator[Search]:
    for code, rule in rules.items():
        unless = _all(rule.unless, parts)
        yield from (Search(code, pattern, unless, rule.scope) for pattern in _all(rule.says, parts))


def _all(patterns: Iterable[str], parts: Mapping[str, Part]) -> tuple[Pattern, ...]:
    return tuple(compiled(pattern, parts) for pattern in patterns)


def _side(searches: list[Search], around: Rules) -> Side:
    found: dict[str, list[int]] = {}
    for index, search in enumerate(searches):
        for word in search.pattern.anchor:
            found.setdefault(word, []).append(index)
    return Side(tuple(searches), {word: tuple(indices) for word, indices in found.items()}, around)
