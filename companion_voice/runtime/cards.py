"""Opening sound cards one at a time, and looking for new ones.

PortAudio lists the cards once, and again only while nothing is open. So who finds none asks, and who has one open lets
go of it for a moment, as soon as that disturbs nobody.
"""

import threading
from collections.abc import Callable
from typing import Protocol

from companion_voice.audio import devices
from companion_voice.errors import DeviceError


class Card(Protocol):
    """A microphone or a speaker."""

    def open(self) -> str:
        """Make ready and return the name of the device. Raises `AudioError`."""

    def close(self) -> None:
        """Let the device go; harmless when closed."""


class Cards:
    """Which cards are open, and whether somebody waits for one that PortAudio does not know. For any thread."""

    def __init__(self, look: Callable[[], None] = devices.refresh) -> None:
        """Have `look` list the cards anew; it raises `DeviceError`."""
        self._look = look
        self._lock = threading.Lock()
        self._open: set[Card] = set()
        self._asked = False

    @property
    def asked(self) -> bool:
        """Somebody found no card: close yours as soon as it disturbs nobody, and open it again."""
        return self._asked

    def open(self, card: Card) -> str:
        """Open `card` and return its name, looking for new ones where it is not found and nothing else is open.

        Raises `AudioError`; then others are asked to let go, so that a later try may find it.
        """
        with self._lock:
            self._let_go(card)
            try:
                if self._asked:
                    self._look_anew()
                name = card.open()
            except DeviceError:
                self._asked = True
                if self._open:
                    raise
                self._look_anew()
                name = card.open()
            self._open.add(card)
            return name

    def close(self, card: Card) -> None:
        """Close `card`; harmless when closed."""
        with self._lock:
            self._let_go(card)

    def _look_anew(self) -> None:
        if not self._open:
            self._look()
            self._asked = False

    def _let_go(self, card: Card) -> None:
        card.close()
        self._open.discard(card)
