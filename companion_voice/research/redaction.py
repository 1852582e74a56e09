"""Taking out of a text what tells who is meant: names, telephones, e-mails, addresses, numbers of accounts.

Rules over the text as it stands, a language's own (`redacting/`): what introduces a name, widely borne first names,
capitals where no sentence begins. They miss some and take some too many (measured: `benchmarks/redaction.py`), so what
they leave is to be read by a person before it is shown to anybody. Knows one sentence at a time and nobody's name.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from companion_voice import documents

_PLACES = Path(__file__).with_name("redacting")
_LARGEST: Final = 128 * 1024
_NAME, _PHONE, _EMAIL, _ADDRESS, _NUMBER = "‹NAME›", "‹PHONE›", "‹EMAIL›", "‹ADDRESS›", "‹NUMBER›"

_CAPITAL = r"[A-ZÀ-ÖØ-Ý](?:[a-zà-öø-ÿ]|['’][A-ZÀ-ÖØ-Ý]|\.(?= [A-ZÀ-ÖØ-Ý]))[\w'’-]*?(?=['’]s\b|[^\w'’-]|['’](?!\w)|$)"
_RUN = rf"{_CAPITAL}(?: (?:(?:de|du|van|von|der|la|le|da|di|bin|el) )?(?:d['’])?{_CAPITAL}){{0,3}}"
"""A name as it is written: up to four words with capitals, with small words between them."""
_AFTER = rf"(?:(?: (?:(?:de|du|van|von|der|la|le|da|di|bin|el) )?{_CAPITAL}){{1,3}})?"
_MID_SENTENCE = re.compile(rf"(?:(?<=[\w,›'’] )|(?<=[a-zà-ÿ]['’]))(?<!\. ){_RUN}")

_WRITTEN_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b|\b\d{3}-\d{2}-\d{4}\b")
_DIGITS = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){6,18}(?!\w)")
_NO_TELEPHONE = re.compile(
    r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d{2}|(?:1\d|20)\d\d ?[-–] ?(?:1\d|20)\d\d"
    r"|[1-9]\d{0,2}(?: 000)+|[1-9]\d{0,2}(?: \d{3}){2}"
)
"""Dates, years and round sums."""
_LONGEST_TELEPHONE: Final = 15
_FEWEST_OF_ACCOUNT: Final = 13


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a language's file holds; lists of words are separated by spaces."""

    introductions: tuple[str, ...]
    no_names: str
    at: str
    dot: str
    digits: str
    fewest_digits: int
    addresses: tuple[str, ...]
    never: str
    words_too: str
    first_names: str


Rewriting = Callable[[str], str]


def redact(text: str, language: str) -> str:
    """Return `text` with ‹NAME›, ‹PHONE›, ‹EMAIL›, ‹ADDRESS› and ‹NUMBER› in place of what tells who is meant.

    `language`: two-letter code; another than English and French is read as English.
    """
    for rewrite in _rewritings(language if language in {"en", "fr"} else "en"):
        text = rewrite(text)
    return text


@lru_cache(maxsize=2)
def _rewritings(language: str) -> tuple[Rewriting, ...]:
    """Return what is done to a text, in order: the surest first, so that the next ones find less."""
    rules = documents.read(_PLACES / f"{language}.yaml", Rules, largest=_LARGEST)
    never = {word.casefold() for word in rules.never.split()}
    return (
        _putting(_EMAIL, _WRITTEN_EMAIL, _spoken_email(rules)),
        _putting(_NUMBER, _ACCOUNT),
        lambda text: _DIGITS.sub(_number, text),
        _putting(_PHONE, _spoken_digits(rules)),
        _putting(_ADDRESS, *(re.compile(f"(?i:{_capitals_kept(pattern)})") for pattern in rules.addresses)),
        *(_naming(_introduction(pattern, rules), never) for pattern in rules.introductions),
        _naming(_first_names(rules), never),
        _naming(_MID_SENTENCE, never),
    )


def _putting(mark: str, *patterns: re.Pattern[str]) -> Rewriting:
    def rewrite(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(lambda found: _instead(found, "place", mark), text)
        return text

    return rewrite


def _naming(pattern: re.Pattern[str], never: set[str]) -> Rewriting:
    """Return what puts ‹NAME› where a pattern finds something that may be a name."""

    def put(found: re.Match[str]) -> str:
        name = found["name"] if "name" in found.re.groupindex else found[0]
        first, *more = re.split(r"[ '’-]", name.casefold())
        harmless = {first, first.removesuffix("s")} & never and (not more or more[0] in never)
        return found[0] if harmless else _instead(found, "name", _NAME)

    return lambda text: pattern.sub(put, text)


def _instead(found: re.Match[str], group: str, mark: str) -> str:
    """Return what was found with `mark` in place of one group, or of all where there is no such group."""
    if group not in found.re.groupindex:
        return mark
    begin, end = (place - found.start() for place in found.span(group))
    return found[0][:begin] + mark + found[0][end:]


def _number(found: re.Match[str]) -> str:
    plain = found[0].strip()
    count = sum(char.isdigit() for char in plain)
    if _NO_TELEPHONE.fullmatch(plain):
        return found[0]
    return _NUMBER if count >= _FEWEST_OF_ACCOUNT and not plain.startswith(("+", "00")) else _PHONE


def _spoken_email(rules: Rules) -> re.Pattern[str]:
    dot = rf" ?(?:{rules.dot}|\.) ?"
    return re.compile(rf"(?i)\b[\w-]+(?:{dot}[\w-]+)* (?:{rules.at}) [\w-]+(?:{dot}[\w-]+)*{dot}[a-z]{{2,6}}\b")


def _spoken_digits(rules: Rules) -> re.Pattern[str]:
    word = "|".join(rules.digits.split())
    return re.compile(rf"(?i)\b(?:{word})(?:[ ,-]+(?:{word})){{{rules.fewest_digits - 1},}}\b")


def _introduction(pattern: str, rules: Rules) -> re.Pattern[str]:
    """Compile a pattern whose words may be written as they like, and whose names may not."""
    no_name = "|".join(rules.no_names.split())
    any_name = rf"(?P<name>(?!(?i:{no_name})\b)[^\W\d_][\w-]*(?:{_AFTER}|(?: [\w-]+(?=[.!?;]|$))?))"
    before, kind, after = re.split(r"(\{any\}|\{name\})", pattern)
    name = any_name if kind == "{any}" else rf"(?P<name>{_RUN})"
    return re.compile(f"(?i:{before}){name}(?i:{after})")


def _first_names(rules: Rules) -> re.Pattern[str]:
    """Compile what finds a first name, and one that is a word too where a surname follows."""
    names = "|".join(rules.first_names.split())
    words = "|".join(rules.words_too.split())
    return re.compile(
        rf"(?<![\w‹-])(?:(?i:{names})(?:-{_CAPITAL})?{_AFTER}|(?:{words})(?:[ -]{_CAPITAL}){{1,3}})(?![\w-])"
    )


def _capitals_kept(pattern: str) -> str:
    """Let what is written with a capital in a pattern stay so, whatever the case around it."""
    return re.sub(r"(\[[A-ZÀ-Ý-]*(?:\\d)?\](?:\[(?:\\w|a-z)'’-\]\+)?)", r"(?-i:\1)", pattern)
