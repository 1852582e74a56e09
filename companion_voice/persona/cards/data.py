"""Reading what this room knows of a language. Decides nothing."""

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from companion_voice import documents
from companion_voice.persona.schema import Tongue

TONGUES: tuple[Tongue, ...] = ("en", "fr")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of sentence that no card may bring in."""

    why: str
    says: tuple[str, ...]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands for `{{user}}`: in what is said to the person, and in what is told of them; and what is theirs."""

    said: str
    of_said: str
    told: str
    of_told: str


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`en.yaml`, `fr.yaml`."""

    small_words: str
    person: Person
    greeting: str
    farewell: str
    as_own: dict[str, str]
    """What is said of a character, and how it would say it of itself."""
    style: str
    """What a sentence about how something is said has in it."""
    parts: dict[str, str]
    orders: tuple[Order, ...]


class Pattern(NamedTuple):
    """What is looked for, and why it is not taken."""

    why: str
    regex: re.Pattern[str]


class Language(NamedTuple):
    """All that is known of a language, ready to use."""

    file: File
    small_words: frozenset[str]
    orders: tuple[Pattern, ...]
    style: re.Pattern[str]
    own: re.Pattern[str]
    """Finds what `as_own` translates."""


@lru_cache(maxsize=2)
def language(code: Tongue) -> Language:
    """Return what is known of the language `code`."""
    file = documents.read(Path(__file__).with_name(f"{code}.yaml"), File)
    return Language(
        file=file,
        small_words=frozenset(file.small_words.split()),
        orders=tuple(Pattern(order.why, _compiled(order.says, file.parts)) for order in file.orders),
        style=re.compile(_unfolded(file.style)),
        own=re.compile(rf"\b(?:{'|'.join(map(re.escape, file.as_own))})\b", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
def reasons() -> dict[str, str]:
    """Return why a sentence is not taken, by the rule that it breaks."""
    return documents.read(Path(__file__).with_name("reasons.yaml"), dict[str, str])


def _compiled(says: tuple[str, ...], parts: dict[str, str]) -> re.Pattern[str]:
    whole = "|".join(says)
    for name, part in parts.items():
        whole = whole.replace(f"<{name}>", f"(?:{_unfolded(part)})")
    return re.compile(whole)


def _unfolded(part: str) -> str:
    """Return alternatives that stand on several lines of the file as one."""
    return part.replace("| ", "|")
