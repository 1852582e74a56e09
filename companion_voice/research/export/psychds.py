"""A Psych-DS folder: `data/study-S_description-TABLE_data.csv` and `dataset_description.json` with the data dictionary.

The dictionary is the codebook in JSON-LD, as schema.org has it. Format: https://psychds-docs.readthedocs.io
"""

import re
from pathlib import Path
from typing import Any, Self

import msgspec

from companion_voice.research import codebook, rows
from companion_voice.research.export.plain import Tables
from companion_voice.research.tables import Batch


class Folder:
    """A Psych-DS data set of the study `study` in `folder`, about which `about` is said."""

    def __init__(self, folder: Path, study: str, about: dict[str, Any]) -> None:
        self._folder, self._study, self._about = folder, study, about
        self._tables = Tables(folder / "data", f"study-{_plain(study)}_description-{{}}_data.csv")

    def __enter__(self) -> Self:
        self._tables.__enter__()
        description = msgspec.json.format(msgspec.json.encode(_description(self._study, self._about)))
        (self._folder / "dataset_description.json").write_bytes(description)
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.__exit__()

    def add(self, batch: Batch) -> None:
        """Write the rows of `batch`."""
        self._tables.add(batch)


def _plain(name: str) -> str:
    """Return `name` as a value of a keyword in a file's name: letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", name)


def _description(study: str, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": study,
        "description": f"{about['what']} {about['synthetic']['en']}",
        "inLanguage": list(codebook.LANGUAGES),
        "version": about["codebook"],
        "variableMeasured": [_variable(name) for name in dict.fromkeys(column.name for column in rows.all_columns())],
    }


def _variable(name: str) -> dict[str, Any]:
    """Return what is known about a column; where it means something else in another table, both are said."""
    found = [entry for entry in codebook.entries("en") if entry.column.name == name]
    meanings = dict.fromkeys(entry.about.means for entry in found)
    tables = {means: [entry.column.table for entry in found if entry.about.means == means] for means in meanings}
    one = next(iter(meanings)) if len(meanings) == 1 else " ".join(f"{', '.join(tables[it])}: {it}" for it in meanings)
    values = dict.fromkeys(value for entry in found for value in entry.column.values)
    return {
        "@type": "PropertyValue",
        "name": name,
        "description": one,
        "unitText": found[0].about.unit,
        "valueReference": list(values),
    }
