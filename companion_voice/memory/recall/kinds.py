"""What kind of answer a question asks for (a time, a number, a name), and which texts have one. Pure.

Which words ask and tell stands in the language's YAML. Knows nothing of whether an answer is the right one.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["time", "number", "name"]
KINDS: tuple[Kind, ...] = ("time", "number", "name")

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<=[^\W_] |[,;] )[A-ZÀ-Ý][a-zà-ÿ]+")


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language asks for one kind of answer."""

    asked: str
    """A pattern."""
    told: str = ""
    """Words that such an answer has."""


def asked(question: str, words: dict[Kind, KindWords]) -> frozenset[Kind]:
    """Return the kinds of answer that `question` (plain) asks for."""
    return frozenset(kind for kind in KINDS if _whole(words[kind].asked).search(question))


def told(kind: Kind, texts: Iterable[str], words: dict[Kind, KindWords]) -> list[bool]:
    """Tell of each text whether it has an answer of that kind in it; a name is capitalised where no sentence begins."""
    if kind == "name":
        return [bool(_NAME.search(text)) for text in texts]
    telling = _several(words[kind].told)
    return [any(word in telling or word.isdigit() for word in _WORD.findall(text.lower())) for text in texts]


@cache
def _several(words: str) -> frozenset[str]:
    return frozenset(words.split())


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)")
