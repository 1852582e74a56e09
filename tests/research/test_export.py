"""Formats: what is written comes back equal, loads in one line elsewhere, and is whole or not there at all."""

import csv
import json
import stat

import duckdb
import pandas as pd
import pytest

from companion_voice.errors import ExportError
from companion_voice.research import codebook, rows
from companion_voice.research.export import parquet, provenance, stored, writing
from companion_voice.research.records import Turn
from companion_voice.research.tables import Batch, batches, rows_of
from tests.research.roster import Roster, answer, place, recorded

ORIGIN = provenance.Origin(study="tea", study_hash="5eed", level="text", made="2026-11-23T10:00:00+01:00")
AWKWARD = 'He said: "no, thanks",\r\n=1+1; ‹é›\t😀 \'x'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the batches of a study of two participants."""
    folder = tmp_path_factory.mktemp("study")
    roster = Roster(folder)
    roster.enrol("p1", arm="a", sessions=2)
    roster.enrol("sim2", arm="b", shift=-14)
    roster.given["p1"] = (answer("p1-0", "p1", 40), answer("", "p1", 7, item="age_band"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COMPANION_VOICE_HOME", str(folder / "home"))
        return list(batches(roster, "tea"))


@pytest.fixture(scope="module")
def exported(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "tea"
    writing.write(made, folder, writing.FORMATS, ORIGIN)
    return folder


def written(made, table):
    return [row for batch in made for row in batch.rows.get(table, [])]


def read(folder, table):
    return [row for batch in stored.batches(folder) for row in batch.rows.get(table, [])]


@pytest.mark.parametrize("table", rows.TABLES)
def test_what_is_read_back_is_what_was_written(made, exported, table):
    assert read(exported, table) == written(made, table)


@pytest.mark.parametrize("table", rows.TABLES)
def test_pandas_and_duckdb_read_each_csv_in_one_line(made, exported, table):
    names = [column.name for column in rows.columns(table)]
    count = len(written(made, table))
    frame = pd.read_csv(exported / "csv" / f"{table}.csv")
    assert (list(frame), len(frame)) == (names, count)
    assert duckdb.sql(f"from read_csv('{exported}/csv/{table}.csv')").columns == names


def test_duckdb_and_pandas_read_all_parquet_files_as_one_table(made, exported):
    turns = written(made, "turns")
    pattern = f"{exported}/parquet/turns/*/*/*.parquet"
    found = duckdb.sql(f"select ppt_id, count(*) from read_parquet('{pattern}', hive_partitioning=true) group by 1")
    assert dict(found.fetchall()) == {who: sum(row.ppt_id == who for row in turns) for who in ("p1", "sim2")}
    frame = pd.read_parquet(exported / "parquet" / "turns")
    assert set(frame["study_id"]) == {"tea"}
    assert sorted(frame["text"].dropna()) == sorted(row.text for row in turns if row.text)


def test_parquet_has_the_types_of_the_schema(exported):
    described = duckdb.sql(
        f"describe from read_parquet('{exported}/parquet/turns/*/*/*.parquet', hive_partitioning=true)"
    )
    types = {name: kind for name, kind, *_ in described.fetchall()}
    assert (types["turn"], types["at_s"], types["interrupted"], types["text"]) == (
        "BIGINT",
        "DOUBLE",
        "BOOLEAN",
        "VARCHAR",
    )


def test_parquet_keeps_groups_of_bounded_size(tmp_path, monkeypatch):
    from pyarrow.parquet import ParquetFile

    monkeypatch.setattr(parquet, "GROUP", 10)
    made = rows_of(recorded(said=[("person", "well")] * 25), place())
    with parquet.Dataset(tmp_path / "out") as dataset:
        dataset.add(Batch({"turns": made["turns"]}))
    (file,) = tmp_path.rglob("*.parquet")
    groups = ParquetFile(file).metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [10, 10, 5]


def test_a_convokit_corpus_is_whole(made, exported):
    folder = exported / "convokit"
    utterances = [json.loads(line) for line in (folder / "utterances.jsonl").read_text().splitlines()]
    speakers, conversations, index = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("speakers", "conversations", "index")
    )
    known = {one["id"] for one in utterances}
    assert len(known) == len(written(made, "turns"))
    for one in utterances:
        assert one["speaker"] in speakers
        assert one["conversation_id"] in conversations
        assert one["reply_to"] is None or one["reply_to"] in known
        assert set(one["meta"]) == set(index["utterances-index"])
    first = [one for one in utterances if one["reply_to"] is None]
    assert {one["conversation_id"] for one in first} == set(conversations)
    assert set(next(iter(conversations.values()))["meta"]) == set(index["conversations-index"])
    assert json.loads((folder / "corpus.json").read_text())["synthetic"]["en"]


def test_a_psych_ds_folder_describes_every_column_of_every_file(exported):
    folder = exported / "psych-ds"
    description = json.loads((folder / "dataset_description.json").read_text())
    assert {"@context", "@type", "name", "description"} <= set(description)
    known = {one["name"] for one in description["variableMeasured"]}
    files = sorted((folder / "data").iterdir())
    assert len(files) == len(rows.TABLES)
    for file in files:
        assert file.name.startswith("study-tea_description-")
        assert file.name.endswith("_data.csv")
        with file.open(newline="") as text:
            assert set(next(csv.reader(text))) <= known


def test_awkward_words_come_back_to_the_letter(tmp_path):
    awkward = recorded(said=[("person", AWKWARD), ("companion", "Fine.")])
    writing.write([Batch(rows_of(awkward, place()))], tmp_path / "out", ["parquet"], ORIGIN)
    raw = (tmp_path / "out" / "csv" / "turns.csv").read_bytes()
    assert raw.endswith(b"\r\n")
    assert read(tmp_path / "out", "turns")[0].text == AWKWARD
    assert pd.read_csv(tmp_path / "out" / "csv" / "turns.csv")["text"][0] == AWKWARD
    assert pd.read_parquet(tmp_path / "out" / "parquet" / "turns")["text"][0] == AWKWARD


def test_provenance_says_what_it_is_and_what_no_human_said(exported):
    found = provenance.read(exported)
    assert found.origin == ORIGIN
    assert found.codebook == codebook.version()
    assert found.rows["sessions"] == 3
    assert "synthetic" in found.synthetic["en"]
    assert set(found.sha256) == {f"{table}.csv" for table in rows.TABLES}


def test_the_codebook_lies_beside_the_data(exported):
    for language in codebook.LANGUAGES:
        assert (exported / f"codebook.{language}.md").read_text() == codebook.as_markdown(language)
        assert len(pd.read_csv(exported / f"codebook.{language}.csv")) == len(list(rows.all_columns()))
        assert (exported / f"behaviours.{language}.csv").exists()


def test_an_export_is_for_its_owner_alone(exported):
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700


def test_a_changed_table_is_noticed(made, tmp_path):
    folder = tmp_path / "tea"
    writing.write(made, folder, (), ORIGIN)
    with (folder / "csv" / "turns.csv").open("a") as file:
        file.write("x")
    with pytest.raises(ExportError, match=r"turns\.csv is not as it was exported"):
        provenance.read(folder)


def test_a_cell_that_does_not_fit_is_named_by_its_line(exported, tmp_path):
    from companion_voice.research.export import plain

    path = tmp_path / "events.csv"
    lines = (exported / "csv" / "events.csv").read_text().splitlines()
    cells = lines[1].split(",")
    cells[4] = "soon"
    path.write_text("\n".join([lines[0], ",".join(cells)]) + "\n")
    with pytest.raises(ExportError, match="line 2"):
        list(plain.read(path, "events"))


def test_nothing_stays_of_an_export_that_fails(made, tmp_path):
    def breaks():
        yield from made
        raise ExportError("It broke.")

    with pytest.raises(ExportError, match="It broke"):
        writing.write(breaks(), tmp_path / "out" / "tea", writing.FORMATS, ORIGIN)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_overwrites_nothing(made, tmp_path):
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "thesis.txt").write_text("mine")
    with pytest.raises(ExportError, match="exists already"):
        writing.write(made, tmp_path / "tea", (), ORIGIN)
    assert (tmp_path / "tea" / "thesis.txt").read_text() == "mine"


def test_an_export_without_a_session_says_what_waits(tmp_path):
    with pytest.raises(ExportError, match="2 wait for their participant's review"):
        writing.write([Batch({}, unreviewed=2)], tmp_path / "tea", (), ORIGIN)


def test_the_missing_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ExportError, match="pyarrow"):
        parquet.Dataset(tmp_path)


def test_every_record_of_a_turn_has_its_column():
    """A field added to the records is exported, or left out on purpose."""
    same = {"session": "session_id", "speaker": "role", "at": "at_s", "heard": "text_heard", "words": "n_words"}
    same |= {"characters": "n_characters", "language": "lang", "latency": "latency_s", "confidence": "stt_confidence"}
    same |= {"recalled": "n_recalled", "labels": None}
    names = {column.name for column in rows.columns("turns")}
    fields = [same.get(field, field) for field in Turn.__struct_fields__]
    assert [field for field in fields if field and field not in names] == []
