"""The lock: what arrived, to the byte, and when that was last found to be so. A file that changed since does not load.

It lies beside the models. Looking is cheap: a file whose size and time of change are those of the lock was not touched;
any other is read again and its digest compared. Knows nothing of engines and of the network.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.models.catalogue import Entry, File, Wheel

_PIECE: Final = 1 << 20

Progress = Callable[[int], None]
"""Told how many bytes were read since it was told last."""


class Locked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What arrived and from where, as it was when it was checked."""

    repository: str = ""
    revision: str = ""
    wheel: Wheel | None = None
    files: tuple[File, ...]
    """Each with the digest that it had, also where the catalogue knows none."""
    unchanged_since: dict[str, int] = {}
    """When each file was changed last, in nanoseconds, as its digest was found right; by name."""


def place() -> Path:
    """Return where the lock is, which need not exist."""
    return paths.models_folder() / "models.lock.json"


def read() -> dict[str, Locked]:
    """Return what is locked, by the name of the model. Raises `ConfigurationError` for a damaged lock."""
    return paths.read_private(place(), dict[str, Locked])


def pinned(entry: Entry, locked: Locked | None) -> Entry:
    """Return `entry` with the digests that its files must have; a file of which nobody knows one keeps none."""
    if locked is None or (locked.repository, locked.revision, locked.wheel) != _source(entry):
        return entry
    digests = {(file.path, file.size): file.sha256 for file in locked.files}
    return replace(
        entry,
        files=tuple(replace(f, sha256=f.sha256 or digests.get((f.path, f.size), "")) for f in entry.files),
    )


def record(entry: Entry, folder: Path) -> None:
    """Write into the lock what the files of `entry` in `folder` are.

    A file without a public digest is taken as it is: that is the digest it must have from now on. Raises
    `ConfigurationError`.
    """
    repository, revision, wheel = _source(entry)
    locked = Locked(
        repository=repository,
        revision=revision,
        wheel=wheel,
        files=tuple(replace(file, sha256=file.sha256 or digest(folder / file.name)) for file in entry.files),
        unchanged_since={file.name: _changed(folder / file.name) for file in entry.files},
    )
    paths.write_private(
        place(), msgspec.json.format(msgspec.json.encode(read() | {entry.name: locked}), indent=2) + b"\n"
    )


def trust(entry: Entry, folder: Path) -> None:
    """Lock files that came without a download. Raises `ModelError` for one that the catalogue knows to be another."""
    for file in entry.files:
        if not is_right(folder / file.name, file):
            raise differs(entry, file.name)
    record(entry, folder)


def check(entry: Entry, folder: Path) -> None:
    """Make sure that the files of `entry` in `folder` are those that arrived. Raises `ModelError` for one that is not.

    Reads a file only where its size or its time of change is not that of the lock; what is found right is remembered.
    """
    locked = read().get(entry.name)
    wanted = pinned(entry, locked)
    seen = locked.unchanged_since if locked and locked.files == wanted.files else {}
    doubtful = [f for f in wanted.files if seen.get(f.name) != _changed(folder / f.name)]
    if not doubtful:
        return
    for file in doubtful:
        if not file.sha256:
            raise ModelError(
                f"Nobody knows what {file.name} of the model “{entry.name}” should be: it was not fetched here.",
                f"Fetch it: companion models pull {entry.name}. Or trust what lies here: companion models lock",
            )
        if not is_right(folder / file.name, file):
            raise differs(entry, file.name)
    with suppress(ConfigurationError):  # where the lock cannot be written, the files are read again the next time
        record(entry, folder)


def faults(entry: Entry, folder: Path, progress: Progress) -> Iterator[str]:
    """Read every file of `entry` in `folder` from end to end and yield what is wrong, each in a few words."""
    for file in pinned(entry, read().get(entry.name)).files:
        there = folder / file.name
        if not there.is_file():
            yield f"{file.name} is missing"
        elif there.stat().st_size != file.size:
            yield f"{file.name} has {there.stat().st_size:,} bytes instead of {file.size:,}"
        elif not file.sha256:
            yield f"{file.name} has no digest to be compared with"
        elif digest(there, progress) != file.sha256:
            yield f"{file.name} was changed"


def is_right(path: Path, file: File) -> bool:
    """Tell whether what is at `path` has the size and the digest of `file`; any will do where no digest is known."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    return not file.sha256 or digest(path) == file.sha256


def digest(path: Path, progress: Progress | None = None) -> str:
    """Return the SHA-256 of a file."""
    sha = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(_PIECE):
            sha.update(piece)
            if progress:
                progress(len(piece))
    return sha.hexdigest()


def differs(entry: Entry, name: str) -> ModelError:
    """Return the error for a file that is not what it should be."""
    return ModelError(
        f"{name} of the model “{entry.name}” is damaged, or was changed since it arrived; it is not loaded.",
        f"Fetch what is wrong of it again: companion models pull {entry.name}",
    )


def _source(entry: Entry) -> tuple[str, str, Wheel | None]:
    return entry.repository, entry.revision, entry.wheel


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns
