"""One recall: a question in, the turns and facts that answer it out, best first. Reads only.

Words find the candidates; context, meaning, speaker, dates, recency and validity put them in order. Knows how the
parts work together; what each is worth stands in `ranking`.
"""

import msgspec
import numpy as np
from sqlite_utils import Database

from companion_voice.memory.recall import embeddings, ranking
from companion_voice.memory.recall.lexical import Lookup
from companion_voice.memory.recall.postings import Numbers
from companion_voice.memory.recall.question import Question, understand
from companion_voice.memory.recall.ranking import Floats
from companion_voice.memory.recall.schema import BLOCK, FACTS
from companion_voice.memory.records import Recalled, Recollection

CANDIDATES = 200
"""Documents that are compared for their words."""
BY_MEANING = 1_000
"""How far back turns are compared by meaning even when they share no word with the question (gaps between runs
count as well)."""
CLOSELY = 120
"""Documents whose speaker and time are looked at: those that answer most."""
NEVER_US = np.iinfo(np.int64).max
MEANT = 100
"""Turns of the days meant that are looked at, whatever they say."""
FACTS_SHARE = 5
"""At most one of so many finds is a fact: what was said comes first."""
SURE = 0.6
"""The bar: how certain the best find must be for the companion to say that it remembers. Set on the development part
of the labelled questions; `benchmarks/recall.py` prints how many pass it that have an answer, and that have none."""


class _Documents(msgspec.Struct, frozen=True):
    """What is known of documents, one row each, ascending by number."""

    numbers: Numbers
    turns: Numbers
    """Turns, or what facts rest on."""
    facts: Numbers
    """0 for a turn."""
    speakers: Numbers
    times_us: Numbers
    until_us: Numbers
    """When what it says ended to hold, `NEVER_US` for what still holds and for turns."""


def search(db: Database, query: str, *, person: str, now_us: int, k: int = 10, language: str = "") -> Recollection:
    """Return at most `k` turns and facts of `person` that answer `query`, best first, and whether they do so surely."""
    row = db.execute("SELECT number FROM recall_people WHERE person = ?", (person,)).fetchone()
    if not row:
        return Recollection(items=(), sure=False)
    start = int(row[0]) * BLOCK
    question = understand(db, query, person=row[0], now_us=now_us, language=language)
    lookup = Lookup(db, question.groups, start)
    meant = _on_days(db, question, start)
    numbers, cosines = _compared(db, np.union1d(lookup.best(CANDIDATES), meant), start, question.matter)
    if not len(numbers):
        return Recollection(items=(), sure=False)
    shares, meanings = lookup.share(numbers), ranking.in_context(numbers, cosines)
    told = ranking.in_run(numbers, shares + ranking.MEANING * meanings)
    near = np.union1d(np.argsort(-told)[:CLOSELY], np.flatnonzero(np.isin(numbers, meant)))
    documents = _read(db, numbers[near])
    days = _on_days_meant(question, documents)
    scores = (told[near] + days) * _circumstances(question, documents, now_us)
    scores = scores * _validity(question, documents, now_us)
    best = _best(scores, documents, k)
    certain = (shares + ranking.MEANING_CERTAIN * meanings)[near] + days
    return Recollection(items=_items(db, documents, best, scores), sure=bool(certain[best].max(initial=0) >= SURE))


def _on_days(db: Database, question: Question, start: int) -> Numbers:
    """Return the numbers of turns in runs that began on the days meant, the latest ones."""
    if question.days is None:
        return np.empty(0, dtype=np.int64)
    runs = db.execute(
        "SELECT first, last FROM recall_runs WHERE start_us BETWEEN ? AND ? AND first BETWEEN ? AND ? "
        "ORDER BY start_us DESC LIMIT ?",
        (*question.days, start, start + FACTS - 1, MEANT),
    )
    ranges = [np.arange(first, last + 1) for first, last in runs]
    return np.concatenate(ranges)[:MEANT] if ranges else np.empty(0, dtype=np.int64)


def _compared(db: Database, candidates: Numbers, start: int, matter: str) -> tuple[Numbers, Floats]:
    """Return which of `candidates` there are, and the latest turns, with the cosine of each to the question."""
    last = db.execute(
        "SELECT max(document) FROM recall_documents WHERE document BETWEEN ? AND ?", (start, start + FACTS - 1)
    ).fetchone()[0]
    first = max((last or start) - BY_MEANING, start)
    others = candidates[(candidates < first) | (candidates >= start + FACTS)]
    rows = db.execute(
        f"SELECT document, vector FROM recall_documents WHERE document IN ({_listed(others)}) "  # noqa: S608 - numbers
        "UNION ALL SELECT document, vector FROM recall_documents WHERE document BETWEEN ? AND ?",
        (first, start + FACTS - 1),
    ).fetchall()
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    cosines = embeddings.unpack([row[1] for row in rows]) @ embeddings.vectors([matter])[0]
    order = np.argsort(numbers)
    return numbers[order], np.maximum(cosines[order], 0).astype(np.float64)


def _read(db: Database, numbers: Numbers) -> _Documents:
    """Return what is known of `numbers`, which exist and ascend."""
    rows = db.execute(
        "SELECT document, coalesce(recall_documents.turn, facts.turn, 0), coalesce(fact, 0), speaker, time_us, "  # noqa: S608
        "coalesce(valid_until_us, ?) FROM recall_documents LEFT JOIN facts ON facts.id = fact "
        f"WHERE document IN ({_listed(numbers)}) ORDER BY document",
        (int(NEVER_US),),
    ).fetchall()
    return _Documents(*np.array(rows, dtype=np.int64).T)


def _listed(numbers: Numbers) -> str:
    return ", ".join(map(str, numbers.tolist()))


def _circumstances(question: Question, documents: _Documents, now_us: int) -> Floats:
    """Return the factor for who spoke and how long ago."""
    factors = ranking.recency((now_us - documents.times_us).astype(np.float64), asked=question.present)
    if question.speakers:
        factors = factors * (1 + ranking.SPEAKER * np.isin(documents.speakers, list(question.speakers)))
    return factors


def _on_days_meant(question: Question, documents: _Documents) -> Floats:
    if question.days is None:
        return np.zeros(len(documents.numbers))
    return ranking.on_days(documents.times_us, *question.days)


def _validity(question: Question, documents: _Documents, now_us: int) -> Floats:
    """Return the factor for validity: what holds comes first, unless the question asks for the past.

    A turn is out of its time when every fact from it is.
    """
    is_fact = documents.facts > 0
    wrong = is_fact & ((documents.until_us <= now_us) != question.past)
    stale = np.isin(documents.turns, documents.turns[wrong]) & ~np.isin(
        documents.turns, documents.turns[is_fact & ~wrong]
    )
    return np.where(wrong | stale, ranking.WRONG_TIME, 1.0)


def _best(scores: Floats, documents: _Documents, k: int) -> Numbers:
    """Return the places of the best `k`, best first: of a turn and the facts that rest on it only the best."""
    places: list[int] = []
    told: set[int] = set()
    facts = 0
    for place in np.argsort(-scores, kind="stable"):
        turn, is_fact = int(documents.turns[place]), bool(documents.facts[place])
        if scores[place] <= 0 or len(places) == k:
            break
        if turn in told or (is_fact and facts == max(k // FACTS_SHARE, 1)):
            continue
        told.add(turn)
        facts += is_fact
        places.append(int(place))
    return np.array(places, dtype=np.int64)


def _items(db: Database, documents: _Documents, best: Numbers, scores: Floats) -> tuple[Recalled, ...]:
    return tuple(
        _fact(db, int(documents.facts[place]), float(scores[place]))
        if documents.facts[place]
        else _turn(db, int(documents.turns[place]), float(scores[place]))
        for place in best
    )


def _turn(db: Database, identity: int, score: float) -> Recalled:
    key, text, time = db.execute("SELECT key, text, time FROM turns WHERE id = ?", (identity,)).fetchone()
    return Recalled(kind="turn", key=key, text=text, time=time, score=score, turns=(key,))


def _fact(db: Database, identity: int, score: float) -> Recalled:
    """Return a fact with the turn it rests on, told in the words it was told in."""
    key, quote, time, turn = db.execute(
        "SELECT facts.key, facts.quote, turns.time, turns.key FROM facts JOIN turns ON turns.id = facts.turn "
        "WHERE facts.id = ?",
        (identity,),
    ).fetchone()
    return Recalled(kind="fact", key=key, text=quote, time=time, score=score, turns=(turn,))
