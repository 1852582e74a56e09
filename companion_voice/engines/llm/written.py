"""What a model writes, made fit to be spoken while it is still being written. Pure; knows no model.

Characters arrive in pieces of bytes; a thought between `<think>` and `</think>` is not part of a reply; and a reply
is over where the model spells out that it is.
"""

import codecs
from collections.abc import Sequence

_THINK, _THOUGHT = "<think>", "</think>"


class Written:
    """One reply as it comes."""

    def __init__(self, ends: Sequence[str]) -> None:
        self._ends = tuple(ends)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._speaking = False
        self.over = False
        """True once the model spelled out an end."""

    def add(self, data: bytes, *, last: bool = False) -> str:
        """Return what may be spoken now that `data` (UTF-8, perhaps a part of a character) has come."""
        self._held += self._decoder.decode(data, final=last)
        if not self._speaking:
            self._held = _without_thought(self._held)
            self._speaking = not _THINK.startswith(self._held[: len(_THINK)])
        if self.over or not self._speaking:
            return ""
        return self._release(last=last)

    def _release(self, *, last: bool) -> str:
        found = [place for end in self._ends if (place := self._held.find(end)) >= 0]
        if found:
            self.over = True
            return self._held[: min(found)]
        keep = 0 if last else max((_overlap(self._held, end) for end in self._ends), default=0)
        ready = self._held[: len(self._held) - keep]
        self._held = self._held[len(ready) :]
        return ready


def _without_thought(text: str) -> str:
    """Return `text` without white space, and without a finished thought, at its beginning."""
    text = text.lstrip()
    if text.startswith(_THINK) and _THOUGHT in text:
        return text.split(_THOUGHT, 1)[1].lstrip()
    return text


def _overlap(text: str, end: str) -> int:
    """Return how many characters at the end of `text` could be the beginning of `end`."""
    return next((n for n in range(min(len(end) - 1, len(text)), 0, -1) if text.endswith(end[:n])), 0)
