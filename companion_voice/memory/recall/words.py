"""The words of a text as the index knows them: folded, without small words, stemmed. English and French.

Stems come from Snowball; a stem is stored without its accents, so that a recogniser or a keyboard that leaves them out
is still understood. Knows nothing of the database.
"""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import snowballstemmer

from companion_voice import documents
from companion_voice.conversation.language import guess
from companion_voice.memory.recall.dates import DateWords
from companion_voice.memory.recall.kinds import Kind, KindWords

LANGUAGES = {"en": "english", "fr": "french"}
"""The languages known here, by code, with the name that Snowball gives them."""

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one language: words without matter, pronouns, hints at past and present, dates."""

    stop: str
    pronouns: dict[Literal["user", "companion"], str]
    """Words by which a person who asks means themselves (`user`) or the companion."""
    past: str
    present: str
    forms: tuple[str, ...]
    """Forms of one word, those that no stem brings together."""
    same: tuple[str, ...]
    """Everyday words for one thing."""
    kinds: dict[Kind, KindWords]
    dates: DateWords


class Word(msgspec.Struct, frozen=True):
    """One word of a text with matter in it; `proper` when it is written as a name is."""

    text: str
    stem: str
    proper: bool


@cache
def load(language: str) -> Words:
    """Return what is known of `language`, one of `LANGUAGES`. Raises `DocumentError`."""
    return documents.read(Path(__file__).with_name("languages") / f"{language}.yaml", Words)


@cache
def stopwords(language: str) -> frozenset[str]:
    """Return the words of `language` that carry no matter, folded."""
    return frozenset(fold(word) for word in load(language).stop.split())


@cache
def forms(language: str) -> dict[str, frozenset[str]]:
    """Return by its stem, for each irregular word, the stems of all its forms."""
    return _together(load(language).forms, language)


@cache
def same(language: str) -> dict[str, frozenset[str]]:
    """Return by its stem, for each everyday word, the stems of the words for the same thing."""
    return _together(load(language).same, language)


def _together(lines: tuple[str, ...], language: str) -> dict[str, frozenset[str]]:
    others: dict[str, frozenset[str]] = {}
    for line in lines:
        stems = frozenset(stem(word, language) for word in line.split())
        for each in stems:
            others[each] = others.get(each, frozenset()) | stems
    return others


def language_of(text: str, declared: str = "") -> str:
    """Return the language of `text`: as declared when it is known here, else by its small words, else English."""
    code = declared[:2].lower()
    return code if code in LANGUAGES else guess(text, among=tuple(LANGUAGES), otherwise="en")


def fold(word: str) -> str:
    """Return `word` in lower case without accents or ligatures."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


@lru_cache(maxsize=4_096)
def stem(word: str, language: str) -> str:
    """Return the stem of a word in lower case, without accents."""
    return fold(_stemmer(language).stemWord(word))


def words(text: str, language: str) -> list[Word]:
    """Return the words of `text` that carry matter, in order."""
    composed = unicodedata.normalize("NFC", text)
    small = stopwords(language)
    return [
        Word(found, stem(found.lower(), language), _proper(composed, match.start(), found))
        for match in _WORD.finditer(composed)
        if fold(found := match[0]) not in small and (len(found) > 1 or found.isdigit())
    ]


def says_any(text: str, phrases: str) -> bool:
    """Tell whether `text` (plain) has one of the comma-separated `phrases` as whole words."""
    padded = f" {text} "
    return any(f" {phrase.strip()} " in padded for phrase in phrases.split(","))


def _proper(text: str, start: int, word: str) -> bool:
    """Tell whether a word is capitalised where a sentence does not begin."""
    if not word[0].isupper():
        return False
    before = text[:start].rstrip(" '’\"«»(-—")
    return bool(before) and before[-1] not in ".!?:;…"


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(LANGUAGES[language])
