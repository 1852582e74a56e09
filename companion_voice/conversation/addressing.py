"""Whether what is heard is meant for the companion. Pure: it knows no sound and no key, and is told every time.

Each way of being addressed is one stretch of time in which the companion attends:

    always         from the beginning to the end
    wake_word      from the wake word until `window` seconds after the last thing either of the two said
    push_to_talk   while the person holds the floor

Something said is meant for the companion when any of it falls into that stretch: a sentence begun in time may end late,
and a wake word may come in the middle of one. Words that must always work ("stop", a goodbye) pass by `heeds`.
"""

from difflib import SequenceMatcher

import msgspec
from msgspec.structs import replace

from companion_voice.boundaries.words import plain
from companion_voice.settings import Address

_ALIKE = 0.7
"""How like the wake word, 0 to 1, a recogniser's spelling of it is ("OK, Naboo")."""

_EVER = 1e12
"""Seconds; later than anything. An infinite number cannot be written into a journal."""


class Addressing(msgspec.Struct, frozen=True):
    """How the companion is addressed, and the stretch of time in which it last was. Times in seconds."""

    mode: Address = "always"
    window: float = 15.0
    """How long the person may stay silent before the wake word is needed again."""
    since: float = _EVER
    """When the stretch began; after `until` while there has been none."""
    until: float = -_EVER
    """When it ends or ended; never while nothing has ended it."""


def attends(addressing: Addressing, at: float) -> bool:
    """Tell whether the companion attends at this moment; it may be shown."""
    return addressing.mode == "always" or addressing.since <= at <= addressing.until


def heeds(addressing: Addressing, began: float, ended: float, *, urgent: bool = False) -> bool:
    """Tell whether something said from `began` to `ended` is to be acted upon.

    `urgent` is for "stop" and for a goodbye while the companion speaks: they work, whoever they were meant for.
    """
    overlaps = began <= addressing.until and addressing.since <= ended
    return urgent or addressing.mode == "always" or overlaps


def woken(addressing: Addressing, at: float) -> Addressing:
    """Return what follows the wake word."""
    return _attending(addressing, at, until=max(addressing.until, at + addressing.window))


def speaks(addressing: Addressing, at: float) -> Addressing:
    """Return what follows when either begins to speak to the other: nobody has to hurry until it is over."""
    return _attending(addressing, at, until=_EVER)


def spoke(addressing: Addressing, at: float) -> Addressing:
    """Return what follows when either has spoken to the other: the window begins anew.

    It is not for what was heard and not heeded, which would keep a window open for a television.
    """
    return _attending(addressing, at, until=at + addressing.window)


def toggled(addressing: Addressing, at: float) -> Addressing:
    """Return what follows when the person takes the floor, or gives it back."""
    if addressing.mode != "push_to_talk":
        return addressing
    if attends(addressing, at):
        return replace(addressing, until=at)
    return replace(addressing, since=at, until=_EVER)


def dismissed(addressing: Addressing, at: float) -> Addressing:
    """Return what follows a goodbye or "stop": the companion has to be called again."""
    if addressing.mode == "always" or not attends(addressing, at):
        return addressing
    return replace(addressing, until=at)


def without_wake_word(said: str, spoken: str) -> str:
    """Return what was `said` without the wake word at its beginning, as a recogniser may have spelt it."""
    words, wanted = said.split(), plain(spoken)
    for length in range(min(len(words), len(spoken.split()) + 1), 0, -1):
        if SequenceMatcher(None, plain(" ".join(words[:length])), wanted, autojunk=False).ratio() >= _ALIKE:
            return " ".join(words[length:])
    return said


def _attending(addressing: Addressing, at: float, until: float) -> Addressing:
    if addressing.mode != "wake_word":
        return addressing
    since = addressing.since if attends(addressing, at) else at
    return replace(addressing, since=since, until=until)
