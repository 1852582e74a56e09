"""Putting turns and facts into the index and taking them out, inside the caller's transaction.

Knows how documents are numbered and what of a text is kept; knows nothing of questions.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlite_utils import Database

from companion_voice.memory.recall import embeddings
from companion_voice.memory.recall.names import sound
from companion_voice.memory.recall.schema import BLOCK, FACTS, GAP
from companion_voice.memory.recall.words import Word, language_of, words
from companion_voice.memory.records import Fact, Turn

BATCH = 2_000
"""Turns put in at once: enough to spread the cost of counting terms, little enough to hold."""


def index_turns(db: Database, turns: Iterable[Turn]) -> None:
    """Put turns into the index, in the order in which they follow each other."""
    batch: list[Turn] = []
    for turn in turns:
        batch.append(turn)
        if len(batch) == BATCH:
            _index_turns(db, batch)
            batch = []
    if batch:
        _index_turns(db, batch)


def index_facts(db: Database, facts: Iterable[Fact]) -> None:
    """Put facts into the index: what each says, in its own words and in those it was told in."""
    entries = []
    for fact in facts:
        person = _person(db, fact.person)
        number = _last(db, person * BLOCK + FACTS, (person + 1) * BLOCK) + GAP
        found = words(f"{fact.subject} {fact.slot} {fact.value} {fact.quote}", language_of(fact.quote))
        db.execute(
            "INSERT INTO recall_documents VALUES (?, NULL, ?, ?, ?, ?)",
            (number, fact.id, _speaker_of(db, fact.turn), fact.made_us, *_vectors([found])),
        )
        entries.append((number, found))
    _index_words(db, entries)


def unindex(db: Database, turn_ids: Sequence[int] = (), fact_ids: Sequence[int] = ()) -> None:
    """Take turns and facts out of the index; those it does not have are passed over.

    The words are out of every byte after `optimize` and a checkpoint that truncates the write-ahead log.
    """
    numbers = [
        row[0]
        for column, ids in (("turn", turn_ids), ("fact", fact_ids))
        for identity in ids
        for row in db.execute(f"SELECT document FROM recall_documents WHERE {column} = ?", (identity,))  # noqa: S608
    ]
    for number in numbers:
        _forget_words(db, number)
        _forget_speaker(db, number)
        db.execute("DELETE FROM recall_documents WHERE document = ?", (number,))
        _forget_run(db, number)


def _index_turns(db: Database, turns: Sequence[Turn]) -> None:
    numbers = _numbers(db, turns)
    found = [words(turn.text, language_of(turn.text, turn.language)) for turn in turns]
    vectors = _vectors(found)
    speakers = {key: _speaker(db, *key, count) for key, count in Counter(map(_spoken_by, turns)).items()}
    db.conn.executemany(
        "INSERT INTO recall_documents VALUES (?, ?, NULL, ?, ?, ?)",
        [
            (number, turn.id, speakers[_spoken_by(turn)], turn.time_us, vector)
            for number, turn, vector in zip(numbers, turns, vectors, strict=True)
        ],
    )
    _index_words(db, list(zip(numbers, found, strict=True)))


def _vectors(found: Sequence[Sequence[Word]]) -> list[bytes]:
    """Return the packed meaning of each text's words."""
    return embeddings.pack(embeddings.vectors([" ".join(word.text for word in words) for words in found]))


def _spoken_by(turn: Turn) -> tuple[str, str, str]:
    return turn.person, turn.who, turn.name


def _numbers(db: Database, turns: Sequence[Turn]) -> list[int]:
    """Return a number for each turn; one that follows the last of its person in its session gets the next."""
    numbers = []
    runs: dict[str, list[int | str]] = {}
    for turn in turns:
        run = runs.get(turn.person) or _last_run(db, turn.person)
        first, last, session, position, _ = run
        if session == turn.session and turn.position == int(position) + 1:
            run = [first, int(last) + 1, session, turn.position, run[4]]
        else:
            _keep_run(db, run)
            run = [int(last) + GAP, int(last) + GAP, turn.session, turn.position, turn.time_us]
        runs[turn.person] = run
        numbers.append(int(run[1]))
    for run in runs.values():
        _keep_run(db, run)
    return numbers


def _last_run(db: Database, person: str) -> list[int | str]:
    """Return the last run of a person, or one without a session that lies before the first."""
    start = _person(db, person) * BLOCK
    row = db.execute(
        "SELECT * FROM recall_runs WHERE first BETWEEN ? AND ? ORDER BY first DESC LIMIT 1", (start, start + FACTS)
    ).fetchone()
    return list(row) if row else [start, start, "", 0, 0]


def _keep_run(db: Database, run: list[int | str]) -> None:
    if run[2]:
        db.execute("INSERT OR REPLACE INTO recall_runs VALUES (?, ?, ?, ?, ?)", run)


def _person(db: Database, person: str) -> int:
    """Return the number of a person, given at the first turn."""
    db.execute("INSERT OR IGNORE INTO recall_people (person) VALUES (?)", (person,))
    return int(db.execute("SELECT number FROM recall_people WHERE person = ?", (person,)).fetchone()[0])


def _speaker(db: Database, person: str, who: str, name: str, documents: int) -> int:
    """Return the number of a speaker, with `documents` more to their account."""
    key = (_person(db, person), who, name)
    db.execute(
        "INSERT INTO recall_speakers (person, who, name, documents) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
        (*key, documents),
    )
    found = db.execute("SELECT number FROM recall_speakers WHERE person = ? AND who = ? AND name = ?", key)
    return int(found.fetchone()[0])


def _speaker_of(db: Database, turn: int) -> int:
    """Return the number of the speaker of a turn, or 0 when it is not in the index."""
    found = db.execute("SELECT speaker FROM recall_documents WHERE turn = ?", (turn,)).fetchone()
    return int(found[0]) if found else 0


def _last(db: Database, start: int, end: int) -> int:
    """Return the highest number in use from `start` up to `end`, or `start`."""
    found = db.execute("SELECT max(document) FROM recall_documents WHERE document >= ? AND document < ?", (start, end))
    return int(found.fetchone()[0] or start)


def _index_words(db: Database, entries: Sequence[tuple[int, list[Word]]]) -> None:
    db.conn.executemany(
        "INSERT INTO recall_index (rowid, stems) VALUES (?, ?)",
        [(number, " ".join(word.stem for word in found)) for number, found in entries],
    )
    documents = Counter(stem for _, found in entries for stem in {word.stem for word in found})
    sounds = {word.stem: sound(word.text) or None for _, found in entries for word in found if word.proper}
    db.conn.executemany(
        "INSERT INTO recall_terms VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
        "SET documents = documents + excluded.documents, sound = coalesce(sound, excluded.sound)",
        [(term, count, sounds.get(term)) for term, count in documents.items()],
    )


def _forget_words(db: Database, number: int) -> None:
    row = db.execute("SELECT stems FROM recall_index WHERE rowid = ?", (number,)).fetchone()
    terms = [(term,) for term in set(row[0].split())]
    db.conn.executemany("UPDATE recall_terms SET documents = documents - 1 WHERE term = ?", terms)
    db.conn.executemany("DELETE FROM recall_terms WHERE term = ? AND documents <= 0", terms)
    db.execute("DELETE FROM recall_index WHERE rowid = ?", (number,))


def _forget_speaker(db: Database, number: int) -> None:
    """Take a turn off its speaker's account; a speaker without any is nobody's name any more."""
    whose = "number = (SELECT speaker FROM recall_documents WHERE document = ? AND turn IS NOT NULL)"
    db.execute(f"UPDATE recall_speakers SET documents = documents - 1 WHERE {whose}", (number,))  # noqa: S608
    db.execute("DELETE FROM recall_speakers WHERE documents <= 0")


def _forget_run(db: Database, number: int) -> None:
    """Forget the run of a document that is gone, when nothing of it is left."""
    run = db.execute(
        "SELECT first, last FROM recall_runs WHERE first <= ? ORDER BY first DESC LIMIT 1", (number,)
    ).fetchone()
    if not run or run[1] < number:
        return
    left = db.execute("SELECT 1 FROM recall_documents WHERE document BETWEEN ? AND ? LIMIT 1", tuple(run)).fetchone()
    if not left:
        db.execute("DELETE FROM recall_runs WHERE first = ?", (run[0],))
