"""Text and the tokens that spell it: the same ones for the same text each time.

What a model wrote comes back as history, and there it is spelt as the model spelt it, which is not always how its
tokenizer would: only so does the next prompt begin with the tokens that were computed.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import llama_cpp

from companion_voice.engines.llm.templates import Segment

_REMEMBERED = 2048
"""Stretches of text whose tokens are remembered, so that a long history is not taken apart anew each turn."""
_REPLIES = 8
"""Replies whose spelling is remembered until they are first met in a prompt."""


class Piece(NamedTuple):
    """A token a model wrote, and its bytes."""

    token: int
    data: bytes


class Spelling:
    """One model's spelling."""

    def __init__(self, model: llama_cpp.Llama) -> None:
        self._model = model
        self._replies: deque[tuple[Piece, ...]] = deque(maxlen=_REPLIES)
        self._known = lru_cache(_REMEMBERED)(self._spelt)

    def tokens(self, segments: Iterable[Segment]) -> list[int]:
        """Return the tokens of a prompt, or of a part of one."""
        return [token for segment in segments for token in self._known(segment)]

    def remember(self, reply: Sequence[Piece]) -> None:
        """Remember how the model wrote a reply, or the part of one that it came to."""
        if all(piece.data for piece in reply):  # a control token has no text, and no place in history
            self._replies.append(tuple(reply))

    def _spelt(self, segment: Segment) -> tuple[int, ...]:
        written, rest = self._written(segment.text) if segment.own else ((), segment.text)
        text = rest.encode("utf-8", "replace")
        return (*written, *self._model.tokenize(text, add_bos=False, special=segment.special))

    def _written(self, text: str) -> tuple[tuple[int, ...], str]:
        """Return the tokens of the beginning of `text` that was written so, and the rest of `text`."""
        found: tuple[tuple[int, ...], str] = (), text
        for reply in self._replies:
            count, rest = common(reply, text)
            if count > len(found[0]):
                found = tuple(piece.token for piece in reply[:count]), rest
        return found


def common(reply: Sequence[Piece], text: str) -> tuple[int, str]:
    """Return how many pieces of `reply` are whole words at the beginning of `text`, and the text after them.

    White space counts as a space, because the sentences of a reply are put together anew once they were spoken.
    """
    text = " ".join(text.split())
    found, data = (0, text), b""
    for count, piece in enumerate(reply, start=1):
        data += piece.data
        said = data.decode("utf-8", "replace")
        begun = " ".join(said.split())
        if not text.startswith(begun.removesuffix("\N{REPLACEMENT CHARACTER}")):
            break
        rest = text[len(begun) :]
        if text.startswith(begun) and said[-1:].strip() and rest[:1] in ("", " "):
            found = count, rest
    return found
