"""What speaks for a document as an answer: the signals that `ranking.WEIGHTS` weighs.

    words                     how much of the question stands in it, and a little of what stands beside it
    asked                     how much of the question stands in the turn before, if that asks something
    words of conversation     how much of the question stands anywhere in its conversation
    meaning                   how alike it and its neighbours are to the question
    meaning of conversation   the most alike of its conversation
    speaker                   whether it was said by whom the question is about
    days                      whether it was said on the days the question means, or soon after
    time, number, name        whether it has what the question asks for: when, how many, who
    asks                      whether it ends with a question: those seldom answer one
    length                    how long it is: "Thanks!" answers nothing

Reads what is known of documents; knows nothing of how they are chosen or told.
"""

from collections.abc import Collection

import msgspec
import numpy as np
from sqlite_utils import Database

from companion_voice.memory.recall import ranking
from companion_voice.memory.recall.kinds import KINDS, told
from companion_voice.memory.recall.lexical import Lookup
from companion_voice.memory.recall.question import Question
from companion_voice.memory.recall.ranking import Floats, Numbers, Signals
from companion_voice.memory.recall.words import load

LONG_ENOUGH = 100
"""Characters from which on a turn is no likelier an answer for being longer."""
NEVER_US = np.iinfo(np.int64).max

_READ = """
SELECT document, coalesce(here.turn, facts.turn, 0), coalesce(fact, 0), speaker, here.time_us,
    coalesce(valid_until_us, ?),
    coalesce((SELECT instr(text, '?') > 0 FROM recall_documents AS before JOIN turns ON turns.id = before.turn
        WHERE before.document = here.document - 1), 0),
    coalesce(first, document), coalesce(last, document), coalesce(quote, text)
FROM recall_documents AS here LEFT JOIN facts ON facts.id = fact LEFT JOIN turns ON turns.id = here.turn
LEFT JOIN recall_runs ON fact IS NULL AND first = (SELECT max(first) FROM recall_runs WHERE first <= document)
WHERE document IN (SELECT value FROM json_each(?)) ORDER BY document
"""


class Documents(msgspec.Struct, frozen=True):
    """What is known of documents, one row each, ascending by number."""

    texts: tuple[str, ...]
    numbers: Numbers
    turns: Numbers
    """Turns, or what facts rest on."""
    facts: Numbers
    """0 for a turn."""
    speakers: Numbers
    times_us: Numbers
    until_us: Numbers
    """When what it says ended to hold, `NEVER_US` for what still holds and for turns."""
    follow_question: Numbers
    """1 for a turn after one with a question in it."""
    first: Numbers
    last: Numbers
    """The run of turns that it stands in; a fact stands alone."""


def read(db: Database, numbers: Numbers) -> Documents:
    """Return what is known of `numbers`, which exist and ascend."""
    rows = db.execute(_READ, (int(NEVER_US), listed(numbers))).fetchall()
    known = np.array([row[:-1] for row in rows], dtype=np.int64).T
    return Documents(tuple(row[-1] for row in rows), *known)


def listed(numbers: Numbers) -> str:
    """Return numbers as `json_each` takes them: a statement of its own for every list would stay in SQLite's memory."""
    return msgspec.json.encode(numbers.tolist()).decode()


def at_first(lookup: Lookup, numbers: Numbers, cosines: Floats) -> Signals:
    """Return the signals that many documents can be compared by; `cosines` are those of `numbers` to the question."""
    places = np.unique(np.concatenate([numbers - distance for distance, _ in ranking.WINDOW]))
    shares = lookup.share(places)
    return {
        "words": ranking.in_context(places, shares, numbers, ranking.WINDOW),
        "meaning": ranking.in_context(numbers, cosines, numbers, ranking.MEANING_WINDOW),
    }


def closely(lookup: Lookup, question: Question, documents: Documents) -> Signals:
    """Return the signals that take reading a document."""
    return {
        "asked": lookup.share(documents.numbers - 1) * documents.follow_question,
        "words of conversation": lookup.share_between(documents.first, documents.last),
        "speaker": _spoken_by(documents, question.speakers),
        "days": ranking.on_days(documents.times_us, *question.days)
        if question.days
        else np.zeros(len(documents.turns)),
        "asks": np.array([text.rstrip().endswith("?") for text in documents.texts], float),
        "length": np.log1p([min(len(text), LONG_ENOUGH) for text in documents.texts]),
        **_kinds(question, documents),
    }


def _kinds(question: Question, documents: Documents) -> Signals:
    """Return for each kind of answer whether it is asked for and there."""
    known, none = load(question.language).kinds, np.zeros(len(documents.texts))
    return {
        kind: np.array(told(kind, documents.texts, known), float) if kind in question.kinds else none for kind in KINDS
    }


def _spoken_by(documents: Documents, speakers: Collection[int]) -> Floats:
    return np.isin(documents.speakers, list(speakers)).astype(np.float64)
