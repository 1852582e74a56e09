"""What every remote engine may be told about its server, and the key it shows there. Knows no HTTP.

The key is read by the engine's own process, and is kept in no setting, log or journal.
"""

import os
import stat
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from companion_voice.errors import ConfigurationError

_LONGEST_KEY: Final = 4096
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0.1, le=600)]


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a server is reached, and how long it is waited for."""

    url: str
    socket: str = ""
    """A socket of files through which the server is reached instead of a network: the companion's own gate."""
    key_env: str = ""
    """The environment variable that holds the key."""
    key_file: str = ""
    """The file that holds it, for its owner alone."""
    connect_timeout: Seconds = 3.0
    first_timeout: Seconds = 15.0
    """From the question to the first of the answer."""
    gap_timeout: Seconds = 5.0
    """From one piece of the answer to the next."""
    whole_timeout: Seconds = 60.0
    """From the question to the end of the answer."""


def key(access: Access) -> str:
    """Return the key, empty where none is wanted. Raises `ConfigurationError`, which never quotes it."""
    if access.key_env and access.key_file:
        raise ConfigurationError("Both `key_env` and `key_file` are set; one of them is enough.")
    if access.key_env:
        value = os.environ.get(access.key_env)
        if value is None:
            raise ConfigurationError(
                f"The variable {access.key_env} is not set, and `key_env` says that it holds the key.",
                "A service gets it from a drop-in; docs/remote.md shows how.",
            )
        return _fit(value, f"the variable {access.key_env}")
    return _fit(_read(Path(access.key_file).expanduser()), access.key_file) if access.key_file else ""


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.getuid():
                raise ConfigurationError(f"The key in {path} can be read by others.", f"Do: chmod 600 {path}")
            return file.read(_LONGEST_KEY + 1).decode("ascii", "replace")
    except OSError as error:
        raise ConfigurationError(f"The key in {path} cannot be read: {error.strerror}.") from error


def _fit(value: str, place: str) -> str:
    """Return a key that can stand in a header."""
    found = value.strip()
    if not found or len(found) > _LONGEST_KEY or not found.isascii() or not found.isprintable() or " " in found:
        raise ConfigurationError(f"What stands in {place} is no key: it is empty, too long, or has odd characters.")
    return found
