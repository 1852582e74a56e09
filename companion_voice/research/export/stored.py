"""An export read back, a session at a time, so that exports can be pooled and reported without their study.

Rests on the order in which every export is written: tables go through the same sessions in the same order.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from companion_voice.research import rows
from companion_voice.research.export import plain, provenance
from companion_voice.research.tables import Batch

OF_A_SESSION = ("turns", "events", "behaviours")


def batches(folder: Path) -> Iterator[Batch]:
    """Yield the rows of the export in `folder`: each session with what belongs to it, then the participants.

    Raises `ExportError` for a file that is not as it was exported.
    """
    found, csv = provenance.read(folder), folder / "csv"
    groups = {table: _Groups(csv / f"{table}.csv", table) for table in OF_A_SESSION}
    for session in plain.read(csv / "sessions.csv", "sessions"):
        assert isinstance(session, rows.Session)
        mine = {table: groups[table].take(session.session_id) for table in OF_A_SESSION}
        yield Batch({"sessions": [session], **mine})
    for participant in plain.read(csv / "participants.csv", "participants"):
        yield Batch({"participants": [participant]})
    yield Batch({}, found.unreviewed, found.refused)
    for _, answers in groupby(plain.read(csv / "responses.csv", "responses"), key=lambda row: row.ppt_id):
        yield Batch({"responses": list(answers)})


class _Groups:
    """The rows of one table, taken a session at a time."""

    def __init__(self, path: Path, table: str) -> None:
        self._groups = groupby(plain.read(path, table), key=lambda row: getattr(row, "session_id", ""))
        self._next = next(self._groups, None)

    def take(self, session: str) -> list[rows.Row]:
        """Return the rows of `session` if they are next, and none otherwise: not every session has some."""
        if self._next is None or self._next[0] != session:
            return []
        some = list(self._next[1])
        self._next = next(self._groups, None)
        return some
