"""Whether conversations are kept in journals, and how much of them: the person's choice. Off until they make it."""

from pathlib import Path

import msgspec

from companion_voice import documents, paths
from companion_voice.boundaries.settings import Switch
from companion_voice.research.records import Level


class Keeping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `log.yaml`."""

    journals: Switch = "off"
    level: Level = "metrics"
    since: str = ""
    """Local wall time at which it was switched on, ISO 8601."""


def file() -> Path:
    """Return the path of the choice, which need not exist."""
    return paths.configuration_folder() / "log.yaml"


def load() -> Keeping:
    """Return what was chosen. Raises `ConfigurationError` where that cannot be read."""
    return documents.read(file(), Keeping) if file().exists() else Keeping()


def save(keeping: Keeping) -> None:
    """Keep a choice. Raises `ConfigurationError`."""
    paths.write_private(file(), msgspec.yaml.encode(keeping))
