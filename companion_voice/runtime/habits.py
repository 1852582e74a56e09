"""What is learned of the person's way of speaking, kept between conversations: how long they pause."""

import msgspec

from companion_voice import paths
from companion_voice.conversation.patience import Patience
from companion_voice.errors import ConfigurationError

_NAME = "habits.json"


def load() -> Patience:
    """Return what was learned; what everybody begins with where nothing was, or where it cannot be read."""
    try:
        return msgspec.json.decode((paths.data_folder() / _NAME).read_bytes(), type=Patience)
    except (OSError, msgspec.DecodeError):
        return Patience()


def save(patience: Patience) -> None:
    """Keep what was learned, whole or not at all. Raises `ConfigurationError` where nothing can be kept."""
    place = paths.private_folder(paths.data_folder()) / _NAME
    fresh = place.with_suffix(".part")
    try:
        fresh.write_bytes(msgspec.json.encode(patience))
        fresh.chmod(0o600)
        fresh.replace(place)
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be written: {error.strerror}.") from error
