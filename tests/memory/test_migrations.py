"""A memory that any released version wrote opens with all its turns; `schemas/` holds one of each, made by that version.

The name of a file is that of the last migration it went through. A new migration is released with a new file.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion_voice.memory import database, schema
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory
from tests.runtime.conftest import PROGRAM

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.db.gz"))
TURNS = ["My sister's name is Mary.", "A fine name.", "We lived in Brest for nine years."]


@pytest.fixture(params=SCHEMAS, ids=lambda file: file.name)
def old(request, tmp_path, monkeypatch):
    """Return the place of a memory as an earlier version left it, in a home of its own."""
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    place = Place()
    place.folder.mkdir(parents=True, mode=0o700)
    place.file.write_bytes(gzip.decompress(request.param.read_bytes()))
    return place


def test_it_is_brought_up_to_date_and_every_turn_is_there_and_found(old):
    with Memory.open() as memory:
        assert [turn.text for turn in memory.turns()] == TURNS
        assert "Brest" in memory.recall("Where did we live?").items[0].text
        session = memory.begin_session("now", persona="ada")
        memory.add_turn(session, "user", "And now in Lyon.")
    with Memory.open(read_only=True) as memory:
        assert len(memory.turns()) == len(TURNS) + 1


@pytest.mark.parametrize("old", SCHEMAS[:-1], indirect=True, ids=lambda file: file.name)
def test_a_backup_is_made_of_it_before_it_is_touched(old):
    Memory.open().close()
    (backup,) = old.backups()
    before = database.reader(backup, None)
    assert not schema.is_current(before)
    assert before["turns"].count == len(TURNS)
    before.conn.close()


def test_it_can_be_exported(old):
    Memory.open().close()
    command = [sys.executable, "-c", PROGRAM, "memory", "export"]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(text in done.stdout for text in TURNS)


def test_there_is_one_for_every_migration_that_was_the_last_of_a_release():
    assert SCHEMAS[-1].name.removesuffix(".db.gz") == [one.name for one in schema.migrations._migrations][-1]
