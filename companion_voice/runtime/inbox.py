"""The one bounded inbox of the conductor, and how others wait for it to come to rest."""

import queue
import threading

from companion_voice.events import AnyEvent

LONGEST = 4096
"""Events that may wait; a sender waits while there are more."""


class Failure(Exception):  # noqa: N818 - it carries an error from the thread it happened in to the one that ends all
    """A worker died of `error`; nothing may go on without it."""

    def __init__(self, worker: str, error: BaseException) -> None:
        super().__init__(f"{worker}: {error!r}")
        self.error = error


class Inbox:
    """Events in the order they were posted, numbered."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[int, AnyEvent | Failure]] = queue.Queue(LONGEST)
        self._order = threading.Lock()
        self._posted = 0
        self._settled = threading.Condition()
        self._handled = 0
        self._resting = False
        self._closed = False

    def post(self, event: AnyEvent | Failure) -> int:
        """Add an event and return its number."""
        with self._order:
            self._posted += 1
            self._queue.put((self._posted, event))
            return self._posted

    def take(self, timeout: float | None) -> tuple[int, AnyEvent] | None:
        """Return the next event and its number, or None after `timeout` seconds. Raises what a worker died of."""
        try:
            number, event = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(event, Failure):
            raise event.error from event
        return number, event

    def handled(self, number: int, *, resting: bool) -> None:
        """Note that every event up to `number` was handled, and whether the conversation rests now."""
        with self._settled:
            self._handled, self._resting = max(self._handled, number), resting
            self._settled.notify_all()

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._settled:
            self._closed = True
            self._settled.notify_all()

    def wait_until_settled(self, number: int) -> bool:
        """Wait until event `number` was handled and the conversation rests; False when it is over."""
        with self._settled:
            self._settled.wait_for(lambda: self._closed or (self._handled >= number and self._resting))
            return not self._closed
