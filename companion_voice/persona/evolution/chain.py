"""A history that shows when it was touched: each entry's hash covers the entry and the hash before it. Pure.

The method is Haber and Stornetta's linked time-stamping (1991) with SHA-256. Personal words enter only as a digest with
a salt of their own; both lie beside the chain, so that erasing them leaves the chain whole and the digest says nothing.
Knows no storage. What it cannot show: that somebody rewrote the whole of it with its head; note the head elsewhere.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from companion_voice.persona.evolution.changes import Change, Words

START = "0" * 64
"""The head of an empty history."""


class Seal(msgspec.Struct, frozen=True):
    """What is kept of a change."""

    entry: bytes
    """Canonical JSON: sorted keys, no spaces, without the words but with their digest."""
    head: str
    """Hexadecimal SHA-256 over the head before and the entry."""
    words: bytes | None
    """The words and their salt as JSON; None where there are none, or not any more."""


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    salt: str
    words: Words


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    whose: tuple[str, str]
    change: Change
    digest: str


def sealed(change: Change, whose: tuple[str, str], previous: str, salt: str) -> Seal:
    """Return a change as it is kept; `whose` are persona and person, `salt` is fresh randomness."""
    kept = msgspec.json.encode(_Kept(salt, change.words), order="sorted") if change.words else None
    digest = _hash(kept) if kept else ""
    bare = msgspec.structs.replace(change, words=None)
    entry = msgspec.json.encode(_Entry(whose, bare, digest), order="sorted")
    return Seal(entry, _next(previous, entry), kept)


def opened(seal: Seal) -> Change:
    """Return the change in a seal. Raises `msgspec.DecodeError` when it is none."""
    change = msgspec.json.decode(seal.entry, type=_Entry).change
    words = msgspec.json.decode(seal.words, type=_Kept).words if seal.words else None
    return msgspec.structs.replace(change, words=words)


def broken(seals: Sequence[Seal], whose: tuple[str, str], head: str) -> int | None:
    """Return the number of the first entry that is not what was written; None for a whole history.

    `head` is what was kept as the last head: an entry missing at the end shows by it, as the number behind the last.
    """
    previous = START
    erased: set[int] = set()
    for number, seal in enumerate(seals, start=1):
        if not _is_right(seal, number, whose, previous):
            return number
        previous = seal.head
        if seal.words is None and msgspec.json.decode(seal.entry, type=_Entry).digest:
            erased.add(number)
    if previous != head:
        return len(seals) + 1
    return min(erased - {opened(seal).about for seal in seals if opened(seal).kind == "forgotten"}, default=None)


def _is_right(seal: Seal, number: int, whose: tuple[str, str], previous: str) -> bool:
    if _next(previous, seal.entry) != seal.head:
        return False
    try:
        entry = msgspec.json.decode(seal.entry, type=_Entry)
    except msgspec.DecodeError:
        return False
    words_fit = seal.words is None or _hash(seal.words) == entry.digest
    return words_fit and entry.change.number == number and entry.whose == whose


def _next(previous: str, entry: bytes) -> str:
    return _hash(previous.encode() + entry)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
