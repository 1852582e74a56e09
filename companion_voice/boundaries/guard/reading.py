"""A sentence as the patterns see it. Knows the spelling of a language, no rule.

"I'm human," becomes `; i am human , . `: lower case, contractions undone, each word with where it stood, and what is
quoted inside the sentence covered by `"`, since quoted words are somebody else's.
"""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

import msgspec

_PIECE = re.compile(r"[^\W_]+(?:['’ʼ-]+[^\W_]+)*|[\"“”«»„]|(?<!\w)['‘]|['’](?!\w)|[^\w\s]|_")
_PUNCTUATION = {",": ",", "(": ",", ")": ",", ";": ";", ":": ":", "—": ";", "–": ";", "-": ";"} | {
    ".": ".", "!": ".", "…": ".", "?": "?",
}  # fmt: skip
_OPENING = {"“": "”", "«": "»", '"': '"', "„": "“", "‘": "’", "'": "'"}
_LOWERED = str.maketrans({"’": "'", "ʼ": "'", "œ": "oe", "æ": "ae"})
COVERED = '"'


class Spelling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language writes several words as one."""

    words: dict[str, str] = {}
    endings: dict[str, str] = {}
    """What a word may end with, and the words that stands for: `'m` is `am`."""
    beginnings: dict[str, str] = {}
    """What a word may begin with: `j'` is `je`."""
    hyphened: tuple[str, ...] = ()
    """Words that a hyphen ties to the one before: `suis-je`."""
    third_person: dict[str, str] = {}
    """The verb after the companion's own name, as it would be after "I"."""
    me: str = ""


class Word(NamedTuple):
    """One or more words as they are matched, and where they stood in the sentence."""

    text: str
    start: int
    end: int


class Reading(NamedTuple):
    """A sentence ready for patterns: `line` begins with `; `, and `starts` says where each word begins in it."""

    line: str
    words: tuple[Word, ...]
    starts: tuple[int, ...]

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Return where in the sentence stands what `line[begin:end]` shows."""
        first = bisect_right(self.starts, begin) - 1
        last = bisect_right(self.starts, max(begin, end - 1)) - 1
        return self.words[first].start, self.words[last].end


def read(sentence: str, spelling: Spelling, *, name: str = "", person: str = "") -> Reading:
    """Return `sentence` as patterns see it; `name` is the companion's and means "I", `person` is nobody's pet name."""
    found = _uncovered([Word(m[0], m.start(), m.end()) for m in _PIECE.finditer(sentence)])
    own, theirs = _folded(name).split(), _folded(person).split()
    words: list[Word] = []
    for word in found:
        text = _plain(word.text, spelling, theirs) if word.text[0].isalnum() else word.text
        if words and words[-1].text in own and text in spelling.third_person:
            words[-1] = words[-1]._replace(text=spelling.me)
            text = spelling.third_person[text]
        words.append(word._replace(text=text))
    line = "; " + "".join(f"{word.text} " for word in words)
    starts = accumulate((len(word.text) + 1 for word in words), initial=2)
    return Reading(line if line.endswith((". ", "? ")) else f"{line}. ", tuple(words), tuple(starts)[:-1])


def _plain(text: str, spelling: Spelling, person: list[str]) -> str:
    lowered = _folded(text).strip("'")
    return COVERED if lowered in person else _spelt(lowered, spelling)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_LOWERED)


def _spelt(word: str, spelling: Spelling) -> str:
    if word in spelling.words:
        return spelling.words[word]
    if "'" in word:
        for beginning, meant in spelling.beginnings.items():
            if word.startswith(beginning):
                return f"{meant} {_spelt(word.removeprefix(beginning), spelling)}"
        for ending, meant in spelling.endings.items():
            if word.endswith(ending):
                return f"{word.removesuffix(ending)} {meant}"
    head, hyphen, tail = word.rpartition("-")
    if hyphen and tail in spelling.hyphened:
        return f"{_spelt(head, spelling)} {tail}"
    return word


def _uncovered(pieces: list[Word]) -> list[Word]:
    """Return the words and punctuation of `pieces`, with words covered that are quoted beside others that are not."""
    found, closing, outside = [], "", False
    for index, piece in enumerate(pieces):
        text = piece.text
        if closing and text == closing:
            closing = ""
        elif not closing and _opens(text, pieces[index + 1 :]):
            closing = _OPENING[text]
        elif text[0].isalnum():
            outside = outside or not closing
            found.append((piece, bool(closing)))
        elif text in _PUNCTUATION:
            found.append((piece._replace(text=_PUNCTUATION[text]), False))
    return [word._replace(text=COVERED) if quoted and outside else word for word, quoted in found]


def _opens(text: str, later: list[Word]) -> bool:
    """Tell whether `text` opens a quotation; an apostrophe does only when another closes it."""
    return text in _OPENING and (text not in "'‘" or any(piece.text == _OPENING[text] for piece in later))
