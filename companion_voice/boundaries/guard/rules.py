"""The rules of a language, from its YAML file: compiled, and indexed by the words they need. Decides nothing."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from companion_voice import documents
from companion_voice.boundaries.guard.patterns import Part, Pattern, compiled, parsed
from companion_voice.boundaries.guard.reading import Reading, Spelling

Action = Literal["rewrite", "replace", "drop", "flag"]
LARGEST = 256 * 1024


class Rewriting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that may stay once said otherwise."""

    says: tuple[str, ...]
    instead: str


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One behaviour of the taxonomy: what is looked for, what only looks like it, and what is said instead."""

    id: str
    honest: str
    """Which of the language's honest sentences replaces one that breaks this rule."""
    says: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """What only looks like it, wherever it overlaps."""
    drop: tuple[str, ...] = ()
    """What is taken out of the sentence, the rest being left as it is."""
    rewrite: tuple[Rewriting, ...] = ()


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`en.yaml`, `fr.yaml`."""

    spelling: Spelling
    honest: dict[str, str]
    parts: dict[str, str]
    before: tuple[str, ...]
    """What, standing before in the clause, makes it somebody else's words, a supposition or a denial."""
    supposed: tuple[str, ...]
    """What, standing anywhere before, makes all that follows a supposition."""
    after: tuple[str, ...]
    """What makes it somebody else's words when it stands right after."""
    address: str
    """Where a name stands that somebody is called by, as a pattern around `{name}`."""
    rules: tuple[Rule, ...]


AVOIDED = Rule(id="U15", honest="nothing", says=())
"""Being called what one asked not to be called."""


class Search(NamedTuple):
    """One pattern of one rule, and what to do when it fits."""

    rule: Rule
    pattern: Pattern
    action: Action
    instead: str


class Rules(NamedTuple):
    """The rules of a language, ready to search with."""

    spelling: Spelling
    honest: dict[str, str]
    before: tuple[Pattern, ...]
    supposed: tuple[Pattern, ...]
    after: tuple[Pattern, ...]
    unless: dict[str, tuple[Pattern, ...]]
    searches: tuple[Search, ...]
    by_word: dict[str, tuple[int, ...]]
    address: str

    @property
    def retention(self) -> Rule:
        """The rule against holding somebody back who is leaving."""
        return next(search.rule for search in self.searches if search.rule.id == "A20")

    def fitting(self, reading: Reading) -> Iterator[Search]:
        """Yield the searches that the words of `reading` make worth trying, in the order of the file."""
        present = set(reading.line.split())
        for index in sorted({index for word in present for index in self.by_word.get(word, ())}):
            yield self.searches[index]


@lru_cache(maxsize=4)
def load(language: str) -> Rules:
    """Return the rules of `language`. Raises `ConfigurationError` for a pattern that cannot be compiled."""
    file = documents.read(Path(__file__).with_name(f"{language}.yaml"), File, largest=LARGEST)
    parts: dict[str, Part] = {}
    for name, pattern in file.parts.items():
        parts[name] = parsed(pattern, parts)
    searches = tuple(search for rule in file.rules for search in _searches(rule, parts))
    return Rules(
        spelling=file.spelling,
        honest=file.honest,
        before=_all(file.before, parts),
        supposed=_all(file.supposed, parts),
        after=_all(file.after, parts),
        unless={rule.id: _all(rule.unless, parts) for rule in file.rules},
        searches=searches,
        by_word=_index(searches),
        address=file.address,
    )


def addressed(rules: Rules, name: str) -> Pattern:
    """Return the pattern of somebody being called `name`."""
    return _addressed(rules.address, " ".join(re.findall(r"[\w'-]+", name.lower())))


@lru_cache(maxsize=256)
def _addressed(address: str, words: str) -> Pattern:
    return compiled(address.format(name=words), {})


def _searches(rule: Rule, parts: dict[str, Part]) -> Iterator[Search]:
    """Yield the searches of `rule`: what replaces the whole sentence before what only changes it."""
    yield from (Search(rule, pattern, "replace", "") for pattern in _all(rule.says, parts))
    yield from (Search(rule, pattern, "drop", "") for pattern in _all(rule.drop, parts))
    for rewriting in rule.rewrite:
        yield from (Search(rule, pattern, "rewrite", rewriting.instead) for pattern in _all(rewriting.says, parts))


def _all(patterns: tuple[str, ...], parts: dict[str, Part]) -> tuple[Pattern, ...]:
    return tuple(compiled(pattern, parts) for pattern in patterns)


def _index(searches: tuple[Search, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for index, search in enumerate(searches):
        for word in search.pattern.anchor:
            found.setdefault(word, []).append(index)
    return {word: tuple(indices) for word, indices in found.items()}
