"""Exports of many participants become one, each checked against its provenance before a row of it is taken.

Nobody may be in two of them, and no session: a pool that counts somebody twice is worse than none.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from companion_voice.errors import ExportError
from companion_voice.research import rows
from companion_voice.research.deriving import lowest
from companion_voice.research.export import plain, provenance, stored
from companion_voice.research.export.writing import Format, write


def pool(folders: Sequence[Path], to: Path, formats: Iterable[Format], *, made: str) -> provenance.Provenance:
    """Write the exports in `folders` into a new one in `to`. Raises `ExportError` where one does not fit."""
    found = [provenance.read(folder) for folder in folders]
    _refuse_twice(folders, "participants", ("study_id", "ppt_id"))
    _refuse_twice(folders, "sessions", ("session_id",))
    studies = dict.fromkeys(one.origin.study for one in found)
    hashes = dict.fromkeys(one.origin.study_hash for one in found)
    origin = provenance.Origin(
        study="+".join(studies),
        study_hash="+".join(hashes),
        level=lowest(*(one.origin.level for one in found)),
        made=made,
        pooled=tuple(hashlib.sha256((folder / provenance.NAME).read_bytes()).hexdigest() for folder in folders),
    )
    return write(chain.from_iterable(map(stored.batches, folders)), to, formats, origin)


def _refuse_twice(folders: Sequence[Path], table: str, key: tuple[str, ...]) -> None:
    """Raise `ExportError` where the same `key` of `table` stands in two folders."""
    owner: dict[tuple[str, ...], Path] = {}
    for folder in folders:
        for row in plain.read(folder / "csv" / f"{table}.csv", table):
            one = tuple(getattr(row, name) for name in key)
            if one in owner:
                raise ExportError(
                    f"{rows.TABLES[table].__name__} {' '.join(one)} is in {owner[one]} and in {folder}.",
                    "Pool only one of them. For journals of your own, export each with another --as.",
                )
            owner[one] = folder
