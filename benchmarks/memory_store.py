"""How fast memory takes in a life, how much room it needs beyond the words, and whether `kill -9` costs a turn.

    python -m benchmarks.memory_store [--turns 100000] [--kills 1000] [--torn 1000] [--live 200]

Prints figures only. The conversations are made up from a few hundred words, so that no text is carried along.
"""

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from companion_voice.memory import encryption, moments
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory
from tests.crash.killing import kill_while_writing, stored, warm_up
from tests.crash.tearing import CARRIED, DAMAGES, TURNS, left_after, torn_off

WORDS = [
    "morning",
    "evening",
    "garden",
    "kitchen",
    "letter",
    "window",
    "river",
    "mountain",
    "book",
    "music",
    "friend",
    "sister",
    "brother",
    "mother",
    "father",
    "dog",
    "cat",
    "train",
    "ticket",
    "lunch",
]
PLAIN = ("I went to the {} with my {}.", "We talked about the {} and the {}.", "The {} was better than the {}.")
TELLING = ("My sister's name is {}.", "I live in {}.", "I like {} very much.", "My dog is called {}.")
TURNS_A_SESSION = 40
PASSPHRASE = "a passphrase of a benchmark"


def conversations(file: Path, turns: int) -> int:
    """Write so many turns of conversation into `file`; return the bytes of their words."""
    chance, size = random.Random(7), 0
    with file.open("w") as stream:
        for number in range(turns):
            said = chance.choice(TELLING if number % 20 == 0 else PLAIN)
            text = said.format(chance.choice(WORDS).title(), f"{chance.choice(WORDS)}{chance.randrange(3000)}")
            size += len(text.encode())
            stream.write(json.dumps(line(number, text)) + "\n")
    return size


def line(number: int, text: str) -> dict[str, str]:
    session = number // TURNS_A_SESSION
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_600_000_000 + session * 40_000 + number % 40 * 20))
    who = "companion" if number % 2 else "user"
    return {"id": f"D{session}:{number}", "session": f"s{session}", "time": when, "who": who, "text": text}


def taking_in(folder: Path, turns: int) -> None:
    file = folder / "turns.jsonl"
    size = conversations(file, turns)
    with Memory.open(folder / "memory") as memory:
        start = time.perf_counter()
        brought = memory.bring(file)
        took = time.perf_counter() - start
    held = sum(each.stat().st_size for each in (folder / "memory").glob("memory.db*"))
    print(f"import: {turns} turns, {brought.facts} facts in {took:.1f} s ({turns / took:.0f} turns/s)")
    print(f"room: {held / turns:.0f} bytes a turn, {(held - size) / turns:.0f} beyond its words")
    with Memory.open(folder / "memory") as memory:
        start = time.perf_counter()
        receipt = memory.forget(memory.choose_key("D0:0"))
        print(
            f"forget: one turn of {turns}, to the last byte and with a new backup: {time.perf_counter() - start:.2f} s"
        )
        print(f"        {len(receipt.turns)} turns, {receipt.backups} backups deleted")


def living(folder: Path, turns: int) -> None:
    with Memory.open(folder / "live"):
        pass
    print(f"one turn, committed: {committing(folder / 'live', turns)}")
    encryption.encrypt(Place(folder / "live"), PASSPHRASE, moments.now())
    print(f"the same, encrypted: {committing(folder / 'live', turns, PASSPHRASE)}")


def committing(folder: Path, turns: int, passphrase: str | None = None) -> str:
    took = []
    start = time.perf_counter()
    with Memory.open(folder, passphrase=passphrase) as memory:
        opened = time.perf_counter() - start
        session = memory.begin_session("s1", persona="ada")
        for number in range(turns):
            start = time.perf_counter()
            memory.add_turn(session, "user", f"I went to the {WORDS[number % len(WORDS)]} with my sister.")
            took.append((time.perf_counter() - start) * 1000)
    took.sort()
    return f"p50 {took[turns // 2]:.1f} ms, p95 {took[turns * 95 // 100]:.1f} ms; opened in {opened * 1000:.0f} ms"


def killing(folder: Path, kills: int) -> None:
    warm_up(folder / "warm")
    acknowledged: list[str] = []
    for round_ in range(kills):
        acknowledged += kill_while_writing(folder / "killed", round_, within=0.1)
    there = set(stored(folder / "killed"))
    lost = sum(text not in there for text in acknowledged)
    print(f"kill -9: {kills} kills, {len(acknowledged)} turns acknowledged, {lost} lost, database whole")


def tearing(folder: Path, cases: int) -> None:
    copy = torn_off(folder / "living", folder / "copy")
    left = [left_after(DAMAGES[case % len(DAMAGES)], copy, folder / f"torn{case}") for case in range(cases)]
    carried = sum(number >= CARRIED for number in left)
    print(f"torn log: {cases} damaged logs ({', '.join(one.__name__ for one in DAMAGES)}), database whole after each;")
    print(
        f"          what was checkpointed kept in {carried}, on average {sum(left) / cases:.1f} of {TURNS} turns left"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--torn", type=int, default=1_000)
    parser.add_argument("--live", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taking_in(Path(folder), options.turns)
        living(Path(folder), options.live)
        killing(Path(folder), options.kills)
        tearing(Path(folder), options.torn)


if __name__ == "__main__":
    main()
