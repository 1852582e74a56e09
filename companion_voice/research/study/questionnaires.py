"""Questionnaires: our own items, and the frames of others, to be filled in by who has the right to use them.

A file in the researcher's own folder stands before one of the same name that ships.
"""

import difflib
from pathlib import Path
from typing import Annotated

import msgspec

from companion_voice import documents, paths
from companion_voice.errors import StudyError
from companion_voice.research.study.schema import Part, Tongue, Words


class Scale(Part, frozen=True):
    """Whole numbers from one end to the other, each end in words."""

    least: int
    most: int
    low: dict[Tongue, Words]
    high: dict[Tongue, Words]


class Item(Part, frozen=True):
    """One question."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
    text: dict[Tongue, Words]
    scale: Scale


class Questionnaire(Part, frozen=True):
    """A list of questions."""

    title: dict[Tongue, Words]
    citation: str
    licence: str
    items: tuple[Item, ...] = ()
    """None where nobody has filled it in yet."""

    def lacking(self, language: Tongue) -> str:
        """Return what keeps it from being asked in `language`; empty where nothing does."""
        if not self.items:
            return f"it ships without its items ({self.licence})"
        texts = [text for item in self.items for text in (item.text, item.scale.low, item.scale.high)]
        return "" if all(language in text for text in texts) else f"it has no items in `{language}`"


def own_folder() -> Path:
    """Return the folder of the researcher's own questionnaires."""
    return paths.configuration_folder() / "questionnaires"


def names() -> dict[str, Path]:
    """Return every questionnaire by name."""
    found: dict[str, Path] = {}
    for folder in (own_folder(), Path(__file__).with_name("questionnaires")):
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return found


def load(name: str) -> Questionnaire:
    """Return a questionnaire. Raises `StudyError` where there is none and `DocumentError` where its file is wrong."""
    known = names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        advice = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}."
        raise StudyError(f"There is no questionnaire called `{name}`.", advice)
    return documents.read(known[name], Questionnaire)
