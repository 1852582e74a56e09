"""Text that streams, cut into what can be spoken. Pure; knows no model and no voice.

The first piece may be a clause, because silence costs more than an awkward breath; after it, whole sentences.
"""

import re
import unicodedata

from companion_voice.boundaries.words import plain

FEWEST_CLAUSE_WORDS = 3
LONGEST_WORDS = 40

_SPOKEN_SYMBOLS = frozenset("%&+=@€$£°§'’.,;:!?…()«»“”\"/–—-")

_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "vs", "etc", "e.g", "i.e", "mme", "mlle", "cf", "ex", "prof", "av"}
)
_END = re.compile(r"[.!?…]+[\"'»”’)]*(?=\s)|\n+")
_CLAUSE = re.compile(r"[,;:–—](?=\s)")
_MARKUP = re.compile(r"[*_`#~|<>\[\]{}\\]+|https?://\S+")


def take(pending: str, *, first: bool, over: bool = False) -> tuple[tuple[str, ...], str]:
    """Return the pieces of `pending` that can be spoken now, and the rest.

    `first` allows a clause as the first piece; `over` says that no more text will come.
    """
    pieces: list[str] = []
    while (cut := _cut(pending, clause=first and not pieces)) is not None:
        _keep(pieces, pending[:cut])
        pending = pending[cut:].lstrip()
    if over:
        _keep(pieces, pending)
        pending = ""
    return tuple(pieces), pending


def speakable(text: str) -> str:
    """Return `text` without what a voice cannot say: markup, emoji, line breaks."""
    bare = _MARKUP.sub(" ", unicodedata.normalize("NFC", text))
    kept = "".join(c if c.isalnum() or c.isspace() or c in _SPOKEN_SYMBOLS else " " for c in bare)
    return " ".join(kept.split())


def _keep(pieces: list[str], piece: str) -> None:
    spoken = speakable(piece)
    if plain(spoken):
        pieces.append(spoken)


def _cut(text: str, *, clause: bool) -> int | None:
    """Return where the first piece of `text` ends, or None when more text is needed."""
    ends = [m.end() for m in _END.finditer(text) if not _is_abbreviation(text[: m.start()], m.group())]
    if clause:
        ends += [m.end() for m in _CLAUSE.finditer(text) if len(text[: m.start()].split()) >= FEWEST_CLAUSE_WORDS]
    first = min(ends, default=None)
    if (first is None or len(text[:first].split()) > LONGEST_WORDS) and len(text.split()) > LONGEST_WORDS:
        return len(" ".join(text.split(" ")[:LONGEST_WORDS]))
    return first


def _is_abbreviation(before: str, mark: str) -> bool:
    if mark != ".":
        return False
    word = before.rsplit(maxsplit=1)[-1].lower() if before.split() else ""
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word not in {"a", "i", "y", "à"})
