"""What a persona knows and brings up when it is spoken of: read from a card's book, and chosen as people talk. Pure.

The format is the lorebook of the Character Card V2 and V3 specifications. Regular expressions of a card are never run:
they could take for ever.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from companion_voice.errors import CardError
from companion_voice.persona.cards import card, sieve, wording
from companion_voice.persona.cards.report import Note, left_out
from companion_voice.persona.cards.wording import Names
from companion_voice.persona.schema import Entry

Known: TypeAlias = str | Entry
"""Something a persona knows: always, or when one of its keys is said."""
MOST_ENTRIES = 32
MOST_KEYS = 16
LONGEST_TEXT = 400
LONGEST_CONTENT = 450
"""Characters of an entry that are looked at."""
LONGEST_KEY = 40
DEEPEST_SCAN = 20
LARGEST_BUDGET = 1_000
MOST_ROUNDS = 3
CHARACTERS_PER_TOKEN = 4
"""As a rule of thumb: no tokenizer is asked, since the budget is one too."""
_DECORATOR = re.compile(r"(@{2,3})(\w+)[ \t]*(.*)")
_REGEX = re.compile(r"/.+/[a-z]*")


class Lore(msgspec.Struct, frozen=True):
    """One thing that is known, and when it is brought up."""

    text: str
    keys: tuple[str, ...] = ()
    """It is brought up when one of these is said; always, where there are none."""
    also: tuple[tuple[str, ...], ...] = ()
    """Of each group one must be said as well."""
    never_with: tuple[str, ...] = ()
    exact_case: bool = False
    order: float = 0
    """Where it stands among others: lower first."""
    priority: float = 0
    """What is left out first when there is too much: lower first."""
    depth: int | None = None
    """Turns in which its keys are looked for, if other than the book's."""


class Budget(msgspec.Struct, frozen=True):
    """How much may be brought up at once."""

    tokens: int = 300
    depth: int = 4
    """Turns in which keys are looked for."""
    rounds: int = 0
    """How often what was brought up may itself bring up more."""


class Taken(NamedTuple):
    """What an entry of a book became, and which entry it was."""

    at: int
    lore: Lore


class Opened(NamedTuple):
    """A book that was read."""

    taken: tuple[Taken, ...]
    budget: Budget
    notes: tuple[Note, ...]

    @property
    def known(self) -> dict[int, Known]:
        """What a persona knows from each entry that was taken."""
        return {at: known(lore) for at, lore in self.taken}


class _Decorated(NamedTuple):
    """The content of an entry, what its decorators ask for, and those that have no meaning here."""

    content: str
    asked: dict[str, str]
    unused: tuple[str, ...]


_HONOURED = {"scan_depth", "additional_keys", "exclude_keys", "activate", "dont_activate"}


def known(lore: Lore) -> Known:
    """Return `lore` as a persona file writes it."""
    return Entry(keys=lore.keys, text=lore.text) if lore.keys else lore.text


def lore(knows: Iterable[Known], book: Iterable[Lore] = ()) -> tuple[Lore, ...]:
    """Return what a persona `knows`, with the finer conditions of the `book` it came from where that has the same."""
    finer = {known(one): one for one in book}
    return tuple(finer.get(one) or (Lore(one) if isinstance(one, str) else Lore(one.text, one.keys)) for one in knows)


def active(entries: Sequence[Lore], recent: Sequence[str], budget: Budget) -> tuple[str, ...]:
    """Return what is brought up after the turns `recent`, newest last, in the order it is to stand in a prompt."""
    heard = _Heard.of(recent)
    chosen = {at: one for at, one in enumerate(entries) if _fits(one, heard.last(_depth(one, budget)))}
    fresh = chosen
    for _ in range(min(budget.rounds, MOST_ROUNDS)):
        brought = _Heard.of([one.text for one in fresh.values()])
        fresh = {at: one for at, one in enumerate(entries) if at not in chosen and _fits(one, brought)}
        chosen |= fresh
    within = _within(chosen, budget.tokens)
    return tuple(dict.fromkeys(chosen[at].text for at in sorted(within, key=lambda at: (chosen[at].order, at))))


def opened(raw: bytes, names: Names) -> Opened:
    """Return the lorebook in the JSON `raw`."""
    try:
        book, unread = card.lenient(raw, card.Book)
    except CardError:
        return Opened((), Budget(), (Note("character_book", "kept", "is not a lorebook"),))
    taken: list[Taken] = []
    notes = [Note(f"character_book.{field}", "kept", "is not of its type") for field in unread]
    for index, one in enumerate(book.entries[:MOST_ENTRIES]):
        found, why = _entry(bytes(one), names, f"character_book[{index}]")
        notes += why
        taken += [Taken(index, found)] if found else []
    if over := len(book.entries) - MOST_ENTRIES:
        notes += [Note("character_book", "kept", f"{over} entries beyond the first {MOST_ENTRIES}")] if over > 0 else []
    return Opened(tuple(taken), _budget(book), tuple(notes))


def _budget(book: card.Book) -> Budget:
    usual = Budget()
    tokens = usual.tokens if book.token_budget is None else book.token_budget
    depth = usual.depth if book.scan_depth is None else book.scan_depth
    return Budget(
        tokens=min(max(tokens, 0), LARGEST_BUDGET),
        depth=min(max(depth, 0), DEEPEST_SCAN),
        rounds=MOST_ROUNDS if book.recursive_scanning else 0,
    )


def _entry(raw: bytes, names: Names, field: str) -> tuple[Lore | None, tuple[Note, ...]]:
    """Return what is known by an entry, or nothing, and why."""
    try:
        entry, _ = card.lenient(raw, card.BookEntry)
    except CardError:
        return None, (Note(field, "kept", "is not an entry"),)
    decorated = _decorated(entry.content[:LONGEST_CONTENT])
    if not entry.enabled or ("dont_activate" in decorated.asked and "activate" not in decorated.asked):
        return None, (Note(field, "kept", "is switched off"),)
    keys, notes = _keys(entry, field)
    always = (entry.constant and not entry.use_regex) or "activate" in decorated.asked
    if not keys and not always:
        return None, (*notes, Note(field, "kept", "has no key that could be said"))
    worded = wording.told(decorated.content, names)
    sifted = sieve.sift(worded.text, name=names.char, tongue=names.tongue, about=False, longest=LONGEST_TEXT)
    text = sieve.fitted(sifted.kept, LONGEST_TEXT)
    notes = (*notes, *left_out(field, sifted.dropped))
    if text.left or len(entry.content) > LONGEST_CONTENT:
        notes = (*notes, Note(field, "changed", f"cut to {LONGEST_TEXT} characters at the end of a sentence"))
    if decorated.unused:
        notes = (*notes, Note(field, "kept", f"decorators not used here: {', '.join(decorated.unused)}"))
    if not text.text:
        return None, (*notes, Note(field, "kept", "has no text that can be said"))
    found = Lore(text.text, () if always else keys, order=entry.insertion_order, priority=entry.priority)
    return _conditions(found, entry, decorated.asked), notes


def _conditions(found: Lore, entry: card.BookEntry, asked: dict[str, str]) -> Lore:
    secondary = entry.secondary_keys if entry.selective else ()
    groups = (_spoken(secondary), _spoken(asked.get("additional_keys", "").split(",")))
    depth = asked.get("scan_depth", "")
    return replace(
        found,
        also=tuple(group for group in groups if group),
        never_with=_spoken(asked.get("exclude_keys", "").split(",")),
        exact_case=entry.case_sensitive,
        depth=min(int(depth), DEEPEST_SCAN) if depth.isascii() and depth.isdigit() else None,
    )


def _keys(entry: card.BookEntry, field: str) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Return the keys of an entry that can be said."""
    if entry.use_regex:
        return (), (Note(field, "kept", "its keys are regular expressions, which are never run"),)
    plain = [key for key in entry.keys if not _REGEX.fullmatch(key.strip())]
    some = len(plain) < len(entry.keys)
    notes = (Note(field, "kept", "some of its keys are regular expressions, which are never run"),) if some else ()
    return _spoken(plain), notes


def _spoken(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that somebody could say, each once."""
    short = (" ".join(key[: 2 * LONGEST_KEY].split()) for key in keys)
    return tuple(dict.fromkeys(key for key in short if len(key) <= LONGEST_KEY and _words(key)))[:MOST_KEYS]


def _decorated(content: str) -> _Decorated:
    """Return `content` without the decorators at its beginning; of a chain of fallbacks the first known one counts."""
    asked: dict[str, str] = {}
    unused: list[str] = []
    lines = content.splitlines()
    settled = True
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith("@@")):
        found = _DECORATOR.fullmatch(lines.pop(0).strip())
        if not found or (found[1] == "@@@" and settled):
            continue
        settled = found[2] in _HONOURED
        if settled:
            asked.setdefault(found[2], found[3].strip())
        else:
            unused.append(found[2][:LONGEST_KEY])
    return _Decorated("\n".join(lines), asked, tuple(dict.fromkeys(unused)))


class _Heard(NamedTuple):
    """What was said, turn by turn, as words: as they were written, and folded to one case."""

    exact: tuple[str, ...]
    folded: tuple[str, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Heard":
        exact = tuple(_words(text) for text in texts)
        return cls(exact, tuple(text.casefold() for text in exact))

    def last(self, turns: int) -> "_Heard":
        """Return the last so many turns."""
        first = max(0, len(self.exact) - turns)
        return _Heard(self.exact[first:], self.folded[first:])

    def has(self, keys: Iterable[str], *, exact: bool) -> bool:
        """Tell whether one of `keys` was said, as a word or several."""
        turns = self.exact if exact else self.folded
        words = (_words(key) if exact else _words(key).casefold() for key in keys)
        return any(f" {key} " in f" {turn} " for key in words for turn in turns)


def _depth(one: Lore, budget: Budget) -> int:
    return budget.depth if one.depth is None else one.depth


def _fits(one: Lore, heard: _Heard) -> bool:
    if not one.keys:
        return True
    return (
        heard.has(one.keys, exact=one.exact_case)
        and all(heard.has(group, exact=one.exact_case) for group in one.also)
        and not heard.has(one.never_with, exact=one.exact_case)
    )


def _within(chosen: dict[int, Lore], tokens: int) -> list[int]:
    """Return what fits: what is always known before the rest, then what has the higher priority, then the order."""
    within: list[int] = []
    for at, one in sorted(chosen.items(), key=lambda item: (bool(item[1].keys), -item[1].priority, -item[1].order)):
        cost = len(one.text) // CHARACTERS_PER_TOKEN + 1
        if cost <= tokens:
            within.append(at)
            tokens -= cost
    return within


def _words(text: str) -> str:
    """Return the words of `text` with one space between."""
    return " ".join(re.findall(r"\w+", text))
