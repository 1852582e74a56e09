"""Where speech begins, pauses and ends. Pure: it is told how likely speech is and how many seconds passed.

A soft pause is a guess that the turn is over, a hard pause is the decision (two thresholds, as in Hugging Face's
speech-to-speech). Speech needs a little persistence to begin, so that a click is no turn.
"""

from typing import Literal, TypeAlias

import msgspec

Moment: TypeAlias = Literal["started", "paused", "resumed", "ended"]


class Manner(msgspec.Struct, frozen=True):
    """How a listener listens. Probabilities 0 to 1, times in seconds."""

    soft_pause: float = 0.2
    hard_pause: float = 0.6
    onset: float = 0.06
    """Speech this long is a beginning; shorter is a click."""
    longest: float = 60.0
    """A turn is ended here whatever is said, so that nothing grows without bound."""
    speech_above: float = 0.5
    silence_below: float = 0.35
    """Lower than `speech_above`, so that a voice that trails off is not cut (hysteresis)."""


class Endpoint(msgspec.Struct, frozen=True):
    """Where the listener stands."""

    speaking: bool = False
    paused: bool = False
    voiced: float = 0.0
    """Seconds of speech in a row, while waiting for a beginning."""
    silent: float = 0.0
    """Seconds since the last speech."""
    length: float = 0.0
    """Seconds since the beginning of the turn."""


def advance(endpoint: Endpoint, probability: float, seconds: float, manner: Manner) -> tuple[Endpoint, Moment | None]:
    """Return where the listener stands after `seconds` with this `probability` of speech, and what that means."""
    if not endpoint.speaking:
        return _await_onset(endpoint, probability, seconds, manner)
    voiced = probability >= (manner.speech_above if endpoint.paused else manner.silence_below)
    silent = 0.0 if voiced else endpoint.silent + seconds
    length = endpoint.length + seconds
    if silent >= manner.hard_pause - 1e-9 or length >= manner.longest:
        return Endpoint(silent=silent), "ended"
    paused = silent >= manner.soft_pause - 1e-9
    moved = Endpoint(speaking=True, paused=paused, silent=silent, length=length)
    if paused != endpoint.paused:
        return moved, "paused" if paused else "resumed"
    return moved, None


def _await_onset(
    endpoint: Endpoint, probability: float, seconds: float, manner: Manner
) -> tuple[Endpoint, Moment | None]:
    voiced = endpoint.voiced + seconds if probability >= manner.speech_above else 0.0
    if voiced >= manner.onset - 1e-9:
        return Endpoint(speaking=True, length=voiced), "started"
    return Endpoint(voiced=voiced, silent=endpoint.silent + seconds), None
