"""The words of a report in one language, and how that language writes a number. Knows no figure."""

import functools
from pathlib import Path
from typing import Any

from companion_voice import documents
from companion_voice.research.report.measures import Estimate

DASH = "–"


class Wording:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _texts(language)

    def __getitem__(self, path: str) -> Any:  # noqa: ANN401 - a text or a list of them
        """Return what stands at `path`, such as `people.title`."""
        found: Any = self._texts
        for key in path.split("."):
            found = found[key]
        return found

    def number(self, value: float | None, digits: int = 2) -> str:
        """Return a number as the language writes it, or a dash where there is none."""
        if value is None:
            return DASH
        separators = str.maketrans({",": self["number.thousands"], ".": self["number.decimal"]})
        return f"{value:,.{digits}f}".translate(separators)

    def count(self, value: float) -> str:
        """Return a whole number."""
        return self.number(value, 0)

    def percent(self, share: float) -> str:
        """Return a share of one in percent, apart from its sign by a narrow space."""
        return f"{self.count(100 * share)}\u202f%"

    def estimate(self, one: Estimate | None) -> str:
        """Return a measure with its interval."""
        if one is None:
            return DASH
        interval = "" if one.low is None else f" [{self.number(one.low)}; {self.number(one.high)}]"
        return f"{self.number(one.value)}{interval}"


@functools.cache
def _texts(language: str) -> dict[str, Any]:
    return documents.read(Path(__file__).with_name(f"texts.{language}.yaml"), dict[str, Any])
