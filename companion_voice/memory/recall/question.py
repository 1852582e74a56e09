"""A question, understood: which words to look for, whose words they would be, of which days, and past or present.

Reads the list of terms and speakers; scores nothing.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import starmap

import msgspec
from sqlite_utils import Database

from companion_voice.boundaries.words import plain
from companion_voice.memory.recall import embeddings, ranking
from companion_voice.memory.recall.dates import span
from companion_voice.memory.recall.kinds import Kind, asked
from companion_voice.memory.recall.names import ALIKE, alike, sound
from companion_voice.memory.recall.schema import BLOCK, FACTS
from companion_voice.memory.recall.words import (
    LANGUAGES,
    Words,
    fold,
    forms,
    language_of,
    load,
    same,
    says_any,
    stem,
    words,
)

NEAREST = 2
"""Words of like meaning that are looked for beside each word of the question, at most."""
LIKE = 0.45
"""The least cosine of words of like meaning."""


class Term(msgspec.Struct, frozen=True):
    """A stem that stands in `documents` documents, and what finding it counts, 0 to 1."""

    stem: str
    documents: int
    weight: float


class Group(msgspec.Struct, frozen=True):
    """One word of the question, as every stem that would answer for it; empty when none is known."""

    terms: tuple[Term, ...]


class Question(msgspec.Struct, frozen=True):
    """What is looked for."""

    groups: tuple[Group, ...]
    matter: str
    """Its words that are not small."""
    speakers: frozenset[int]
    """Whose words would answer, as numbers in `recall_speakers`; empty when anybody's would."""
    days: tuple[int, int] | None
    """The first and last µs of the days it means."""
    kinds: frozenset[Kind]
    """What kind of answer it asks for."""
    language: str
    past: bool
    present: bool


def understand(db: Database, query: str, *, person: int, now_us: int, language: str) -> Question:
    """Return what `query`, asked at `now_us` about what is known of `person`, looks for."""
    code = language_of(query, language)
    known, said = load(code), plain(query)
    names = _speakers(db, person)
    found = [word for word in words(query, code) if fold(word.text) not in names.by_word]
    stems = _alternatives(db, [(word.text.lower(), word.stem, word.proper) for word in found], code)
    meant = span(query, _day(now_us), known.dates, told=_day(min(now_us, _last_told(db, person, now_us))))
    return Question(
        groups=tuple(stems),
        matter=" ".join(word.text for word in found),
        speakers=_whose(said, names, known),
        days=(_microseconds(meant.first), _microseconds(meant.last + timedelta(days=1)) - 1) if meant else None,
        kinds=asked(said, known.kinds),
        language=code,
        past=says_any(said, known.past),
        present=says_any(said, known.present),
    )


class _Speakers(msgspec.Struct, frozen=True):
    by_word: dict[str, frozenset[int]]
    """Speakers by each word of their name, folded."""
    by_side: dict[str, frozenset[int]]
    """Speakers by side, `user` or `companion`."""


def _speakers(db: Database, person: int) -> _Speakers:
    by_word: dict[str, set[int]] = {}
    by_side: dict[str, set[int]] = {"user": set(), "companion": set()}
    for number, who, name in db.execute("SELECT number, who, name FROM recall_speakers WHERE person = ?", (person,)):
        by_side[who].add(number)
        for word in name.split():
            by_word.setdefault(fold(word), set()).add(number)
    return _Speakers(_frozen(by_word), _frozen(by_side))


def _frozen(kinds: dict[str, set[int]]) -> dict[str, frozenset[int]]:
    return {kind: frozenset(numbers) for kind, numbers in kinds.items()}


def _whose(said: str, names: _Speakers, known: Words) -> frozenset[int]:
    """Return the speakers a question is about: those it names, else those its pronouns stand for; none is anybody."""
    tokens = said.replace("'", "' ").split() + said.replace("'", " ").replace("-", " ").split()
    named: set[int] = set()
    for token in tokens:
        named |= names.by_word.get(fold(token), frozenset())
    if named:
        return frozenset(named)
    sides = [side for side, pronouns in known.pronouns.items() if set(pronouns.split()) & set(tokens)]
    return names.by_side[sides[0]] if len(sides) == 1 else frozenset()


def _alternatives(db: Database, found: list[tuple[str, str, bool]], code: str) -> list[Group]:
    """Return for each word its stems in both languages, those of words of like meaning and names that sound alike."""
    near = embeddings.related([text for text, _, _ in found], most=NEAREST, least=LIKE) if found else []
    groups: list[dict[str, float]] = []
    for (text, own, _), others in zip(found, near, strict=True):
        weights = {stem(word, code): ranking.RELATED * cosine for word, cosine in reversed(others)}
        weights |= dict.fromkeys(same(code).get(own, ()), ranking.SAME)
        weights |= dict.fromkeys(forms(code).get(own, ()), 1.0)
        weights |= {stem(text, other): 1.0 for other in LANGUAGES} | {own: 1.0}
        groups.append(weights)
    documents = _documents(db, {term for weights in groups for term in weights})
    for (text, own, proper), weights in zip(found, groups, strict=True):
        if proper or own not in documents:
            for term, count, likeness in _sounding_like(db, text):
                weights.setdefault(term, ranking.HEARD * likeness)
                documents[term] = count
    return [Group(tuple(starmap(Term, _known(weights, documents)))) for weights in groups]


def _known(weights: dict[str, float], documents: dict[str, int]) -> list[tuple[str, int, float]]:
    return [(term, documents[term], weight) for term, weight in weights.items() if term in documents]


def _documents(db: Database, terms: set[str]) -> dict[str, int]:
    """Return in how many documents each of `terms` stands that stands in any."""
    wanted = msgspec.json.encode(sorted(terms)).decode()
    known = "SELECT term, documents FROM recall_terms WHERE term IN (SELECT value FROM json_each(?))"
    found = db.execute(known, (wanted,))
    return dict(found.fetchall())


def _sounding_like(db: Database, name: str) -> list[tuple[str, int, float]]:
    """Return the names in memory that sound like `name`: stem, documents, likeness."""
    key = sound(name)
    if not key:
        return []
    rows = db.execute("SELECT term, documents FROM recall_terms WHERE sound = ?", (key,)).fetchall()
    return [(term, count, likeness) for term, count in rows if (likeness := alike(name, term)) >= ALIKE]


def _last_told(db: Database, person: int, now_us: int) -> int:
    """Return when the last run of turns of `person` began, or now when there is none."""
    start = person * BLOCK
    row = db.execute(
        "SELECT start_us FROM recall_runs WHERE first BETWEEN ? AND ? ORDER BY first DESC LIMIT 1",
        (start, start + FACTS),
    ).fetchone()
    return int(row[0]) if row else now_us


def _day(us: int) -> date:
    return datetime.fromtimestamp(us / 1e6, UTC).date()


def _microseconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
