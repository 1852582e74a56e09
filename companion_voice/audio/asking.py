"""A microphone that speaks prepared questions, each when it is asked for, with silence in between, in real time."""

import time
from collections.abc import Sequence

import numpy as np

from companion_voice.audio.resample import HEARING_RATE, Samples

_BLOCK = 0.016
_SILENT = 1e-3


class AskingMicrophone:
    """Speaks its questions one by one and knows to the sample when each was over."""

    recorded = clear = True
    ended = dumb = False
    notice = ""
    overflows = 0

    def __init__(self, questions: Sequence[Samples]) -> None:
        """Use `questions`, each `float32[n]` at 16 kHz; silence at their ends does not count."""
        self._questions = [question[: 1 + np.flatnonzero(np.abs(question) > _SILENT)[-1]] for question in questions]
        self._saying: Samples = np.zeros(0, np.float32)
        self._begin = 0.0
        self._given = 0
        self.over_at = 0.0
        """When the last question was over, by `time.monotonic`."""

    def ask(self, number: int) -> None:
        """Speak question `number` now."""
        self._saying = self._questions[number % len(self._questions)]

    def open(self) -> str:
        """Begin to listen."""
        self._begin, self._given = time.monotonic(), 0
        return "prepared questions"

    def read(self, timeout: float) -> Samples | None:
        """Return what came next, `float32[n]` at 16 kHz, as time passes."""
        frames = round(HEARING_RATE * _BLOCK)
        due = self._begin + (self._given + frames) / HEARING_RATE
        early = due - time.monotonic()
        time.sleep(max(0.0, min(early, timeout)))
        if early > timeout:
            return None
        self._given += frames
        block, self._saying = self._saying[:frames], self._saying[frames:]
        if len(block):
            self.over_at = due - (frames - len(block)) / HEARING_RATE
        return np.pad(block, (0, frames - len(block)))

    def lost(self) -> str | None:
        """Return None: it cannot be unplugged."""
        return None

    def close(self) -> None:
        """Stop listening."""
