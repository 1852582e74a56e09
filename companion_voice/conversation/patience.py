"""How long a person pauses in the middle of what they say, learned from their own pauses. Pure.

What nearly all of their pauses stay under is the mean and twice the mean deviation, which is how TCP chooses its
time-outs (RFC 6298). The pauses that were set stretch and shrink with it, within bounds.
"""

import msgspec

SHORTEST = 0.15
"""Seconds; what is shorter is the closure of a consonant or a breath, and says nothing about pausing."""
LONGEST = 2.5
"""Seconds; whoever goes on later than that says something new."""
SHARE = 0.1
"""How much each new pause counts."""
DEVIATIONS = 2.0
LEAST, MOST = 0.75, 2.0
"""How far a pause that was set may shrink or stretch."""


class Patience(msgspec.Struct, frozen=True):
    """What is known of a person's pauses, in seconds; to begin with, that they pause like most people."""

    mean: float = 0.4
    deviation: float = 0.2


def learn(patience: Patience, pause: float) -> Patience:
    """Return what is known after one more `pause`, in seconds, that ended with the person going on."""
    if not SHORTEST <= pause <= LONGEST:
        return patience
    off = abs(pause - patience.mean)
    return Patience(
        mean=patience.mean + SHARE * (pause - patience.mean),
        deviation=patience.deviation + SHARE * (off - patience.deviation),
    )


def wait(patience: Patience | None, usual: float) -> float:
    """Return how long to wait, in seconds, where `usual` was set; just that where nothing is to be learned."""
    if patience is None:
        return usual
    return usual * min(max(_limit(patience) / _limit(Patience()), LEAST), MOST)


def _limit(patience: Patience) -> float:
    return patience.mean + DEVIATIONS * patience.deviation
