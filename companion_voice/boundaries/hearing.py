"""Text as it was probably meant, where a recogniser heard almost the right words. Pure; knows no meaning.

Accents, apostrophes and hyphens go. A word that is nearly a keyword (one letter more, less, other, or two swapped: the
symmetric deletion method of Wolf Garbe's SymSpell) becomes that keyword; a keyword that was torn in two is mended;
what sounds alike is a list of the language's own. Ordinary words that merely resemble a keyword are listed as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 5
"""Letters below which a word has too many neighbours to be corrected."""
LONGEST = 40
ALONE = frozenset("aijdlmt")
"""Words of a single letter, with those that an elision leaves in French."""
MOST_WORDS = 300
"""Words of a turn that are looked at: its end, where the point is."""
_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_LITERALS = (re.compile(r"(?<!\\)[a-z]{2,}"), re.compile(r"(?<![\\a-z])([a-z]{2,})[a-z]\?"))
"""The words of a pattern, and those of which it lets the last letter be missing."""
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'"})


def bare(text: str) -> str:
    """Return `text` in lower case, only letters and digits without accents, single spaces between words."""
    spread = unicodedata.normalize("NFD", text.lower().translate(_LIGATURES))
    letters = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return " ".join(_NOT_WORDS.sub(" ", letters).split()[-MOST_WORDS:])


def expanded(pattern: str, parts: Mapping[str, str]) -> str:
    """Return a pattern with each `<name>` replaced by that part, in a group; parts may use parts defined before them.

    Raises `KeyError` when there is no such part.
    """
    return re.sub(r"<([a-z_]+)>(?!\w*=)", lambda name: f"(?:{expanded(parts[name[1]], parts)})", pattern)


class Ear:
    """Hears the keywords of one language and one question."""

    def __init__(
        self, patterns: Iterable[str], *, keywords: Iterable[str], alike: Mapping[str, str], ordinary: Iterable[str]
    ) -> None:
        """`patterns` are what the text is heard for: their words are looked for where words were torn or run together.

        `keywords`: words that matter so much that a slip in them is undone; `alike`: what is said for what is meant;
        `ordinary`: words that are no slips.
        """
        self._keywords = frozenset(keywords)
        literals = (found for pattern in patterns for expression in _LITERALS for found in expression.findall(pattern))
        self._known = self._keywords.union(ALONE, literals)
        self._ordinary = frozenset(ordinary) | self._known
        self._alike = {bare(heard): meant for heard, meant in alike.items()}
        longest_first = sorted(self._alike, key=len, reverse=True)
        self._sounds = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
        self._near: dict[str, str] = {}
        for word in sorted(self._keywords):
            for shorter in _deletions(word) if len(word) >= SHORTEST else ():
                self._near.setdefault(shorter, word)

    def hear(self, text: str) -> str:
        """Return `text` bare and mended."""
        words = list(self._mended(self._alike_replaced(bare(text)).split()))
        return self._alike_replaced(" ".join(words))

    def _alike_replaced(self, text: str) -> str:
        return self._sounds.sub(lambda found: self._alike[found[0]], text)

    def _mended(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            if len(words) > at + 1 and self._torn(words[at], words[at + 1]):
                yield words[at] + words[at + 1]
                at += 2
            else:
                yield self._corrected(words[at])
                at += 1

    def _torn(self, left: str, right: str) -> bool:
        whole = left + right in self._known and len(left + right) >= SHORTEST and len(left) > 1
        return whole and not (left in self._ordinary and right in self._ordinary)

    def _corrected(self, word: str) -> str:
        if word in self._ordinary or not SHORTEST - 1 <= len(word) <= LONGEST or word.isdigit():
            return word
        for candidate in _deletions(word):
            near = self._near.get(candidate)
            if near and _one_apart(word, near):
                return near
        return self._split(word)

    def _split(self, word: str) -> str:
        """Return two words of the patterns that were run together as two; a lone letter is only ever their first."""
        for cut in range(1, len(word) - 1):
            left, right = word[:cut], word[cut:]
            if left in self._known and right in self._known:
                return f"{left} {right}"
        return word


def _deletions(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_apart(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter more, less or other, or by two neighbours swapped."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    swapped = len(rest) > 1 and rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or swapped
