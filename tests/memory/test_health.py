"""A memory that cannot be used says so, and is never answered with an empty one."""

import sqlite3
import stat

import pytest

from companion_voice.errors import MemoryBusyError, MemoryDamagedError, MemoryNewerError, StoreError
from companion_voice.memory import database, health
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory


@pytest.fixture
def place(folder):
    return Place(folder)


def live(memory, number):
    session = memory.begin_session("s1", persona="ada")
    for each in range(number):
        memory.add_turn(session, "user", f"Sentence number {each}.")


def break_pages(file):
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    file.write_bytes(data)


@pytest.fixture
def lived(reopen, clock):
    """Live two days, so that there is a backup of the first with three turns."""
    memory = reopen()
    live(memory, 3)
    memory.close()
    clock.turn(days=1)
    memory = reopen()
    live(memory, 2)
    memory.close()


@pytest.mark.parametrize("damage", [break_pages, lambda file: file.write_bytes(b"not a database, " * 999)])
@pytest.mark.usefixtures("lived")
def test_a_damaged_file_is_put_aside_and_the_backup_offered(reopen, clock, place, damage):
    damage(place.file)
    broken = place.file.read_bytes()
    clock.turn(days=1)
    with pytest.raises(MemoryDamagedError) as first:
        reopen()
    assert "damaged" in first.value.sentence
    assert "2026-05-04" in first.value.hint
    assert [file.read_bytes() for file in place.damaged()] == [broken]
    with pytest.raises(MemoryDamagedError, match="not there"):
        reopen()
    with pytest.raises(MemoryDamagedError, match="not there"):
        reopen(read_only=True)
    assert health.restore(place) == place.backups()[-1]
    assert len(reopen().turns()) == 3


def test_an_empty_memory_begins_only_when_the_person_says_so(reopen, place):
    memory = reopen()
    live(memory, 1)
    memory.close()
    place.file.write_bytes(b"junk" * 2000)
    with pytest.raises(MemoryDamagedError, match="There is no backup"):
        reopen()
    with pytest.raises(StoreError, match="no sound backup"):
        health.restore(place)
    health.begin_empty(place)
    assert reopen().turns() == ()
    with pytest.raises(StoreError):
        health.begin_empty(place)


@pytest.mark.usefixtures("lived")
def test_damage_found_while_reading_moves_nothing(reopen, place):
    place.file.write_bytes(b"junk" * 2000)
    with pytest.raises(MemoryDamagedError):
        reopen(read_only=True)
    assert place.file.exists()
    assert not place.damaged()


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_of_a_newer_version_is_refused_and_left_alone(reopen, place, read_only):
    with sqlite3.connect(place.file) as other:
        other.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('companion-memory', 'm999', '')"
        )
    other.close()
    before = place.file.read_bytes()
    with pytest.raises(MemoryNewerError, match="newer version"):
        reopen(read_only=read_only)
    assert place.file.read_bytes() == before


def test_a_second_writer_is_refused_while_readers_are_welcome(memory, reopen):
    live(memory, 2)
    with pytest.raises(MemoryBusyError, match="Another program"):
        reopen()
    reader = reopen(read_only=True)
    assert len(reader.turns()) == 2
    live(memory, 1)
    assert len(reader.turns()) == 3
    assert reader.recall("sentence").items
    with pytest.raises(StoreError):
        live(reader, 1)
    reader._intake.waiting.clear()


def test_what_a_killed_program_left_can_be_read_without_writing(memory, folder, tmp_path, clock):
    live(memory, 3)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("memory.db", "memory.db-wal"):
        (left / name).write_bytes((folder / name).read_bytes())
    with Memory.open(left, read_only=True, clock=clock) as reader:
        assert len(reader.turns()) == 3


def test_damage_met_while_it_runs_is_one_sentence(memory, place):
    live(memory, 50)
    memory._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    break_pages(place.file)
    with pytest.raises(MemoryDamagedError, match="damaged"):
        Memory(database.reader(place.file, None), place, clock=None, unlock=lambda: None).turns()


def test_a_memory_that_never_was_reads_as_empty_and_makes_no_file(reopen, folder):
    reader = reopen(read_only=True)
    assert reader.turns() == ()
    assert reader.statistics().turns == 0
    assert not folder.exists()


def test_backups_are_made_daily_at_most_and_two_are_kept(reopen, clock, place):
    for hours in (0, 1, 25, 1, 25, 25):
        clock.turn(hours=hours)
        memory = reopen()
        live(memory, 1)
        memory.close()
    stamps = [health.made(backup).day for backup in place.backups()]
    assert stamps == [5, 6]


@pytest.mark.usefixtures("lived")
def test_everything_is_readable_by_its_owner_only(folder, reopen):
    memory = reopen()
    live(memory, 1)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in [folder, *folder.iterdir()]}
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert health.protection(folder).private
    assert not health.protection(folder).encrypted_file
    (folder / "lock").chmod(0o644)
    assert not health.protection(folder).private


def test_the_file_is_sound_and_set_up_as_promised(memory):
    live(memory, 3)
    ask = [
        memory._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    ]
    assert ask == ["wal", 2, 1]
    assert memory._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert memory._db.execute("PRAGMA foreign_key_check").fetchone() is None


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(Exception, match="cannot be made") as refusal:
        Memory.open(blocked / "memory")
    assert "\n" not in str(refusal.value)
