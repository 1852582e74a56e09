"""The language of the rules: patterns over words, compiled to regular expressions. Knows no rule.

    i am human            these words, one after the other
    (man|woman)           one of these        [really]      perhaps
    <adverb>              a named part        <adverb>*     any number of it
    ravi(e)               with or without these letters
    _                     any one word        ..            up to three words, no punctuation between
    ...                   up to eight words, commas allowed
    ^  $                  where a clause begins, where it ends
    ,  ?                  a comma, a question mark

A pattern is searched in a line of words with a space after each (`reading`). Each also yields its *anchor*: words of
which one must stand in a sentence for the pattern to fit, so that most patterns need never be tried.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from companion_voice.errors import ConfigurationError

_PIECE = re.compile(r"\.\.\.|\.\.|<\w+>|[()\[\]|^$*]|[^\s()\[\]|<>*^$]+(?:\(\w+\)[^\s()\[\]|<>*^$]*)*")
_LETTERS = re.compile(r"\((\w+)\)")
_SPECIAL = {
    "^": "(?<=[,;:.?] )",
    "$": "(?=[,;:.?])",
    "_": '[^ ,;:.?"]+ ',
    "..": '(?:[^ ,;:.?"]+ ){0,3}?',
    "...": '(?:[^ ;:.?"]+ ){0,8}?',
}
_CLOSING = {"(": ")", "[": "]"}


class Part(NamedTuple):
    """A piece of a pattern: its regular expression, and its anchor, which is empty when it may be absent."""

    regex: str
    anchor: frozenset[str]


class Pattern:
    """A pattern ready to be searched for. It is compiled when it is first needed: most never are."""

    def __init__(self, part: Part) -> None:
        self.anchor = part.anchor
        self._source = rf"(?<= ){part.regex}"

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The regular expression."""
        return re.compile(self._source)


def compiled(pattern: str, parts: Mapping[str, Part]) -> Pattern:
    """Return `pattern`. Raises `ConfigurationError` when it is malformed, or would fit without any word."""
    part = parsed(pattern, parts)
    if not part.anchor:
        raise ConfigurationError(f"The pattern `{pattern}` names no word that must be there.")
    return Pattern(part)


def parsed(pattern: str, parts: Mapping[str, Part]) -> Part:
    """Return `pattern`, whose `<names>` are among `parts`. Raises `ConfigurationError` when it is malformed."""
    pieces = _PIECE.findall(pattern)[::-1]
    part = _alternatives(pieces, parts, pattern)
    if pieces:
        raise ConfigurationError(f"The pattern `{pattern}` has a `{pieces[-1]}` too many.")
    return part


def _alternatives(pieces: list[str], parts: Mapping[str, Part], whole: str) -> Part:
    found = [_sequence(pieces, parts, whole)]
    while pieces and pieces[-1] == "|":
        pieces.pop()
        found.append(_sequence(pieces, parts, whole))
    if len(found) == 1:
        return found[0]
    anchors = [part.anchor for part in found]
    anchor = frozenset().union(*anchors) if all(anchors) else frozenset()
    return Part(f"(?:{'|'.join(part.regex for part in found)})", anchor)


def _sequence(pieces: list[str], parts: Mapping[str, Part], whole: str) -> Part:
    found = []
    while pieces and pieces[-1] not in ("|", ")", "]"):
        found.append(_repeated(_element(pieces, parts, whole), pieces))
    anchors = [part.anchor for part in found if part.anchor]
    return Part("".join(part.regex for part in found), max(anchors, key=_rarity, default=frozenset()))


def _element(pieces: list[str], parts: Mapping[str, Part], whole: str) -> Part:
    piece = pieces.pop()
    if piece in _CLOSING:
        inside = _alternatives(pieces, parts, whole)
        if not pieces or pieces.pop() != _CLOSING[piece]:
            raise ConfigurationError(f"The pattern `{whole}` has a `{piece}` that is not closed.")
        return inside if piece == "(" else Part(f"(?:{inside.regex})?", frozenset())
    if piece.startswith("<"):
        if piece[1:-1] not in parts:
            raise ConfigurationError(f"The pattern `{whole}` names `{piece}`, which is not defined above it.")
        return parts[piece[1:-1]]
    if piece in _SPECIAL:
        return Part(_SPECIAL[piece], frozenset())
    return Part("".join(_LETTERS.sub(r"(?:\1)?", _escaped(piece))) + " ", _spellings(piece))


def _repeated(part: Part, pieces: list[str]) -> Part:
    if not pieces or pieces[-1] != "*":
        return part
    pieces.pop()
    return Part(f"(?:{part.regex})*", frozenset())


def _escaped(word: str) -> str:
    return re.sub(r"[.?+\\]", r"\\\g<0>", word)


def _spellings(word: str) -> frozenset[str]:
    """Return `ravi` and `ravie` for `ravi(e)`."""
    return frozenset({_LETTERS.sub("", word), _LETTERS.sub(r"\1", word)})


def _rarity(anchor: frozenset[str]) -> tuple[int, int]:
    """Return how rarely a sentence is likely to have a word of `anchor`: long words are rare, few words are too."""
    return min(map(len, anchor)), -len(anchor)
