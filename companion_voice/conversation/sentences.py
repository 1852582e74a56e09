"""Text that streams, cut into what can be spoken. Pure; knows no model and no voice.

The first piece may be a clause, because silence costs more than an awkward breath; after it, whole sentences.
"""

import re
import unicodedata

from companion_voice.boundaries.words import plain

FEWEST_CLAUSE_WORDS = 3
FEWEST_WORDS_BEFORE_LINK = 5
"""Words after which a first piece may end without punctuation, before a word that begins a new phrase."""
LONGEST_WORDS = 40

_SPOKEN_SYMBOLS = frozenset("%&+=@€$£°§'’.,;:!?…()«»“”\"/–—-")

_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "vs", "etc", "e.g", "i.e", "mme", "mlle", "cf", "ex", "prof", "av"}
)
_END = re.compile(r"[.!?…]+[\"'»”’)]*(?=\s)|(?<=[^\W\d])[!?…](?=$)|\n+")
_CLAUSE = re.compile(r"[,;:–—](?=\s)|(?<=[^\W\d])[,;:](?=$)")
_LINK = re.compile(
    r"\s(?=(?:and|but|because|which|when|while|where|although|et|mais|parce|quand|lorsque|puisque|donc|dont|où|qui)\s)",
    re.IGNORECASE,
)
"""Words that mean the same to both languages or nothing in the other."""
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
        ends += [m.end() for m in _CLAUSE.finditer(text) if _words(text[: m.start()]) >= FEWEST_CLAUSE_WORDS]
        ends += [m.start() for m in _LINK.finditer(text) if _words(text[: m.start()]) >= FEWEST_WORDS_BEFORE_LINK]
    first = min(ends, default=None)
    if (first is None or _words(text[:first]) > LONGEST_WORDS) and _words(text) > LONGEST_WORDS:
        return len(" ".join(text.split(" ")[:LONGEST_WORDS]))
    return first


def _words(text: str) -> int:
    return len(text.split())


def _is_abbreviation(before: str, mark: str) -> bool:
    if mark != ".":
        return False
    word = before.rsplit(maxsplit=1)[-1].lower() if before.split() else ""
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word not in {"a", "i", "y", "à"})
