"""Reading a journal's file: its lines in order, whether the chain holds, and the locks it is written under.

Knows nothing of what the lines mean.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

import msgspec

from companion_voice.errors import JournalError
from companion_voice.research import lines
from companion_voice.research.lines import VERSION, Closed, Heading, Line


class Verified(NamedTuple):
    """A journal whose chain holds."""

    lines: int
    head: str
    """The last hash; whoever keeps it elsewhere can tell later that nothing was sealed anew."""
    ending: Literal["closed", "open", "torn"]
    """`open`: it just ceases, as after a crash or a cut at the end of a line; `torn`: it ends in mid-line."""


class _Begun(msgspec.Struct):
    """What any version of a journal begins with."""

    version: int


class _Number(msgspec.Struct):
    n: int


def read(path: Path) -> Iterator[Line]:
    """Yield the lines of a journal, the heading first; half a line at the very end is left out.

    Raises `JournalError`, naming the line, where one is not what was written or the file is no journal.
    """
    for number, raw, _ in _linked(path):
        yield _decoded(raw, path, number)


def heading(path: Path) -> Heading:
    """Return the first line of a journal. Raises `JournalError`."""
    first = next(read(path))
    if not isinstance(first, Heading):
        raise JournalError(f"{path}, line 1 is not a line of a journal: a heading is missing.")
    return first


def verify(path: Path) -> Verified:
    """Return how far a journal goes and its last hash. Raises `JournalError` naming the first line that is wrong."""
    count, head, last = 0, "", b""
    for count, last, head in _linked(path):  # noqa: B007 - the last of them is wanted
        pass
    if is_torn(path):
        return Verified(count, head, "torn")
    closed = isinstance(_decoded(last, path, count), Closed)
    return Verified(count, head, "closed" if closed else "open")


def is_torn(path: Path) -> bool:
    """Return whether the file ends in mid-line. Raises `JournalError`."""
    with _opened(path) as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def is_being_written(path: Path) -> bool:
    """Return whether a conversation writes this journal now. Raises `JournalError`."""
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


@contextmanager
def folder_held(path: Path) -> Iterator[None]:
    """Let nobody else write a line or strike words in the folder of `path` while the block runs."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _linked(path: Path) -> Iterator[tuple[int, bytes, str]]:
    """Yield the number, the bytes and the hash of every line, as long as each follows the one before."""
    before = ""
    with _opened(path) as file:
        for number, raw in enumerate(file, 1):
            digest = lines.follows(raw, before)
            if digest is None:
                if number > 1 and not raw.endswith(b"\n"):
                    return  # the very end, half written
                raise JournalError(f"{path}, line {number} {_fault(raw, number)}")
            yield number, raw, digest
            before = digest
    if not before:
        raise JournalError(f"{path} is empty.")


def _fault(raw: bytes, number: int) -> str:
    """Return what is wrong with a line that does not follow the one before."""
    if number == 1 and (reason := _unfit_heading(raw)):
        return reason
    try:
        stood = msgspec.json.decode(raw, type=_Number).n
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "is not a line of a journal."
    if stood > number:
        return f"was line {stood}: lines before it were taken out or moved."
    if stood < number:
        return f"was line {stood}: lines were moved or written twice."
    return "is not what was written: it was changed."


def _unfit_heading(raw: bytes) -> str:
    try:
        version = msgspec.json.decode(raw, type=_Begun).version
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "is not a line of a journal."
    if version > VERSION:
        return f"says that a newer program wrote it (version {version}; this one reads {VERSION})."
    return f"says version {version}, which had no chain; this program reads {VERSION}." if version < VERSION else ""


def _decoded(raw: bytes, path: Path, number: int) -> Line:
    try:
        line = lines.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = (_unfit_heading(raw) if number == 1 else "") or f"is not a line of a journal: {error}."
        raise JournalError(f"{path}, line {number} {reason}") from error
    if isinstance(line, Heading) != (number == 1):
        raise JournalError(f"{path}, line {number} is not a line of a journal: one heading comes first.")
    return line


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}.") from error
