"""Single keys from a terminal, without Enter. Knows no conversation: whoever uses it decides what a key does.

A terminal tells that a key was pressed and never that it was let go, so talking is switched by a press (`TALK`), not
held.
"""

import codecs
import contextlib
import os
import re
import select
import signal
import termios
import tty
import weakref
from collections import deque
from types import TracebackType
from typing import Self

from companion_voice.errors import UsageError

TALK = " "
"""The key that takes the floor and gives it back."""

_ESCAPES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)
"""What arrows, function keys and Alt send: several characters for one press, none of them meant."""
_MOST = 1024


class Keys:
    """The keys of one terminal, for as long as it is entered.

    Lines and echo are off meanwhile; Ctrl-C and Ctrl-Z work as ever. The terminal is given back as it was, whatever
    happens. To be entered and left by the main thread; any other may read.
    """

    def __init__(self, terminal: int) -> None:
        """Use a file descriptor. Raises `UsageError` when it is no terminal."""
        if not os.isatty(terminal):
            raise UsageError(
                "Push to talk needs a keyboard, and the input is no terminal.", "Use a wake word, or a terminal."
            )
        self._terminal = terminal
        self._pressed: deque[str] = deque()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._terminal)
        self._leaving, self._leave = os.pipe()
        weakref.finalize(self, os.close, self._leaving)  # not before nobody can be waiting on it
        self._continued = signal.signal(signal.SIGCONT, lambda *_: self._listen())  # a shell turns lines on meanwhile
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGCONT, self._continued)
        with contextlib.suppress(termios.error):  # a terminal that hung up has nothing to be given back
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
        os.close(self._leave)  # which wakes whoever waits in `read`

    def read(self) -> str | None:
        """Wait for a key and return it; None when the terminal is gone or was given back. For a thread of its own."""
        while not self._pressed:
            ready, _, _ = select.select([self._terminal, self._leaving], [], [])
            if self._leaving in ready or not self._take():
                return None
        return self._pressed.popleft()

    def _listen(self) -> None:
        with contextlib.suppress(termios.error):  # of one that hung up, `read` tells
            tty.setcbreak(self._terminal, termios.TCSANOW)

    def _take(self) -> bool:
        try:
            typed = os.read(self._terminal, _MOST)
        except OSError:  # EIO: the terminal was closed
            return False
        self._pressed.extend(_ESCAPES.sub("", self._decoder.decode(typed)))
        return bool(typed)
