"""`companion study export`, `report`, `pool` and `codebook`: what leaves a study, and what it shows.

Decides nothing about who may leave: `research.tables` does.
"""

from datetime import datetime
from pathlib import Path

import click
import msgspec

from companion_voice import paths
from companion_voice.boundaries import files as boundary_files
from companion_voice.errors import BoundaryError, UsageError
from companion_voice.research import codebook as columns
from companion_voice.research import sessions
from companion_voice.research.export import pooling, provenance, stored, writing
from companion_voice.research.export.writing import FORMATS, Format
from companion_voice.research.records import LEVELS, Level
from companion_voice.research.report.page import page
from companion_voice.research.study.store import Study, open_study
from companion_voice.research.tables import OWN_STUDY, SELF, Journals, Source, batches

formats = click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="May be given several times; CSV is always written.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
language = click.option("--lang", "language", type=click.Choice(columns.LANGUAGES), default="en", help="en or fr.")


_GRANTED: dict[str, Level] = {"counts": "metrics", "codes": "labels", "words": "text"}
"""By `research.levels`, how much of what was said may leave."""


@click.command(epilog="Example: companion study export tea --format parquet --to tea-data")
@click.argument("name", required=False)
@click.option("--journal", "journals", multiple=True, type=click.Path(path_type=Path), help="Own journals instead.")
@click.option("--as", "pseudonym", default=SELF, help="Whom your own journals are of, once they are pooled.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="The folder to make; NAME-export without it.")
@click.option(
    "--level", "most", type=click.Choice(LEVELS), default=LEVELS[-1], help="No more than this of what was said."
)
@formats
@as_json
def export(
    name: str | None,
    journals: tuple[Path, ...],
    pseudonym: str,
    folder: Path | None,
    most: Level,
    formats: tuple[Format, ...],
    *,
    as_json: bool,
) -> None:
    """Write a study's data: who withdrew is not in it, nor what was not reviewed or was struck.

    Text goes as far as each participant's consent. Beside the data lie the codebook in English and French and
    provenance.json. Without NAME, --journal exports journals of your own, a file or a folder of them, as far
    as your boundaries allow (`research.enabled`, `research.levels`).
    """
    study = name or OWN_STUDY
    source: Source
    if name:
        source = known = open_study(name)
        origin = _origin(known, most)
    else:
        source, most = _own(journals, pseudonym), _granted(most)
        origin = provenance.Origin(study=OWN_STUDY, study_hash="", level=most, made=_now())
    to = folder or Path(f"{study}-export")
    _tell(writing.write(batches(source, study, most=most), to, formats, origin), to, as_json=as_json)


@click.command(epilog="Example: companion study pool lab-1 lab-2 lab-3 --to all")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), help="The folder to make.")
@formats
@as_json
def pool(folders: tuple[Path, ...], folder: Path, formats: tuple[Format, ...], *, as_json: bool) -> None:
    """Join the exports of several computers into one.

    Each must be as it was exported, by a version with the same columns, and nobody may be in two of them.
    """
    _tell(pooling.pool(folders, folder, formats, made=_now()), folder, as_json=as_json)


@click.command(epilog="Example: companion study report tea --lang fr --to tea.html")
@click.argument("name")
@click.option("--to", "file", type=click.Path(path_type=Path), help="The page to write; NAME-report.html without it.")
@language
def report(name: str, file: Path | None, language: str) -> None:
    """Write one page that shows a study, or an exported or pooled folder: figures, intervals, limits.

    The page needs no network and no script, and prints.
    """
    folder = Path(name)
    if (folder / provenance.NAME).is_file():
        origin, some = provenance.read(folder).origin, stored.batches(folder)
    else:
        study = open_study(name)
        origin, some = _origin(study, LEVELS[-1]), batches(study, name)
    html = page(some, study=origin.study, study_hash=origin.study_hash, date=_now()[:10], language=language)
    to = file or Path(f"{folder.name}-report.html")
    paths.write_private(to, html.encode())
    click.echo(f"{to}: open it in a browser, or print it.")


@click.command(epilog="Example: companion study codebook --lang fr")
@language
@click.option("--csv", "as_csv", is_flag=True, help="A table instead of a page.")
def codebook(language: str, *, as_csv: bool) -> None:
    """Say what every column of an export means, and every behaviour."""
    click.echo(columns.as_csv(language) if as_csv else columns.as_markdown(language), nl=False)


def _tell(found: provenance.Provenance, folder: Path, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
        return
    counts = ", ".join(f"{count:,} {table}" for table, count in found.rows.items())
    click.echo(f"{folder}: {counts}.")
    if found.unreviewed:
        click.echo(f"{found.unreviewed} sessions were left out: their participant has not reviewed them.")
    if found.refused:
        click.echo(f"{found.refused} sessions were left out: their participant has taken all consent back.")


def _origin(study: Study, most: Level) -> provenance.Origin:
    return provenance.Origin(study=study.name, study_hash=study.digest, level=most, made=_now())


def _own(given: tuple[Path, ...], pseudonym: str) -> Journals:
    """Return journals outside of any study. Raises `UsageError` where none are named."""
    if not given:
        raise UsageError("Which study?", f"Name one, or your own journals: --journal {sessions.folder()}")
    found = [file for path in given for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    return Journals(found, pseudonym=pseudonym)


def _granted(most: Level) -> Level:
    """Return how much of their own words somebody gives to research. Raises `BoundaryError` where it is nothing."""
    own = boundary_files.load().research
    if own.enabled == "off":
        raise BoundaryError(
            "You give research nothing.", "To change that: companion boundaries set research.enabled on"
        )
    return min(most, _GRANTED[own.levels], key=LEVELS.index)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")
