"""Where speech begins, pauses and ends. Pure: it is told how likely speech is and how many seconds passed.

A soft pause is a guess that the turn is over, a hard pause is the decision (two thresholds, as in Hugging Face's
speech-to-speech); whoever understands what was said may shorten the hard pause while it lasts.
"""

from typing import Literal, TypeAlias

import msgspec

Moment: TypeAlias = Literal["started", "continued", "paused", "silent", "resumed", "ended"]


class Manner(msgspec.Struct, frozen=True):
    """How a listener listens. Probabilities 0 to 1, times in seconds."""

    soft_pause: float = 0.09
    hard_pause: float = 0.8
    onset: float = 0.8
    """Probabilities in a row that sum up to this are a beginning: one moment that is surely speech, or two that may be.
    It can be taken back, so it may be quick."""
    telling: float = 0.5
    """Speech this long since anything was told is told of."""
    counting: float = 0.1
    """A pause that lasts is told of this often."""
    longest: float = 60.0
    """A turn is ended here whatever is said, so that nothing grows without bound."""
    speech_above: float = 0.5
    silence_below: float = 0.35
    """Lower than `speech_above`, so that a voice that trails off is not cut (hysteresis)."""


class Endpoint(msgspec.Struct, frozen=True):
    """Where the listener stands."""

    speaking: bool = False
    paused: bool = False
    evidence: float = 0.0
    """Sum of the probabilities of speech in a row, while waiting for a beginning."""
    silent: float = 0.0
    """Seconds since the last speech."""
    length: float = 0.0
    """Seconds since the beginning of the turn."""
    told: float = 0.0
    """Where `length` stood when anything was last told."""
    hard_pause: float | None = None
    """A hard pause for this silence alone."""


def advance(endpoint: Endpoint, probability: float, seconds: float, manner: Manner) -> tuple[Endpoint, Moment | None]:
    """Return where the listener stands after `seconds` with this `probability` of speech, and what that means."""
    if not endpoint.speaking:
        return _await_onset(endpoint, probability, seconds, manner)
    voiced = probability >= (manner.speech_above if endpoint.paused else manner.silence_below)
    silent = 0.0 if voiced else endpoint.silent + seconds
    length = endpoint.length + seconds
    hard_pause = manner.hard_pause if endpoint.hard_pause is None else endpoint.hard_pause
    if silent >= hard_pause - 1e-9 or length >= manner.longest:
        return Endpoint(silent=silent), "ended"
    paused = silent >= manner.soft_pause - 1e-9
    kept = endpoint.hard_pause if paused else None
    moved = Endpoint(speaking=True, paused=paused, silent=silent, length=length, told=endpoint.told, hard_pause=kept)
    if paused != endpoint.paused:
        return msgspec.structs.replace(moved, told=length), "paused" if paused else "resumed"
    if length - endpoint.told >= (manner.counting if paused else manner.telling) - 1e-9:
        return msgspec.structs.replace(moved, told=length), "silent" if paused else "continued"
    return moved, None


def begun() -> Endpoint:
    """Return a listener to whom somebody has just begun to speak."""
    return Endpoint(speaking=True)


def end_after(endpoint: Endpoint, silence: float) -> Endpoint:
    """Return the listener with another hard pause, in seconds, for the silence that lasts now."""
    return msgspec.structs.replace(endpoint, hard_pause=silence) if endpoint.paused else endpoint


def over(endpoint: Endpoint) -> bool:
    """Tell whether the silence that lasts now is already as long as it was told to be."""
    return endpoint.paused and endpoint.hard_pause is not None and endpoint.silent >= endpoint.hard_pause - 1e-9


def _await_onset(
    endpoint: Endpoint, probability: float, seconds: float, manner: Manner
) -> tuple[Endpoint, Moment | None]:
    evidence = endpoint.evidence + probability if probability >= manner.speech_above else 0.0
    if evidence >= manner.onset:
        return Endpoint(speaking=True, length=seconds), "started"
    return Endpoint(evidence=evidence, silent=endpoint.silent + seconds), None
