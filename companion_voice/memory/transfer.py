"""Bringing conversations in from a file, one turn a line: all of it or nothing. Text stays word for word.

Streams, so that a file may be larger than the memory of the computer. Knows no SQL of its own.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

import msgspec
from sqlite_utils import Database

from companion_voice.errors import ImportRefusedError
from companion_voice.memory import cipher, facts, ledger, moments, recall, rules, transcript
from companion_voice.memory.keeping import Keeping
from companion_voice.memory.records import Fact, Speaker, Turn
from companion_voice.memory.transcript import NewTurn, Session

LONGEST_LINE = 1 << 20
"""Bytes of a line: more is no turn of a conversation."""
YEARS = range(1900, 2300)
BATCH = 2_000


class Line(msgspec.Struct, frozen=True):
    """One turn as a file tells it; other keys of a line are not kept."""

    id: str
    session: str
    time: str
    who: Speaker
    text: str
    name: str = ""
    said: str = ""
    language: str = ""


class Imported(msgspec.Struct, frozen=True):
    """What an import brought."""

    turns: int
    facts: int
    forbidden: int
    """Turns left out because they are about something never to be remembered."""


def read(file: Path) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a file with their numbers. Raises `ImportRefusedError`, naming the line."""
    try:
        with file.open("rb") as stream:
            yield from _lines(stream, file)
    except OSError as error:
        raise ImportRefusedError(f"{file} cannot be read: {error.strerror}.") from error


def bring(db: Database, file: Path, person: str, keeping: Keeping) -> Imported:
    """Store every turn of `file` as `person`'s, with facts and index, inside the caller's transaction.

    Raises `ImportRefusedError`, naming the line, upon which the caller rolls back.
    """
    never = (*rules.of(db, person), *keeping.rules(person))
    lines, turns, told, forbidden = read(file), 0, 0, 0
    positions: dict[str, int] = {}
    while batch := list(islice(lines, BATCH)):
        allowed = [one for one in batch if not rules.forbids(never, one[1].text)]
        forbidden += len(batch) - len(allowed)
        stored = [_store(db, number, line, person, positions, file) for number, line in allowed]
        recall.index_turns(db, stored)
        found = _told(db, stored, keeping)
        recall.index_facts(db, found)
        turns, told = turns + len(stored), told + len(found)
    return Imported(turns, told, forbidden)


def _lines(stream: IO[bytes], file: Path) -> Iterator[tuple[int, Line]]:
    decoder = msgspec.json.Decoder(Line)
    number = 0
    while data := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(data) > LONGEST_LINE:
            raise _refused(file, number, f"it is longer than {LONGEST_LINE >> 20} MiB")
        if data.strip():
            yield number, _line(decoder, data, number, file)


def _line(decoder: msgspec.json.Decoder[Line], data: bytes, number: int, file: Path) -> Line:
    try:
        line = decoder.decode(data)
        year = moments.read(line.time).year
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(file, number, str(error)) from error
    except (ValueError, OverflowError) as error:
        raise _refused(file, number, f"{line.time!r} is not a time such as 2023-05-08T13:56:00") from error
    if year not in YEARS:
        raise _refused(file, number, f"{line.time!r} is not a time that anybody lived in")
    if not line.id or not line.session:
        raise _refused(file, number, "`id` and `session` may not be empty")
    return line


def _store(db: Database, number: int, line: Line, person: str, positions: dict[str, int], file: Path) -> Turn:
    time = moments.read(line.time)
    session = Session(line.session, person, "", moments.microseconds(time))
    if line.session not in positions:
        transcript.begin(db, session)
        if transcript.whose(db, line.session) != person:
            raise _refused(file, number, f"the session {line.session!r} is somebody else's")
    new = NewTurn(
        session=session, who=line.who, text=line.text, time=time.isoformat(),
        name=line.name, said=line.said, language=line.language, key=line.id,
    )  # fmt: skip
    try:
        turn = transcript.add(db, new, position=positions.get(line.session))
    except cipher.failures("IntegrityError") as error:
        raise _refused(file, number, f"something in memory is already called {line.id!r}") from error
    positions[line.session] = turn.position + 1
    return turn


def _told(db: Database, turns: Iterable[Turn], keeping: Keeping) -> list[Fact]:
    """Store what the person's own turns tell, each at the time it was told."""
    own = (turn for turn in turns if turn.who == "user")
    return [
        fact
        for turn in own
        for fact in ledger.store(db, turn, keeping.allowed(facts.extract(turn)), origin="pattern", latest=False)
    ]


def _refused(file: Path, number: int, why: str) -> ImportRefusedError:
    return ImportRefusedError(f"{file}, line {number}: {why}.", "Nothing of the file was imported.")
