#!/usr/bin/env python3
"""How much of the evidence one recall finds, and how long it takes as a memory grows.

    benchmarks/recall.py [--part test|development] [--turns 1000 10000 100000] [--without-meaning] [--json]

Quality: the labelled questions in `recall_data`, a memory for each set; recall@10 is the share of a
question's evidence among ten finds, averaged, by kind, by language, and by whether question and evidence share a word.
Beside it a plain FTS5 index of the same turns. "sure" is how often the companion would say that it remembers.

Time: made-up turns of nine words with matter from 12,000, by Zipf's law without its first twenty ranks, which are small
words; a question has four words of one turn. A million turns take a minute to index and 600 MB: `--turns 1000000`.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from sqlite_utils import Database

from companion_voice.memory import database, recall, schema
from companion_voice.memory.recall import embeddings, ranking, words
from companion_voice.memory.records import OWNER, Speaker, Turn

DATA = Path(__file__).parent / "recall_data"
SETS = {
    "two pairs": ("conversations.jsonl", "questions.jsonl"),
    "friends": ("friends.jsonl", "friends_questions.jsonl"),
}
"""The labelled sets: conversations, and questions about them."""
K = 10
CHUNK = 10_000
QUESTIONS = 200
WORDS = 12_000
SMALL_WORDS = 20
"""Ranks of Zipf's law that small words have, which are not indexed."""
MINUTE_US = 60_000_000
BEGIN_US = 1_500_000_000_000_000

Finder = Callable[[str, int], tuple[list[str], bool]]
"""A question and when it is asked, to the keys of turns and whether they are sure."""


# --- quality ---------------------------------------------------------------------------------------------------------


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def microseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp()) * 1_000_000


def memory_of(name: str) -> tuple[Database, list[Turn], list[dict[str, Any]]]:
    """Return a memory of one set's conversations, their turns, and the questions about them.

    The turns' language is left to be found out, as in an import.
    """
    conversations, questions = SETS[name]
    turns = [
        Turn(0, turn["id"], told["session"], OWNER, position, turn["who"], turn["name"], turn["text"], "", "",
             told["time"], microseconds(told["time"]), pinned=False)
        for told in lines(conversations)
        for position, turn in enumerate(told["turns"])
    ]  # fmt: skip
    db = database.nowhere()
    schema.migrate(db)
    remember(db, turns)
    return db, turns, lines(questions)


def remember(db: Database, turns: list[Turn]) -> float:
    """Store and index turns; return how many seconds the indexing took."""
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM turns").fetchone()[0]
    numbered = [
        Turn(first + place, *(getattr(turn, field) for field in turn.__struct_fields__[1:]))
        for place, turn in enumerate(turns)
    ]
    with database.transaction(db):
        sessions = {(turn.session, turn.person, turn.time_us) for turn in numbered}
        db.conn.executemany("INSERT OR IGNORE INTO sessions VALUES (?, ?, '', ?, NULL)", sessions)
        rows = [tuple(getattr(turn, field) for field in turn.__struct_fields__) for turn in numbered]
        db.conn.executemany(f"INSERT INTO turns VALUES ({', '.join('?' * 13)})", rows)
        begun = time.perf_counter()
        recall.index_turns(db, numbered)
        return time.perf_counter() - begun


def ours(db: Database) -> Finder:
    def find(question: str, now_us: int) -> tuple[list[str], bool]:
        found = recall.search(db, question, person=OWNER, now_us=now_us, k=K)
        return [key for item in found.items for key in item.turns], found.sure

    return find


def plain(turns: list[Turn]) -> Finder:
    """Return a search in a plain FTS5 index: each turn by itself, Porter's stems, any word of the question."""
    db = Database(memory=True)
    db.execute("CREATE VIRTUAL TABLE plain USING fts5(key UNINDEXED, text, tokenize='porter unicode61')")
    db.conn.executemany("INSERT INTO plain VALUES (?, ?)", [(turn.key, turn.text) for turn in turns])

    def find(question: str, _: int) -> tuple[list[str], bool]:
        small = words.stopwords(words.language_of(question))
        tokens = [f'"{word}"' for word in re.findall(r"\w+", question) if words.fold(word) not in small]
        query = "SELECT key FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?"
        return [row[0] for row in db.execute(query, (" OR ".join(tokens), K))] if tokens else [], True

    return find


def shares_a_word(question: dict[str, Any], texts: dict[str, str]) -> bool:
    """Tell whether a question has a word, names of speakers aside, that stands in its evidence."""
    names = {"Nadia", "Tom", "Camille", "Hugo", "Marcus", "Ruth"}
    stems = {word.stem for word in words.words(question["question"], question["language"]) if word.text not in names}
    return any(
        stems & {word.stem for word in words.words(texts[key], question["language"])} for key in question["evidence"]
    )


def measure(find: Finder, questions: list[dict[str, Any]], texts: dict[str, str]) -> dict[str, dict[str, float]]:
    """Return recall@10 by class with the number of questions, and how often the answers are sure."""
    found = defaultdict(list)
    for question in questions:
        keys, sure = find(question["question"], microseconds(question["asked"]))
        evidence = set(question["evidence"])
        found["sure, with an answer" if evidence else "sure, without one"].append(float(sure))
        if not evidence:
            continue
        share = len(evidence & set(keys)) / len(evidence)
        wording = "shares a word" if shares_a_word(question, texts) else "shares no word"
        language, kind = question["language"], question["kind"]
        for group in ("all", language, wording, kind, f"{kind}, {language}"):
            found[group].append(share)
    return {group: {"mean": statistics.fmean(values), "n": len(values)} for group, values in sorted(found.items())}


def quality(part: str, name: str) -> dict[str, Any]:
    db, turns, questions = memory_of(name)
    asked = [question for question in questions if question["part"] == part]
    texts = {turn.key: turn.text for turn in turns}
    return {
        "set": name,
        "turns": len(turns),
        "part": part,
        "recall": measure(ours(db), asked, texts),
        "plain FTS5": measure(plain(turns), asked, texts)["all"],
    }


# --- time ------------------------------------------------------------------------------------------------------------


def vocabulary() -> list[str]:
    """Return real words in an order of our own, so that the frequent ones have no meaning in common."""
    known = [word for word in embeddings.whole_words() if word.isascii()]
    return [str(word) for word in np.random.default_rng(4).permutation(known)[:WORDS]]


def made_up(count: int, known: list[str]) -> Iterator[list[Turn]]:
    """Yield `count` turns in chunks, twenty to a session, seven minutes apart."""
    rng = np.random.default_rng(5)
    chances = 1 / np.arange(SMALL_WORDS, SMALL_WORDS + len(known))
    for start in range(0, count, CHUNK):
        drawn = rng.choice(len(known), size=(min(CHUNK, count - start), 9), p=chances / chances.sum())
        yield [made_up_turn(start + place, [known[word] for word in row]) for place, row in enumerate(drawn)]


def made_up_turn(number: int, w: list[str]) -> Turn:
    text = f"I {w[0]} the {w[1]} and {w[2]} was {w[3]} {w[4]} for my {w[5]} with {w[6]} {w[7]} {w[8]}."
    moment = BEGIN_US + number * 7 * MINUTE_US
    who: Speaker = "user" if number % 2 else "companion"
    return Turn(0, f"t{number}", f"s{number // 20}", OWNER, number % 20, who, "", text, "", "en",
                "2017-07-14T02:40:00+00:00", moment, pinned=False)  # fmt: skip


def speed(count: int) -> dict[str, float]:
    known = vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.db"
        db = database.writer(path, None)
        schema.migrate(db)
        indexing = sum(remember(db, chunk) for chunk in made_up(count, known))
        text = db.execute("SELECT sum(length(text)) FROM turns").fetchone()[0]
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        waits = [wait(db, question, count) for question in asked(db, count)]
        db.close()
        centiles = statistics.quantiles(waits[QUESTIONS // 10 :], n=100)
        return {
            "turns": count,
            "indexing_ms_per_turn": indexing / count * 1e3,
            "bytes_per_turn_beyond_text": (path.stat().st_size - text) / count,
            "p50_ms": centiles[49],
            "p95_ms": centiles[94],
        }


def asked(db: Database, count: int) -> list[str]:
    """Return questions of four words out of a turn each; the first tenth only warms the caches."""
    rng = np.random.default_rng(6)
    questions = []
    for number in rng.integers(1, count + 1, QUESTIONS):
        text = db.execute("SELECT text FROM turns WHERE id = ?", (int(number),)).fetchone()[0]
        matter = [word.text for word in words.words(text, "en")]
        questions.append(
            f"What did I say about the {' '.join(rng.choice(matter, min(4, len(matter)), replace=False))}?"
        )
    return questions


def wait(db: Database, question: str, count: int) -> float:
    begun = time.perf_counter()
    recall.search(db, question, person=OWNER, now_us=BEGIN_US + count * 7 * MINUTE_US, k=K)
    return (time.perf_counter() - begun) * 1e3


# --- report ----------------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("test", "development"), default="test")
    parser.add_argument("--turns", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--without-meaning", action="store_true", help="by words alone, to see what vectors add")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.without_meaning:
        ranking.MEANING_CERTAIN = ranking.RELATED = 0.0
        ranking.WEIGHTS |= {"meaning": 0.0, "meaning of conversation": 0.0}
    told = [quality(options.part, name) for name in SETS]
    speeds = [speed(count) for count in options.turns]
    if options.json:
        print(json.dumps({"quality": told, "speed": speeds}, indent=2))
        return
    for one in told:
        print(f"recall@{K}, {one['set']}, {one['part']} part, {one['turns']} turns in one memory")
        for group, figure in one["recall"].items():
            print(f"  {group:<24}{figure['mean']:6.3f}   n = {figure['n']}")
        print(f"  {'plain FTS5, all':<24}{one['plain FTS5']['mean']:6.3f}")
    for figures in speeds:
        print(
            "  ".join(
                f"{name} {value:,.3g}" if value < CHUNK else f"{name} {value:,}" for name, value in figures.items()
            )
        )


if __name__ == "__main__":
    main()
