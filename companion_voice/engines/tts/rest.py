"""How long a voice rests after a sentence. Knows no engine."""

import numpy as np

from companion_voice.engines.protocols import Samples

REST = 0.25
"""Seconds that are added after a sentence for each whole number that `pauses` exceeds 1."""
_QUIET = 1e-3
_ENDINGS = (".", "!", "?", "…")


def rested(sound: Samples, rate: int, *, text: str, pauses: float) -> Samples:
    """Return `sound`, `float32[n]` at `rate`, with a rest after it that is `pauses` times the usual one (0 to 2).

    Unchanged where `text`, which it says, is no end of a sentence: the voice goes on at once.
    """
    if pauses == 1 or not text.rstrip(" »”\"'’").endswith(_ENDINGS):
        return sound
    if pauses > 1:
        return np.concatenate([sound, np.zeros(round((pauses - 1) * REST * rate), np.float32)])
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    silent = len(sound) - int(loud[-1]) - 1 if loud.size else 0
    return sound[: len(sound) - round((1 - pauses) * silent)]
