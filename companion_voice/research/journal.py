"""The journal of a conversation: its setup, then every event with the commands it gave, one JSON line each.

Replaying feeds the events through the pure core again: the same commands must come out, whatever the machine.
Knows nothing of terminals and threads.
"""

from collections.abc import Iterator, Sequence
from io import BufferedWriter
from pathlib import Path
from typing import TypeVar

import msgspec

from companion_voice.conversation.state import Setup, State, begin
from companion_voice.conversation.turns import step
from companion_voice.errors import JournalError
from companion_voice.events import AnyCommand, AnyEvent

VERSION = 1

T = TypeVar("T")


class Heading(msgspec.Struct, frozen=True):
    """The first line."""

    version: int
    started: str
    """Local wall time, ISO 8601 with offset."""
    setup: Setup


class Entry(msgspec.Struct, frozen=True):
    """Every other line."""

    event: AnyEvent
    commands: tuple[AnyCommand, ...]


class Difference(msgspec.Struct, frozen=True):
    """A line at which a replay did something else."""

    line: int
    recorded: tuple[AnyCommand, ...]
    replayed: tuple[AnyCommand, ...]


class Journal:
    """Writes a journal while the conversation happens; a line is handed to the system as soon as it is complete."""

    def __init__(self, path: Path, setup: Setup, started: str) -> None:
        self._file: BufferedWriter = _create(path)
        self._write(Heading(VERSION, started, setup))

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:  # noqa: ARG002
        """Add an event and its commands."""
        self._write(Entry(event, tuple(commands)))

    def close(self) -> None:
        """End the journal."""
        self._file.close()

    def _write(self, line: msgspec.Struct) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")
        self._file.flush()


def read(path: Path) -> Iterator[Heading | Entry]:
    """Yield the heading and the entries of a journal. Raises `JournalError` naming the line that is wrong."""
    try:
        with path.open("rb") as file:
            yield _decode(file.readline(), Heading, path, 1)
            for number, line in enumerate(file, 2):
                yield _decode(line, Entry, path, number)
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}.") from error


def replay(path: Path) -> tuple[int, list[Difference]]:
    """Return how many events a journal holds, and where the core would now decide otherwise. Raises `JournalError`."""
    entries = read(path)
    heading = next(entries)
    if not isinstance(heading, Heading) or heading.version != VERSION:
        raise JournalError(f"{path} was written by another version of the journal.")
    state, count, differences = begin(heading.setup), 0, []
    for entry in entries:
        if isinstance(entry, Entry):
            count += 1
            state, commands = step(state, entry.event)
            if commands != entry.commands:
                differences.append(Difference(count + 1, entry.commands, commands))
    return count, differences


def _create(path: Path) -> BufferedWriter:
    try:
        file = path.open("xb")
    except FileExistsError as error:
        raise JournalError(
            f"{path} already exists, and a journal is never written over.", "Name a new file."
        ) from error
    except OSError as error:
        raise JournalError(f"{path} cannot be written: {error.strerror}.") from error
    path.chmod(0o600)
    return file


def _decode(line: bytes, kind: type[T], path: Path, number: int) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JournalError(f"{path}, line {number} is not a line of a journal: {error}.") from error
