"""Filling an alternative of the book, and choosing one that has not been said. Knows no grammar of its own.

In an alternative, `{x}` is filled by the slot x (`{X}` as a proper name), and `[voulez-vous|veux-tu]` is the polite
and the familiar form.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Mapping

from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import pairs

Fill = Callable[[str], str | None]
"""What a slot holds, by its name in small letters; None when it holds nothing."""

_SLOT = re.compile(r"\{(\w+)\}")
_FORMS = re.compile(r"\[([^|\[\]]*)\|([^|\[\]]*)\]")
_JOIN = "\x1f"
"""Marks in a filled phrase where something was filled in; the book writes it `~`."""


class _EmptySlotError(Exception):
    """A slot that holds nothing."""


def filled(alternative: str, fill: Fill, joins: str, *, familiar: bool) -> str | None:
    """Return `alternative` with its slots filled and its forms chosen, or None when a slot holds nothing."""

    def fill_one(match: re.Match[str]) -> str:
        value = fill(match[1].lower())
        if not value:
            raise _EmptySlotError
        return _JOIN + (texts.proper(value) if match[1][0].isupper() else value)

    try:
        said = _SLOT.sub(fill_one, formed(alternative, familiar=familiar))
    except _EmptySlotError:
        return None
    for pattern, replacement in pairs(joins):
        said = re.sub(pattern.replace("~", _JOIN), replacement, said)
    said = re.sub(r"([.!?…])[.]+(?=\s|$)", r"\1", said.replace(_JOIN, ""))
    return texts.capitalised(said)


def formed(alternative: str, *, familiar: bool) -> str:
    """Return `alternative` in its polite or its familiar form."""
    return _FORMS.sub(lambda match: match[2 if familiar else 1], alternative)


def chosen(candidates: Iterable[str], last_said: Mapping[str, int], seed: str) -> str | None:
    """Return the candidate whose sentences have not been said, or were said longest ago.

    `last_said` gives the turn each sentence was last said in, by its `key`. Ties are broken by a checksum of `seed`
    and the candidate, so that the same conversation always gets the same answer.
    """

    def staleness(candidate: str) -> tuple[list[int], int]:
        latest = sorted((last_said.get(key(sentence), -1) for sentence in texts.sentences(candidate)), reverse=True)
        return latest, zlib.crc32(f"{seed}\n{candidate}".encode(errors="replace"))

    return min(candidates, key=staleness, default=None)


def key(sentence: str) -> str:
    """Return what makes two sentences the same when they are heard."""
    return " ".join(texts.words(texts.fold(sentence)))
