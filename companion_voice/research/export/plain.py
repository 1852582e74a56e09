"""CSV as RFC 4180 has it: UTF-8, one tidy table a file, a heading line, CRLF; a missing value is an empty field.

Written and read here, so that what goes out can come in again. Knows no codebook and no provenance.
"""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import msgspec

from companion_voice.errors import ExportError
from companion_voice.research import rows
from companion_voice.research.tables import Batch


class Tables:
    """One CSV file a table in `folder`; `name` makes a file's name of a table's."""

    def __init__(self, folder: Path, name: str = "{}.csv") -> None:
        self._folder, self._name = folder, name
        self._stack = ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        for table in rows.TABLES:
            path = self._folder / self._name.format(table)
            writer = csv.writer(self._stack.enter_context(path.open("w", encoding="utf-8", newline="")))
            writer.writerow(column.name for column in rows.columns(table))
            self._writers[table] = writer
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, batch: Batch) -> None:
        """Write the rows of `batch`."""
        for table, some in batch.rows.items():
            self._writers[table].writerows(map(_cells, some))


def read(path: Path, table: str) -> Iterator[rows.Row]:
    """Yield the rows of `table` in the CSV at `path`. Raises `ExportError`, naming the line, for anything else."""
    known = rows.columns(table)
    kind, optional = rows.TABLES[table], {column.name for column in known if column.optional}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            names = next(reader, [])
            if names != [column.name for column in known]:
                raise ExportError(f"{path} does not have the columns of the table {table}.", "Export it again.")
            for cells in reader:
                yield _row(path, reader.line_num, dict(zip(names, cells, strict=False)), kind, optional)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}.", "Export it again.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ExportError(f"{path} is not a CSV in UTF-8: {error}.", "Export it again.") from error


def _row(path: Path, line: int, cells: dict[str, str], kind: type[rows.Row], optional: set[str]) -> rows.Row:
    values = {name: None if name in optional and not cell else cell for name, cell in cells.items()}
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ExportError(f"{path}, line {line}: {error}.", "Export it again.") from error


def _cells(row: rows.Row) -> list[str]:
    return [_cell(value) for value in msgspec.structs.astuple(row)]


def _cell(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
