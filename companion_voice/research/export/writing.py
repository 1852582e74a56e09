"""One export: every format asked for from one pass over the rows, whole or not at all.

Lays out the folder, counts, and leaves the codebook and the provenance beside the data. Knows the formats by name only.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from companion_voice import paths
from companion_voice.errors import ExportError
from companion_voice.research import codebook, rows
from companion_voice.research.export import provenance
from companion_voice.research.export.convokit import Corpus
from companion_voice.research.export.parquet import Dataset
from companion_voice.research.export.plain import Tables
from companion_voice.research.export.psychds import Folder
from companion_voice.research.tables import Batch

Format: TypeAlias = Literal["csv", "parquet", "convokit", "psych-ds"]

FORMATS: tuple[Format, ...] = ("csv", "parquet", "convokit", "psych-ds")
"""CSV is always written: the others are made for programs, and it is what an export is checked and pooled by."""


class Sink(Protocol):
    """What takes rows in one format."""

    def add(self, batch: Batch) -> None:
        """Write the rows of `batch`."""


def write(
    batches: Iterable[Batch], folder: Path, formats: Iterable[Format], origin: provenance.Origin
) -> provenance.Provenance:
    """Write `batches` into the new `folder` and return what it holds. Raises `ExportError` and leaves nothing."""
    with _draft(folder) as draft:
        counts: Counter[str] = Counter(dict.fromkeys(rows.TABLES, 0))
        unreviewed = refused = 0
        with ExitStack() as stack:
            sinks = [stack.enter_context(_sink(one, draft, origin)) for one in dict.fromkeys(("csv", *formats))]
            for batch in batches:
                for sink in sinks:
                    sink.add(batch)
                counts.update({table: len(some) for table, some in batch.rows.items()})
                unreviewed += batch.unreviewed
                refused += batch.refused
        _refuse_empty(counts, unreviewed)
        _describe(draft)
        found = provenance.of(origin, draft, dict(counts), unreviewed=unreviewed, refused=refused)
        provenance.write(found, draft)
    return found


def _sink(form: str, folder: Path, origin: provenance.Origin) -> AbstractContextManager[Sink]:
    match form:
        case "csv":
            return Tables(folder / "csv")
        case "parquet":
            return Dataset(folder / "parquet")
        case "convokit":
            return Corpus(folder / "convokit", _about(origin))
        case _:
            return Folder(folder / "psych-ds", origin.study, _about(origin))


def _about(origin: provenance.Origin) -> dict[str, Any]:
    return {
        "name": origin.study,
        "what": provenance.WHAT,
        "synthetic": provenance.SYNTHETIC,
        "codebook": codebook.version(),
        "study_hash": origin.study_hash,
        "level": origin.level,
    }


def _describe(folder: Path) -> None:
    """Leave the codebook in both languages: a page to read, and tables for programs."""
    for language in codebook.LANGUAGES:
        (folder / f"codebook.{language}.md").write_text(codebook.as_markdown(language), encoding="utf-8")
        (folder / f"codebook.{language}.csv").write_text(codebook.as_csv(language), encoding="utf-8", newline="")
        behaviours = codebook.behaviours_as_csv(language)
        (folder / f"behaviours.{language}.csv").write_text(behaviours, encoding="utf-8", newline="")


def _refuse_empty(counts: Counter[str], unreviewed: int) -> None:
    if not counts["sessions"]:
        waiting = f" {unreviewed} wait for their participant's review." if unreviewed else ""
        raise ExportError(f"There is no session to export.{waiting}", "companion study review NAME PARTICIPANT")


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Lend a folder that becomes `folder` when all went well, and is gone otherwise."""
    if folder.exists():
        raise ExportError(f"{folder} exists already.", "Name a new folder with --to, or move that one away.")
    draft = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        paths.private_folder(draft)
        yield draft
        draft.rename(folder)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror}. Nothing was kept.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
