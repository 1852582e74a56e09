"""The taxonomy: every code with its name and one sentence, and what its detector was measured at. Finds nothing.

The taxonomy joins AnthroBench (2025), INTIMA (2025), DeVrio et al. (CHI 2025), EmoClassifiers (2025) and De Freitas et
al. (2025). `measured.yaml` is written by `benchmarks/behaviours.py` from labelled phrases.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.research.records import Kind

Side: TypeAlias = Literal["system", "user", "voice"]
"""Whose behaviour it is: what the companion says or does, what the person says, how the companion sounds."""

MEASURED: Final = Path(__file__).with_name("measured.yaml")
_SIDES: Final[dict[str, Side]] = {"A": "system", "B": "system", "U": "user", "V": "voice"}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code in `catalogue.yaml`."""

    kind: Kind
    name_en: str
    name_fr: str
    what_en: str
    what_fr: str


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a detector did on labelled phrases of one language. None where there was nothing to divide by."""

    phrases: int
    precision: float | None = None
    recall: float | None = None
    kappa: float | None = None
    """Agreement of the phrases' two labels (Cohen)."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """One behaviour of the taxonomy."""

    code: str
    side: Side
    kind: Kind
    """How it is usually found; a behaviour that was found says how itself."""
    name_en: str
    name_fr: str
    what_en: str
    what_fr: str
    precision: dict[str, float]
    """By language, as measured; a language that was not measured is not in it."""
    recall: dict[str, float]


def _described() -> Mapping[str, Description]:
    entries = documents.read(Path(__file__).with_name("catalogue.yaml"), dict[str, Entry])
    measured = documents.read(MEASURED, dict[str, dict[str, Figures]])
    return MappingProxyType({code: _description(code, one, measured.get(code, {})) for code, one in entries.items()})


def _description(code: str, entry: Entry, measured: dict[str, Figures]) -> Description:
    return Description(
        code=code,
        side=_SIDES[code[0]],
        precision={language: one.precision for language, one in measured.items() if one.precision is not None},
        recall={language: one.recall for language, one in measured.items() if one.recall is not None},
        **msgspec.structs.asdict(entry),
    )


CATALOGUE: Final = _described()
"""By code, in the order of the taxonomy."""
