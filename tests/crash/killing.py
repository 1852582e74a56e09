"""Kill a writing program at random moments and see what is left. Used by the test and by the benchmark.

The children are forked from this process once its word lists are loaded, so that a round takes milliseconds.
"""

import multiprocessing
import random
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from companion_voice.memory.store import Memory

_FORK = multiprocessing.get_context("fork")


def warm_up(folder: Path) -> None:
    """Load what the children will need by living a little."""
    with Memory.open(folder) as memory:
        session = memory.begin_session("warm", persona="ada")
        memory.add_turn(session, "user", "My sister's name is Mary.")


def kill_while_writing(folder: Path, round_: int, within: float) -> list[str]:
    """Start a writer, `kill -9` it within so many seconds at a random moment, and return what it acknowledged."""
    ours, theirs = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_write, args=(folder, round_, theirs))
    child.start()
    theirs.close()
    select.select([], [], [], random.uniform(0, within))
    child.kill()
    child.join()
    assert child.exitcode == -9
    acknowledged = list(_received(ours))
    ours.close()
    child.close()
    return acknowledged


@contextmanager
def another_program(folder: Path) -> Iterator[None]:
    """Have another program write the memory meanwhile; it is killed afterwards."""
    ours, theirs = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_write, args=(folder, 0, theirs))
    child.start()
    theirs.close()
    ours.recv_bytes()
    try:
        yield
    finally:
        child.kill()
        child.join()
        ours.close()
        child.close()


def kill_while(work: Callable[[], None], within: float) -> None:
    """Begin `work` in another process and `kill -9` it within so many seconds at a random moment, if it still goes on."""
    child = _FORK.Process(target=work)
    child.start()
    child.join(random.uniform(0, within))
    child.kill()
    child.join()
    assert child.exitcode in {-9, 0}
    child.close()


def stored(folder: Path) -> list[str]:
    """Return the turns that are there, having checked that the database and its index are whole."""
    with Memory.open(folder) as memory:
        assert memory._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert memory._db.execute("PRAGMA foreign_key_check").fetchone() is None
        turns = memory.turns()
        indexed = memory._db.execute("SELECT count(*) FROM recall_documents WHERE turn IS NOT NULL").fetchone()[0]
        assert indexed == len(turns)
        return [turn.text for turn in turns]


def _write(folder: Path, round_: int, acknowledge: Connection) -> None:
    memory = Memory.open(folder)
    session = memory.begin_session(f"s{round_}", persona="ada")
    number = 0
    while True:
        text = f"In round {round_} I say that my sister's name is Mary{number}."
        memory.add_turn(session, "user", text)
        acknowledge.send_bytes(text.encode())
        number += 1


def _received(pipe: Connection) -> Iterator[str]:
    """Yield what the child had sent; a message torn by the kill was no acknowledgement."""
    while True:
        try:
            yield pipe.recv_bytes().decode()
        except (EOFError, OSError):
            return
