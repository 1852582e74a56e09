"""Where an export comes from: `provenance.json`, in every one of them.

It says which program made it, from which study as hashed, which text no human said, what was left out, and the SHA-256
of every table, by which `companion study pool` and a reader can tell whether it is whole.
"""

import hashlib
from pathlib import Path

import msgspec

from companion_voice import __version__, paths
from companion_voice.errors import ExportError
from companion_voice.research import codebook
from companion_voice.research.records import Level

NAME = "provenance.json"
WHAT = "Conversations between people and a voice companion that runs on their own computer, recorded with consent."
SYNTHETIC = {
    "en": "Turns of the companion and of the program were made by a program, and so was every turn of a simulated "
    "participant: the column `synthetic` says which.",
    "fr": "Les tours du compagnon et du programme sont produits par un programme, de même que tous ceux d'un "
    "participant simulé : la colonne `synthetic` les désigne.",
}


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an export before its first row."""

    study: str
    study_hash: str
    """SHA-256 of the study file as it was frozen, or as it stands; empty outside of a study."""
    level: Level
    made: str
    """When, ISO 8601."""
    pooled: tuple[str, ...] = ()
    """SHA-256 of the provenance of every export it was pooled from."""


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of it afterwards."""

    origin: Origin
    program: str
    codebook: str
    """Version of the columns."""
    rows: dict[str, int]
    """Rows of each table."""
    unreviewed: int
    """Sessions left out because their participant has not reviewed them."""
    refused: int
    """Sessions left out because their participant has taken all consent back."""
    sha256: dict[str, str]
    """Of each CSV."""
    what: str = WHAT
    synthetic: dict[str, str] = msgspec.field(default_factory=SYNTHETIC.copy)


def of(origin: Origin, folder: Path, counts: dict[str, int], *, unreviewed: int, refused: int) -> Provenance:
    """Return the provenance of the export in `folder`."""
    return Provenance(
        origin=origin,
        program=f"Companion Voice {__version__}",
        codebook=codebook.version(),
        rows=counts,
        unreviewed=unreviewed,
        refused=refused,
        sha256={path.name: digest(path) for path in sorted((folder / "csv").iterdir())},
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(found: Provenance, folder: Path) -> None:
    """Write `found` into `folder`."""
    paths.write_private(folder / NAME, msgspec.json.format(msgspec.json.encode(found)))


def read(folder: Path) -> Provenance:
    """Return the provenance of the export in `folder`, whose tables are as they were written. Raises `ExportError`."""
    try:
        found = msgspec.json.decode((folder / NAME).read_bytes(), type=Provenance)
    except OSError as error:
        raise ExportError(
            f"{folder} is no export: its {NAME} cannot be read.", "Name a folder that `companion study export` made."
        ) from error
    except msgspec.DecodeError as error:
        raise ExportError(f"{folder / NAME} is damaged: {error}.", "Export it again.") from error
    if found.codebook != codebook.version():
        raise ExportError(
            f"{folder} has columns of another version ({found.codebook}, here {codebook.version()}).",
            f"It was made by {found.program}: export it again with this version.",
        )
    changed = [name for name, known in found.sha256.items() if not _same(folder / "csv" / name, known)]
    if changed:
        raise ExportError(f"{folder}: {changed[0]} is not as it was exported.", "Export it again.")
    return found


def _same(path: Path, known: str) -> bool:
    return path.is_file() and digest(path) == known
