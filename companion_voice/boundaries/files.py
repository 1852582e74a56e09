"""Reading and writing the person's `boundaries.yaml`. Decides nothing."""

from pathlib import Path

import msgspec

from companion_voice import documents, paths
from companion_voice.boundaries import profiles
from companion_voice.boundaries.settings import Boundaries
from companion_voice.errors import BoundaryError, DocumentError


def settings_file() -> Path:
    """Return the path of the person's boundaries, which need not exist."""
    return paths.configuration_folder() / "boundaries.yaml"


def load() -> Boundaries:
    """Return the person's boundaries as their profile lets them be; the defaults where nothing was written.

    Raises `ConfigurationError` when the file cannot be used, and `BoundaryError` when it asks for what a law or the
    profile forbids.
    """
    file = settings_file()
    if not file.exists():
        return profiles.applied(Boundaries())
    try:
        return profiles.applied(documents.read(file, Boundaries))
    except DocumentError as error:
        reasons = (reason for key, reason in profiles.reasons("en").items() if f"`{key}`" in error.sentence)
        if reason := next(reasons, ""):
            raise BoundaryError(error.sentence, reason) from error
        raise


def save(settings: Boundaries) -> None:
    """Write the boundaries where `load` reads them, readable by their owner only. Raises `ConfigurationError`."""
    paths.write_private(settings_file(), msgspec.yaml.encode(settings))
