"""What stands between conversations besides memory: what was disclosed, how long the companion was used, what was set.

Written as soon as it changes, whole or not at all, so that a crash loses none of it. Never a word of what was said.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from companion_voice import paths
from companion_voice.boundaries import files
from companion_voice.boundaries.disclosure import Disclosures
from companion_voice.boundaries.limits import Ledger
from companion_voice.conversation.state import State
from companion_voice.events import AnyCommand, AnyEvent

if TYPE_CHECKING:
    from companion_voice.boundaries.settings import Boundaries

_NAME = "standing.json"


class Standing(msgspec.Struct, frozen=True):
    """All of it."""

    disclosures: Disclosures = Disclosures()
    ledger: Ledger = Ledger()
    crises: int = 0
    """How often somebody may have been in danger; a number and nothing else."""


def load() -> Standing:
    """Return what stands; nothing where nothing was kept. Raises `ConfigurationError` when it cannot be read."""
    return paths.read_private(paths.data_folder() / _NAME, Standing)


class Keeper:
    """Watches a conversation and writes what changes."""

    def __init__(self, standing: Standing) -> None:
        self._before = standing
        self._episodes = 0
        self._boundaries: Boundaries | None = None

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:  # noqa: ARG002
        """Write what an event changed. Raises `ConfigurationError` where nothing can be kept."""
        if state.boundaries != (self._boundaries or state.setup.boundaries):
            files.save(state.boundaries)
        self._boundaries = state.boundaries
        begun = state.crisis.episodes - self._episodes
        now = Standing(state.disclosures, state.ledger, self._before.crises + begun)
        if now != self._before:
            self._before, self._episodes = now, state.crisis.episodes
            paths.write_private(paths.data_folder() / _NAME, msgspec.json.encode(now))
