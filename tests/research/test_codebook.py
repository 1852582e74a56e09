"""Every column can be defended, in two languages."""

import csv
import io
import re

import pytest

from companion_voice.research import codebook, rows
from companion_voice.research.behaviours import CATALOGUE

SCHEMA = {(column.table, column.name) for column in rows.all_columns()}


@pytest.mark.parametrize("language", codebook.LANGUAGES)
def test_every_column_has_a_row_and_no_row_lacks_a_column(language):
    written = {(table, name) for table, about in codebook.words(language).tables.items() for name in about.columns}
    assert written == SCHEMA


@pytest.mark.parametrize("language", codebook.LANGUAGES)
def test_every_value_of_a_closed_list_is_explained(language):
    for entry in codebook.entries(language):
        assert set(entry.about.values) == set(entry.column.values), entry.column


@pytest.mark.parametrize("language", codebook.LANGUAGES)
def test_meanings_are_sentences_and_not_the_other_language(language):
    other = {entry.about.means for entry in codebook.entries("fr" if language == "en" else "en")}
    for entry in codebook.entries(language):
        assert re.match(r"[A-ZÀÉÊ].*\.$", entry.about.means), entry.about.means
        assert entry.about.means not in other


def test_measures_have_units():
    for entry in codebook.entries("en"):
        if entry.column.name.startswith("n_") or entry.column.name.endswith("_s"):
            assert entry.about.unit, entry.column


@pytest.mark.parametrize("language", codebook.LANGUAGES)
def test_the_table_and_the_page_hold_every_column_and_every_behaviour(language):
    lines = list(csv.reader(io.StringIO(codebook.as_csv(language))))
    assert {(line[0], line[1]) for line in lines[1:]} == SCHEMA
    page = codebook.as_markdown(language)
    assert all(f"`{name}`" in page for _, name in SCHEMA)
    assert all(f"| {code} |" in page for code in CATALOGUE)
    behaviours = list(csv.reader(io.StringIO(codebook.behaviours_as_csv(language))))
    assert [line[0] for line in behaviours[1:]] == list(CATALOGUE)


def test_the_version_is_that_of_the_columns(monkeypatch):
    before = codebook.version.__wrapped__()
    monkeypatch.setitem(rows.TABLES, "extra", rows.Row)
    assert codebook.version.__wrapped__() != before
