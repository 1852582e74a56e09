"""Parquet, partitioned by study and participant as Hive does, so that many machines' exports read as one table.

    turns/study_id=S/ppt_id=P/part-0.parquet

Rows are written in groups of bounded size, so that memory does not grow with a study. Needs pyarrow, which comes with
the extra `research`. Knows no codebook and no provenance.
"""

from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from companion_voice.errors import ExportError
from companion_voice.research import rows
from companion_voice.research.tables import Batch

GROUP = 65_536
"""Rows of a row group."""

PARTITION = ("study_id", "ppt_id")
"""Columns that stand in the folders' names and not in the files."""


class Dataset:
    """A Parquet data set a table in `folder`. Where a participant comes again, a new part begins."""

    def __init__(self, folder: Path) -> None:
        self._arrow, self._parquet = _library()
        self._folder = folder
        self._parts: dict[str, _Part] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.close()

    def add(self, batch: Batch) -> None:
        """Write the rows of `batch`."""
        for table, some in batch.rows.items():
            if some:
                self._add(table, some)

    def _add(self, table: str, some: list[rows.Row]) -> None:
        where = self._place(table, some[0])
        part = self._parts.get(table)
        if part is None or part.folder != where:
            if part:
                part.close()
            part = self._parts[table] = _Part(where, table, self._arrow, self._parquet)
        part.add(some)

    def _place(self, table: str, row: rows.Row) -> Path:
        return self._folder.joinpath(table, *(f"{name}={quote(getattr(row, name), safe='')}" for name in PARTITION))


class _Part:
    """One file of one table, of one participant."""

    def __init__(self, folder: Path, table: str, arrow: Any, parquet: Any) -> None:  # noqa: ANN401 - untyped modules
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self._arrow = folder, arrow
        kinds = {
            "text": arrow.string(),
            "integer": arrow.int64(),
            "number": arrow.float64(),
            "boolean": arrow.bool_(),
        }
        kept = [column for column in rows.columns(table) if column.name not in PARTITION]
        self._schema = arrow.schema([arrow.field(one.name, kinds[one.type], nullable=one.optional) for one in kept])
        part = folder / f"part-{len(list(folder.iterdir()))}.parquet"
        self._writer = parquet.ParquetWriter(part, self._schema, compression="zstd")
        self._waiting: list[rows.Row] = []

    def add(self, some: list[rows.Row]) -> None:
        self._waiting += some
        while len(self._waiting) >= GROUP:
            self._write(self._waiting[:GROUP])
            del self._waiting[:GROUP]

    def close(self) -> None:
        if self._waiting:
            self._write(self._waiting)
        self._writer.close()

    def _write(self, some: list[rows.Row]) -> None:
        arrays = [self._arrow.array([getattr(row, one.name) for row in some], one.type) for one in self._schema]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))


def _library() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module. Raises `ExportError` where they are not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - only who writes Parquet needs it
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise ExportError(
            "Parquet needs the library pyarrow.", "pip install 'companion-voice[research]', or export to CSV."
        ) from error
    return pa, parquet
