"""What can be downloaded: names, places, licences, sizes and digests. Knows nothing of what is installed.

The catalogue that ships is joined with the person's own `models.yaml` beside `config.yaml`, where there is one.
"""

import difflib
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias

import msgspec

from companion_voice import documents, paths
from companion_voice.errors import ModelError
from companion_voice.events import Kind

Tier: TypeAlias = Literal["small", "medium", "large"]

_Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][\w.-]*$")]
_Path: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[\w-][\w.-]*(/[\w-][\w.-]*)*$")]
_Commit: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}$")]
_Digest: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
_DigestIfKnown: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
_Requirement: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z")]
_Version: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9][A-Za-z0-9.!+]*\Z")]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a model, pinned to its bytes, or to a place that never changes."""

    path: _Path
    """Its path inside the repository or the wheel."""
    size: Annotated[int, msgspec.Meta(ge=1)]
    """Bytes."""
    sha256: _DigestIfKnown = ""
    """Empty where no public source tells it: then the first download is trusted, and its digest kept in the lock."""

    @property
    def name(self) -> str:
        """Its name here, without the folders it comes from."""
        return PurePosixPath(self.path).name


class Wheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Python wheel, pinned to its bytes, that carries a model among its files."""

    package: _Requirement
    version: _Version
    sha256: _Digest


class Needs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model asks of a computer. Reckoned where nobody measured it; docs/models.md says how."""

    memory: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Megabytes while it works, its process included; 0 where nobody knows."""
    speed: str = ""
    """How quick it is on two cores, in a few words."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One model: where it comes from, what it may be used for and what its engine must be told.

    It comes from a repository of the hub at one revision, or out of a wheel.
    """

    name: _Name
    kind: Kind
    engine: str
    """The entry point of the engine that loads it."""
    repository: _Path = ""
    """`owner/name` on the hub."""
    revision: _Commit = ""
    """The commit the files are taken from."""
    wheel: Wheel | None = None
    files: Annotated[tuple[File, ...], msgspec.Meta(min_length=1)]
    """The first is the one the engine opens, unless it opens the folder."""
    languages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """Two-letter codes."""
    licence: Annotated[str, msgspec.Meta(min_length=1)]
    good_for: Annotated[str, msgspec.Meta(min_length=1)]
    """One plain sentence."""
    tiers: tuple[Tier, ...] = ()
    """The sets it belongs to; none for an alternative that is pulled by name."""
    tuning: dict[str, str] = {}
    """Settings for the engine, such as the prompt template of a language model."""
    needs: Needs = Needs()
    """What it asks of a computer, as far as anybody knows."""

    def __post_init__(self) -> None:
        """Refuse a model that comes from nowhere, or from two places."""
        if {bool(self.repository), bool(self.revision)} != {self.wheel is None}:
            raise ValueError("a model needs either a `repository` and its `revision`, or a `wheel`")

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every model that can be pulled; within a kind the better one stands first."""

    models: tuple[Entry, ...] = ()

    def entry(self, name: str) -> Entry:
        """Return the model called `name`. Raises `ModelError`, naming the nearest, when there is none."""
        for entry in self.models:
            if entry.name == name:
                return entry
        names = [entry.name for entry in self.models]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        raise ModelError(
            f"There is no model called “{name}”" + (f"; did you mean “{near[0]}”?" if near else "."),
            "`companion models list` shows all of them.",
        )

    def tier(self, tier: Tier, languages: tuple[str, ...]) -> tuple[Entry, ...]:
        """Return the models that make up `tier` for somebody who speaks `languages`."""
        return tuple(e for e in self.models if tier in e.tiers and not set(languages).isdisjoint(e.languages))


def load() -> Catalogue:
    """Return the models that ship and the person's own.

    Raises `ConfigurationError` for a file that cannot be used and `ModelError` for a name that stands twice.
    """
    entries = documents.read(paths.shipped("models/catalogue.yaml"), Catalogue).models
    own = paths.configuration_folder() / "models.yaml"
    if own.exists():
        entries += documents.read(own, Catalogue).models
    names = [entry.name for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ModelError(f"Two models are called “{twice}”.", f"Give yours another name in {own}.")
    return Catalogue(entries)
