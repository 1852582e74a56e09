"""What a local model judged of a session, kept beside its journal, which is never touched.

A file begins with who judged and how it was asked; then each line is one answer, in the order in which they came, so
that an interrupted judge goes on where it was. Knows no engine.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from companion_voice import paths
from companion_voice.errors import StudyError
from companion_voice.events import Prompt
from companion_voice.research import sessions
from companion_voice.research.behaviours import judge
from companion_voice.research.records import Behaviour, Turn

T = TypeVar("T")


class Judge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who judged, and how it was asked."""

    model: str
    """Its engine and the name of its file."""
    sha256: str
    """Of that file."""
    wording: str
    """SHA-256 of the form and of how each behaviour is put."""


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer."""

    turn: int
    code: str
    applies: bool


class Judged:
    """The answers about one session."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._file = journal.parent.parent / "judged" / journal.name

    @property
    def by(self) -> Judge | None:
        """Who judged this session; None where nobody did. Raises `StudyError` for a file that is damaged."""
        lines = self._lines()
        return self._decoded(lines[0], Judge) if lines else None

    def answers(self) -> tuple[Judgement, ...]:
        """Return every answer. Raises `StudyError` for a file that is damaged."""
        return tuple(self._decoded(line, Judgement) for line in self._lines()[1:])

    def found(self) -> tuple[Behaviour, ...]:
        """Return the behaviours that apply, each with the model as its rule."""
        by, session = self.by, self._journal.stem
        return tuple(
            Behaviour(session=session, turn=one.turn, code=one.code, kind="judge", rule=by.model)
            for one in self.answers()
            if by and one.applies
        )

    def left(self, codes: Sequence[str]) -> Iterator[tuple[Turn, str, Prompt]]:
        """Yield what is still to be asked about `codes`."""
        known = {(one.turn, one.code) for one in self.answers()}
        asked = judge.questions(sessions.read(self._journal).turns)
        return ((turn, code, text) for turn, code, text in asked if code in codes and (turn.turn, code) not in known)

    def begin(self, by: Judge) -> None:
        """Take answers of this judge from now on; those of another are forgotten."""
        if self.by != by:
            self._write([msgspec.json.encode(by)])

    def add(self, answer: Judgement) -> None:
        """Keep one more answer. Raises `StudyError` where the disk refuses."""
        try:
            with self._file.open("ab") as file:
                file.write(msgspec.json.encode(answer) + b"\n")
        except OSError as error:
            raise StudyError(f"What was judged cannot be kept: {error.strerror}.") from error

    def strike(self, turns: Sequence[int]) -> None:
        """Forget what was judged of `turns`."""
        if lines := self._lines():
            self._write([lines[0], *(msgspec.json.encode(one) for one in self.answers() if one.turn not in turns)])

    def _lines(self) -> list[bytes]:
        """Return the whole lines; one that was torn when the judge was interrupted is asked about again."""
        data = self._file.read_bytes() if self._file.exists() else b""
        return data[: data.rfind(b"\n") + 1].splitlines()

    def _write(self, lines: Sequence[bytes]) -> None:
        paths.private_folder(self._file.parent)
        paths.write_private(self._file, b"".join(line + b"\n" for line in lines))

    def _decoded(self, line: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError as error:
            raise StudyError(f"{self._file} is damaged.", "Delete it, and have the session judged again.") from error


def wording() -> str:
    """Return the SHA-256 of the form and of how each behaviour is put, in both languages."""
    asked = [judge.SCHEMA, *(judge.head(code, language) for code in judge.JUDGED for language in judge.LANGUAGES)]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()
