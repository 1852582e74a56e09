"""What a journal costs and what it stands: an event, verifying many, replaying conversations, striking.

    python benchmarks/journal.py [--events 1000000] [--sessions 100]

Conversations are those of `tests/scenarios`, played in virtual time.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from companion_voice.conversation.state import State, begin
from companion_voice.conversation.turns import step
from companion_voice.events import AnyCommand, AnyEvent
from companion_voice.research import journal, sessions
from companion_voice.research.journal import Journal, begun
from companion_voice.research.records import LEVELS, Level
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.logbook import Logbook
from tests.scenarios import theatre

Happened = tuple[AnyEvent, State, tuple[AnyCommand, ...]]

SCORES = sorted((Path(__file__).parent.parent / "tests" / "scenarios").glob("*.yaml"))
MILLION = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=MILLION)
    parser.add_argument("--sessions", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COMPANION_VOICE_HOME"] = folder
        played = [theatre.perform(theatre.load(score)) for score in SCORES]
        replays(played, given.sessions, Path(folder))
        cost(played, Path(folder))
        many(played, given.events, Path(folder))


def happened(one: theatre.Theatre) -> list[Happened]:
    state, found = begin(one.state.setup), []
    for _, event, _ in one.log:
        state, commands = step(state, event)
        found.append((event, state, commands))
    return found


def write(path: Path, one: theatre.Theatre, level: Level = "text") -> None:
    written = Journal(path, begun(one.state.setup, started=theatre.WALL, level=level))
    for happening in happened(one):
        written.observe(*happening)
    written.close()


def replays(played: list[theatre.Theatre], count: int, folder: Path) -> None:
    events = differences = partly = turns = 0
    for number, one in enumerate(islice(cycle(played), count)):
        path = folder / f"replay-{number}.jsonl"
        write(path, one)
        done = journal.replay(path)
        events, differences, partly = (
            events + done.events,
            differences + len(done.differences),
            partly + bool(done.until),
        )
        turns += len(sessions.read(path).turns)
        path.unlink()
    print(f"replayed {count} sessions, {events} events, {turns} turns: {differences} differences")
    print(f"  ({partly} up to a stretch that is not written)")


def cost(played: list[theatre.Theatre], folder: Path) -> None:
    """Print what an event costs the conversation's thread, and what it costs the thread that writes."""
    everything = [happening for one in played for happening in happened(one)]
    setup = played[0].state.setup
    for level in LEVELS:
        written = Journal(folder / f"{level}.jsonl", begun(setup, started=theatre.WALL, level=level))
        print(f"an event written, level {level}: {spread([timed(written, one) for one in everything])}")
        written.close()
    observer = Logbook(Journal(folder / "queued.jsonl", begun(setup, started=theatre.WALL)), Inbox(), Clock())
    print(f"an event in the conversation's thread: {spread([timed(observer, one) for one in everything])}")
    observer.close()
    observer.run()


def timed(observer: Journal | Logbook, happening: Happened) -> float:
    start = time.perf_counter()
    observer.observe(*happening)
    return 1e6 * (time.perf_counter() - start)


def spread(micros: list[float]) -> str:
    cuts = statistics.quantiles(micros, n=100)
    return (
        f"p50 {statistics.median(micros):.1f} µs, p99 {cuts[98]:.1f} µs, most {max(micros):.0f} µs (n = {len(micros)})"
    )


def many(played: list[theatre.Theatre], count: int, folder: Path) -> None:
    everything = [happening for one in played for happening in happened(one) if not one.state.crisis.episodes]
    path = folder / "many.jsonl"
    written = Journal(path, begun(played[0].state.setup, started=theatre.WALL))
    for happening in islice(cycle(everything), count):
        written.observe(*happening)
    written.close()
    size = path.stat().st_size / MILLION
    start = time.perf_counter()
    found = journal.verify(path)
    print(f"verified {found.lines} lines ({size:.0f} MB) in {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    turns = len(sessions.read(path).turns)
    print(f"made into {turns} turns in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
