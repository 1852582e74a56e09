"""One recall: a question in, the turns and facts that answer it out, best first. Reads only.

Words and meaning find the candidates; all that speaks for them puts them in order. Knows how the parts work together;
what the signals are stands in `signals`, what each is worth in `ranking`.
"""

import msgspec
import numpy as np
from sqlite_utils import Database

from companion_voice.memory.recall import embeddings, ranking, signals
from companion_voice.memory.recall.lexical import Lookup
from companion_voice.memory.recall.postings import Numbers
from companion_voice.memory.recall.question import Question, understand
from companion_voice.memory.recall.ranking import Floats, Signals
from companion_voice.memory.recall.schema import BLOCK, FACTS
from companion_voice.memory.recall.signals import Documents
from companion_voice.memory.records import Recalled, Recollection

CANDIDATES = 250
"""Documents that are compared for their words."""
BY_MEANING = 800
"""How far back turns are compared by meaning even when they share no word with the question (gaps between runs
count as well)."""
CLOSELY = 120
"""Documents that are read: those that answer most by words and meaning."""
MEANT = 100
"""Turns of the days meant that are looked at, whatever they say."""
FACTS_SHARE = 5
"""At most one of so many finds is a fact: what was said comes first."""
SURE = 0.6
"""The bar: how certain the best find must be for the companion to say that it remembers. Set on the development part
of the labelled questions; `benchmarks/recall.py` prints how many pass it that have an answer, and that have none."""


class Weighing(msgspec.Struct, frozen=True):
    """A question with the documents that may answer it, and what speaks for each."""

    question: Question
    lookup: Lookup
    documents: Documents
    signals: Signals


def search(db: Database, query: str, *, person: str, now_us: int, k: int = 10, language: str = "") -> Recollection:
    """Return at most `k` turns and facts of `person` that answer `query`, best first, and whether they do so surely."""
    found = weigh(db, query, person=person, now_us=now_us, language=language)
    if not found:
        return Recollection(items=(), sure=False)
    scores = ranking.weighed(found.signals) + _circumstances(found.question, found.documents, now_us)
    best = _best(scores, found.documents, k)
    return Recollection(items=_items(db, found.documents, best, scores), sure=_sure(found, best))


def weigh(db: Database, query: str, *, person: str, now_us: int, language: str = "") -> Weighing | None:
    """Return what may answer `query` with what speaks for it, or None when nothing does."""
    row = db.execute("SELECT number FROM recall_people WHERE person = ?", (person,)).fetchone()
    if not row:
        return None
    start = int(row[0]) * BLOCK
    question = understand(db, query, person=row[0], now_us=now_us, language=language)
    lookup = Lookup(db, question.groups, start)
    meant = _on_days(db, question, start)
    numbers, cosines = _compared(db, np.union1d(lookup.best(CANDIDATES), meant), start, question.matter)
    told = signals.at_first(lookup, numbers, cosines)
    worth = ranking.weighed(told)
    near = np.union1d(np.argsort(-worth)[:CLOSELY], np.flatnonzero(np.isin(numbers, meant)))
    near = near[(worth[near] > 0) | np.isin(numbers[near], meant)]
    if not len(near):
        return None
    documents = signals.read(db, numbers[near])
    every = {
        **{name: values[near] for name, values in told.items()},
        **signals.closely(lookup, question, documents),
        "meaning of conversation": ranking.best_between(numbers, cosines, documents.first, documents.last),
    }
    return Weighing(question, lookup, documents, every)


def _sure(found: Weighing, best: Numbers) -> bool:
    """Tell whether one of the `best` answers so much of the question that it is remembered."""
    shares = found.lookup.share_around(found.documents.numbers[best])
    certain = shares + ranking.MEANING_CERTAIN * found.signals["meaning"][best]
    certain += ranking.DAYS_CERTAIN * found.signals["days"][best]
    return bool(certain.max(initial=0) >= SURE)


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
        "SELECT document, vector FROM recall_documents WHERE document IN (SELECT value FROM json_each(?)) "
        "UNION ALL SELECT document, vector FROM recall_documents WHERE document BETWEEN ? AND ?",
        (signals.listed(others), first, start + FACTS - 1),
    ).fetchall()
    numbers = np.array([row[0] for row in rows], dtype=np.int64)
    cosines = embeddings.cosines([row[1] for row in rows], matter)
    order = np.argsort(numbers)
    return numbers[order], cosines[order].astype(np.float64)


def _circumstances(question: Question, documents: Documents, now_us: int) -> Floats:
    """Return what each gains for being recent, and loses for not being of the time that is asked for.

    What holds comes first, unless the question asks for the past; a turn is out of its time when every fact from it is.
    """
    is_fact = documents.facts > 0
    wrong = is_fact & ((documents.until_us <= now_us) != question.past)
    stale = np.isin(documents.turns, documents.turns[wrong]) & ~np.isin(
        documents.turns, documents.turns[is_fact & ~wrong]
    )
    recent = ranking.recency((now_us - documents.times_us).astype(np.float64), asked=question.present)
    gains: Floats = recent - ranking.WRONG_TIME * (wrong | stale)
    return gains


def _best(scores: Floats, documents: Documents, k: int) -> Numbers:
    """Return the places of the best `k`, best first: of a turn and the facts that rest on it only the best."""
    places: list[int] = []
    told: set[int] = set()
    facts = 0
    for place in np.argsort(-scores, kind="stable"):
        turn, is_fact = int(documents.turns[place]), bool(documents.facts[place])
        if len(places) == k:
            break
        if turn in told or (is_fact and facts == max(k // FACTS_SHARE, 1)):
            continue
        told.add(turn)
        facts += is_fact
        places.append(int(place))
    return np.array(places, dtype=np.int64)


def _items(db: Database, documents: Documents, best: Numbers, scores: Floats) -> tuple[Recalled, ...]:
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
