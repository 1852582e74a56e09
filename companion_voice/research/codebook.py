"""The codebook: what every column of an export means, in English and in French, made from the schema itself.

Names, types and possible values come from the structs of `rows`; meanings and units from `codebook.{en,fr}.yaml`; the
behaviours from the detectors' own catalogue. Knows no format but a plain table and a page of Markdown.
"""

import csv
import functools
import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import msgspec

from companion_voice import documents
from companion_voice.research import rows
from companion_voice.research.behaviours import CATALOGUE

LANGUAGES = ("en", "fr")


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written about one column."""

    means: str
    unit: str = ""
    values: dict[str, str] = {}


class AboutTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written about one table."""

    means: str
    columns: dict[str, About]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language of the codebook."""

    tables: dict[str, AboutTable]
    headings: dict[str, str]


class Entry(NamedTuple):
    """One column, described."""

    column: rows.Column
    about: About


class BehaviourEntry(NamedTuple):
    """One behaviour, described, with what its detector was measured at."""

    code: str
    side: str
    kind: str
    name: str
    means: str
    precision: float | None
    recall: float | None


@functools.cache
def words(language: str) -> Words:
    """Return what is written in `language`."""
    return documents.read(Path(__file__).with_name(f"codebook.{language}.yaml"), Words)


@functools.cache
def version() -> str:
    """Return the version of the schema: the same columns, types and values have the same one."""
    schema = "\n".join(f"{column}" for column in rows.all_columns())
    return hashlib.sha256(schema.encode()).hexdigest()[:12]


def entries(language: str) -> tuple[Entry, ...]:
    """Return every column of every table, described in `language`."""
    tables = words(language).tables
    return tuple(Entry(column, tables[column.table].columns[column.name]) for column in rows.all_columns())


def behaviours(language: str) -> tuple[BehaviourEntry, ...]:
    """Return every behaviour, described in `language`; precision and recall are those measured in it."""
    return tuple(
        BehaviourEntry(
            code,
            rows.SIDES[code[0]],
            one.kind,
            one.name_fr if language == "fr" else one.name_en,
            one.what_fr if language == "fr" else one.what_en,
            one.precision.get(language),
            one.recall.get(language),
        )
        for code, one in CATALOGUE.items()
    )


def as_csv(language: str) -> str:
    """Return the columns as a table: table, column, type, whether it can be missing, unit, values, meaning."""
    head = words(language).headings
    lines = [[head[key] for key in ("table", "column", "type", "missing", "unit", "values", "means")]]
    for column, about in entries(language):
        values = "; ".join(f"{value}: {about.values[value]}" for value in column.values)
        missing = str(column.optional).lower()
        lines.append([column.table, column.name, column.type, missing, about.unit, values, about.means])
    return _csv(lines)


def behaviours_as_csv(language: str) -> str:
    """Return the behaviours as a table, with what their detectors were measured at."""
    head = words(language).headings
    lines = [[head[key] for key in ("code", "side", "kind", "name", "means", "precision", "recall")]]
    return _csv(lines + [["" if cell is None else str(cell) for cell in one] for one in behaviours(language)])


def as_markdown(language: str) -> str:
    """Return the whole codebook as a page to read."""
    text = words(language)
    page = [f"# {text.headings['title']} ({version()})"]
    for table, about in text.tables.items():
        page += [
            "",
            f"## {table}",
            "",
            about.means,
            "",
            _row(text, "column", "type", "unit", "means"),
            "|---|---|---|---|",
        ]
        page += [_line(entry) for entry in entries(language) if entry.column.table == table]
    page += [
        "",
        f"## {text.headings['behaviours']}",
        "",
        _row(text, "code", "kind", "name", "means"),
        "|---|---|---|---|",
    ]
    page += [f"| {one.code} | {one.kind} | {one.name} | {one.means} |" for one in behaviours(language)]
    return "\n".join(page) + "\n"


def _row(text: Words, *keys: str) -> str:
    return "| " + " | ".join(text.headings[key] for key in keys) + " |"


def _line(entry: Entry) -> str:
    column, about = entry
    values = "".join(f"<br>`{value}`: {about.values[value]}" for value in column.values)
    return f"| `{column.name}` | {column.type}{'?' * column.optional} | {about.unit} | {about.means}{values} |"


def _csv(lines: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()
