"""Where things lie. Knows no contents: only places, and how private they are."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from companion_voice.errors import ConfigurationError

T = TypeVar("T")
APPLICATION = "companion-voice"
HOME = "COMPANION_VOICE_HOME"
_PACKAGE = Path(__file__).parent


def configuration_folder() -> Path:
    """Return the folder of `config.yaml` and of the person's own personas."""
    return _folder("config", "XDG_CONFIG_HOME", ".config")


def data_folder() -> Path:
    """Return the folder of everything the companion keeps."""
    return _folder("data", "XDG_DATA_HOME", ".local/share")


def log_folder() -> Path:
    """Return the folder where engines leave what they print."""
    return data_folder() / "logs"


def models_folder() -> Path:
    """Return the folder downloaded models lie in."""
    return data_folder() / "models"


def settings_file() -> Path:
    """Return the path of the settings file, which need not exist."""
    return configuration_folder() / "config.yaml"


def own_personas_folder() -> Path:
    """Return the folder of personas the person wrote."""
    return configuration_folder() / "personas"


def shipped(name: str) -> Path:
    """Return a file or folder that ships beside the package, such as `personas` or `models/catalogue.yaml`.

    A wheel carries it inside the package; a clone has it at its root.
    """
    packed = _PACKAGE / "shipped" / name
    return packed if packed.exists() else _PACKAGE.parent / name


def private_folder(folder: Path) -> Path:
    """Make `folder`, and every folder above it that is missing, readable by its owner only (0700); return it.

    Raises `ConfigurationError` when it cannot be made.
    """
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder} cannot be made: {error.strerror}.", f"Look after it, or set {HOME} to another place."
        ) from error
    return folder


def read_private(file: Path, kind: type[T]) -> T:
    """Return the JSON in `file` as a `kind`, which is a new one where there is no file. Raises `ConfigurationError`."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        return kind()
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}.", "Move it away to begin anew.") from error


def write_private(file: Path, data: bytes) -> None:
    """Write `file`, whole or not at all, readable by its owner only (0600). Raises `ConfigurationError`."""
    draft = private_folder(file.parent) / f"{file.name}.part"
    try:
        draft.touch(mode=0o600)
        draft.write_bytes(data)
        draft.replace(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error


def _folder(inside_home: str, variable: str, fallback: str) -> Path:
    if home := os.environ.get(HOME):
        return Path(home).expanduser() / inside_home
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / fallback) / APPLICATION
