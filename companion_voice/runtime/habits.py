"""What is learned of the person's way of speaking, kept between conversations: how long they pause."""

import msgspec

from companion_voice import paths
from companion_voice.conversation.patience import Patience

_NAME = "habits.json"


def load() -> Patience:
    """Return what was learned; what everybody begins with where nothing was. Raises `ConfigurationError`."""
    return paths.read_private(paths.data_folder() / _NAME, Patience)


def save(patience: Patience) -> None:
    """Keep what was learned. Raises `ConfigurationError` where nothing can be kept."""
    paths.write_private(paths.data_folder() / _NAME, msgspec.json.encode(patience))
