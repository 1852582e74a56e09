"""The text of a card as words that can be spoken: macros filled in, markup and stage directions gone. Pure.

What is *said* (a greeting, a line of an example) loses its stage directions; what is *told* (a description, a book)
only loses its markup. Every kind of thing that was taken away is named. Macros are those of the Character Card V3
specification, "Curly Braced Syntaxes"; those that ask for chance always give the same.
"""

import html
import re
import unicodedata
from typing import NamedTuple

from companion_voice.persona.cards.data import language
from companion_voice.persona.schema import Tongue

LONGEST = 3_000
"""Characters of a field that are looked at."""
DEEPEST = 3
"""Macros inside one another."""
FEWEST_QUOTED = 3
"""Words in quotation marks from which on they are taken for what is said, and the rest for a story around it."""

_MACRO = re.compile(r"\{\{([^{}]{0,2000})\}\}")
_BEGINNING = re.compile(r"(?:[.!?…]\s+|\n\s*|\A\s*)\Z")
_VOCATIVE = re.compile(r",\s*(?:\{\{user\}\}|<user>)(?=\s*(?:[!?.,…]|$))", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:\{\{user\}\}|<user>)['’]s\b", re.IGNORECASE)
_ANGLED = re.compile(r"<(char|bot|user)>", re.IGNORECASE)
_SIDES = re.compile(r"\s*[dD]?([0-9]{1,6})\s*")
_COMMA = re.compile(r"(?<!\\),")
_UNSPOKEN = re.compile(r"(?is)<(script|style)\b.{0,2000}?</\1\s*>|<!--.{0,2000}?-->")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_PICTURE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]]{0,500})\]\([^()]{0,2000}\)")
_ADDRESS = re.compile(r"\b(?:https?|ftp|file|data):[^\s\"'<>)]+", re.IGNORECASE)
_STRONG = re.compile(r"\*\*([^*]{1,1000})\*\*|__([^_]{1,1000})__")
_ACTION = re.compile(r"(?<!\*)\*[^*]{1,2000}\*(?!\*)|\([^()]{1,2000}\)")
_QUOTED = re.compile(r"[\"“]([^\"“”]{1,2000})[\"”]|«\s?([^«»]{1,2000}?)\s?»")
_MARKS = re.compile(r"[*_`#~|<>\[\]{}\\^=+]+")
_LINE_HEAD = re.compile(r"^[ \t]*(?:[-•>]+|\d+[.)])[ \t]+", re.MULTILINE)


class Names(NamedTuple):
    """Who is meant by `{{char}}`, and in which language `{{user}}` is named."""

    char: str
    tongue: Tongue


class Worded(NamedTuple):
    """Text that can be spoken, and what was taken away from what stood there."""

    text: str
    changes: tuple[str, ...]


def said(text: str, names: Names) -> Worded:
    """Return what is spoken of `text`, which the character says to the person."""
    filled, changes = _filled(_visible(text), names, aloud=True)
    bare, more = _unmarked(filled)
    spoken = _ACTION.sub(" ", _STRONG.sub(r"\1\2", bare))
    if spoken != _STRONG.sub(r"\1\2", bare):
        more = (*more, "stage directions")
    quoted = " ".join(first or second for first, second in _QUOTED.findall(spoken))
    if len(quoted.split()) >= FEWEST_QUOTED and _QUOTED.sub("", spoken).strip():
        spoken, more = quoted, (*more, "the story around what is said")
    return Worded(_tidy(spoken), (*changes, *more))


def told(text: str, names: Names) -> Worded:
    """Return `text`, which tells of the character, as words."""
    filled, changes = _filled(_visible(text), names, aloud=False)
    bare, more = _unmarked(filled)
    return Worded(_tidy(bare), (*changes, *more))


def _visible(text: str) -> str:
    """Return the beginning of `text`, composed, without what is not seen: it could hide from who reads the card."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST]  # one character may become 18
    return "".join(c for c in composed if c in "\n\t" or not unicodedata.category(c).startswith("C"))


def _filled(text: str, names: Names, *, aloud: bool) -> tuple[str, tuple[str, ...]]:
    """Return `text` with its macros filled in, and those that have no meaning here."""
    person = language(names.tongue).file.person
    text = _VOCATIVE.sub("", text) if aloud else text
    text = _POSSESSIVE.sub(person.of_said if aloud else person.of_told, text)
    text = _ANGLED.sub(lambda found: f"{{{{{'user' if found[1].lower() == 'user' else 'char'}}}}}", text)
    unknown: dict[str, None] = {}

    def meaning(found: re.Match[str]) -> str:
        filled = _macro(found[1], names.char, person.said if aloud else person.told)
        if filled is None:
            unknown[f"the macro {{{{{found[1][:20]}}}}}"] = None
            return ""
        begins = _BEGINNING.search(found.string, max(0, found.start() - 3), found.start())
        return filled[:1].upper() + filled[1:] if begins else filled

    for _ in range(DEEPEST):
        text = _MACRO.sub(meaning, text)
    return text, tuple(unknown)


def _macro(macro: str, char: str, person: str) -> str | None:
    """Return what a macro stands for, or None where that is not known here."""
    name, _, value = macro.strip().partition(":")
    match name.strip().lower():
        case "char" | "bot":
            return char
        case "user":
            return person
        case "random" | "pick":
            value = value.removeprefix(":")
            choices = value.split("::") if "::" in value else _COMMA.split(value)
            return choices[0].strip().replace("\\,", ",")
        case "roll":
            sides = _SIDES.fullmatch(value)
            return str((int(sides[1]) + 1) // 2) if sides else ""
        case "comment" | "hidden_key" | "original":
            return ""
        case other:
            return "" if other.startswith("//") else None


def _unmarked(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` without what a page shows and nobody says, and which kinds of that it had."""
    changes = []
    for regex, instead, kind in (
        (_UNSPOKEN, " ", "HTML"),
        (_TAG, " ", "HTML"),
        (_PICTURE, " ", "pictures"),
        (_LINK, r"\1", "links"),
        (_ADDRESS, " ", "addresses, which are never fetched"),
    ):
        text, count = regex.subn(instead, text)
        if count and kind not in changes:
            changes.append(kind)
    return _LINE_HEAD.sub("", html.unescape(text)), tuple(changes)


def _tidy(text: str) -> str:
    """Return `text` with single spaces, line by line."""
    bare = _MARKS.sub(" ", _STRONG.sub(r"\1\2", text))
    return "\n".join(line for line in (" ".join(line.split()) for line in bare.splitlines()) if line)
