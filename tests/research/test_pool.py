"""Many participants' exports become one, and nobody is counted twice."""

import duckdb
import pytest

from companion_voice.errors import ExportError
from companion_voice.research.export import pooling, provenance, stored, writing
from companion_voice.research.tables import Batch, batches, rows_of
from tests.research.roster import Roster, place, recorded

MADE = "2026-11-23T10:00:00+01:00"


def export(folder, participant, *, level="text", session=None):
    """Export one participant, as their own computer would."""
    home = folder / f"home-{participant}"
    home.mkdir(parents=True)
    study = Roster(home)
    study.enrol(participant, arm="a" if participant < "p2" else "b", level=level)
    study.given[participant] = ()
    if session:
        made = rows_of(recorded(session, said=[("person", "hello")]), place(participant=participant))
        some = [*batches(study, "tea"), Batch(made)]
    else:
        some = batches(study, "tea")
    origin = provenance.Origin(study="tea", study_hash="5eed", level=level, made=MADE)
    writing.write(some, folder / participant, (), origin)
    return folder / participant


def test_a_pool_holds_every_row_of_each_export(tmp_path):
    folders = [export(tmp_path, name) for name in ("p1", "p2", "p3")]
    found = pooling.pool(folders, tmp_path / "all", writing.FORMATS, made=MADE)
    single = [provenance.read(folder).rows for folder in folders]
    assert found.rows == {table: sum(rows[table] for rows in single) for table in found.rows}
    assert found.rows["participants"] == 3
    assert len(found.origin.pooled) == 3
    turns = [row for batch in stored.batches(tmp_path / "all") for row in batch.rows.get("turns", [])]
    assert turns == [row for one in folders for batch in stored.batches(one) for row in batch.rows.get("turns", [])]


def test_a_pool_is_partitioned_by_participant(tmp_path):
    folders = [export(tmp_path, name) for name in ("p1", "p2")]
    pooling.pool(folders, tmp_path / "all", ["parquet"], made=MADE)
    pattern = f"{tmp_path}/all/parquet/sessions/*/*/*.parquet"
    found = duckdb.sql(f"select arm, count(*) from read_parquet('{pattern}', hive_partitioning=true) group by 1")
    assert dict(found.fetchall()) == {"a": 1, "b": 1}


def test_a_pool_of_pools_is_a_pool(tmp_path):
    first = export(tmp_path, "p1")
    pooling.pool([first], tmp_path / "one", (), made=MADE)
    found = pooling.pool([tmp_path / "one", export(tmp_path, "p2")], tmp_path / "two", (), made=MADE)
    assert found.rows["participants"] == 2


def test_the_level_of_a_pool_is_the_lowest(tmp_path):
    folders = [export(tmp_path, "p1", level="text"), export(tmp_path, "p2", level="labels")]
    assert pooling.pool(folders, tmp_path / "all", (), made=MADE).origin.level == "labels"


def test_nobody_is_pooled_twice(tmp_path):
    folders = [export(tmp_path / "one", "p1"), export(tmp_path / "two", "p1")]
    with pytest.raises(ExportError, match=r"Participant tea p1 is in .*one.* and in .*two"):
        pooling.pool(folders, tmp_path / "all", (), made=MADE)
    assert not (tmp_path / "all").exists()


def test_no_session_is_pooled_twice(tmp_path):
    folders = [export(tmp_path, "p1", session="same"), export(tmp_path, "p2", session="same")]
    with pytest.raises(ExportError, match="Session same is in"):
        pooling.pool(folders, tmp_path / "all", (), made=MADE)


def test_columns_of_another_version_are_refused(tmp_path):
    folder = export(tmp_path, "p1")
    file = folder / provenance.NAME
    file.write_text(file.read_text().replace(provenance.read(folder).codebook, "0ld0ld"))
    with pytest.raises(ExportError, match=r"another version \(0ld0ld"):
        pooling.pool([folder], tmp_path / "all", (), made=MADE)


def test_a_folder_that_is_no_export_is_refused(tmp_path):
    with pytest.raises(ExportError, match="is no export"):
        pooling.pool([tmp_path], tmp_path / "all", (), made=MADE)
