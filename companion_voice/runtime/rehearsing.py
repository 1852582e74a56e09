"""Rehearses while the greeting is still being said, in a thread of its own, so that nobody waits for it.

Where nothing is said aloud there is no such time: who types may type at once, and would wait for both.
"""

from collections.abc import Sequence

from companion_voice.conversation.rehearsal import rehearse
from companion_voice.conversation.state import State
from companion_voice.events import AnyCommand, AnyEvent, EngineReady
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.workers import Worker


class Rehearsal:
    """Watches for the first engine that is ready: by then the first words are on their way. An `Observer`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._begun = False

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:  # noqa: ARG002
        """Begin once an engine is ready."""
        if state.setup.aloud and state.setup.listens and not self._begun and isinstance(event, EngineReady):
            self._begun = True
            Worker("rehearsal", lambda: rehearse(state), self._inbox)
