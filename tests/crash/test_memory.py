"""What was acknowledged is kept through `kill -9`; a torn write-ahead log costs its torn end and nothing else.

What holds: after a kill, every acknowledged turn is there, and at most one more (committed, not yet acknowledged). After
damage to the log itself, which no kill makes, the turns that are there are the first ones in order, and all that had
been carried over into the database (checkpointed) is among them.
"""

from functools import partial

import pytest

from companion_voice.errors import MemoryBusyError
from companion_voice.memory import cipher, encryption, moments
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory
from tests.crash.killing import another_program, kill_while, kill_while_writing, stored, warm_up
from tests.crash.tearing import CARRIED, DAMAGES, TURNS, left_after, torn_off

KILLS = 20


def test_no_acknowledged_turn_is_lost_to_kill_9(tmp_path):
    warm_up(tmp_path / "warm")
    folder, acknowledged = tmp_path / "memory", []
    for round_ in range(KILLS):
        acknowledged += kill_while_writing(folder, round_, within=0.1)
    there = stored(folder)
    assert acknowledged
    assert [text for text in there if text in set(acknowledged)] == acknowledged
    assert len(there) <= len(acknowledged) + KILLS


def test_a_second_program_is_refused_reads_on_and_may_write_once_the_first_was_killed(tmp_path):
    warm_up(tmp_path / "warm")
    folder = tmp_path / "memory"
    with another_program(folder):
        with pytest.raises(MemoryBusyError, match="Another program"):
            Memory.open(folder)
        with Memory.open(folder, read_only=True) as reader:
            assert reader.turns()
    before = stored(folder)
    with Memory.open(folder) as memory:
        memory.add_turn(memory.begin_session("mine", persona="ada"), "user", "Mine.")
    assert stored(folder) == [*before, "Mine."]


@pytest.fixture(scope="module")
def torn(tmp_path_factory):
    """Return a folder with five turns in the database and twenty in the log, copied as a power cut would leave it."""
    folder = tmp_path_factory.mktemp("torn")
    return torn_off(folder / "living", folder / "copy")


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_torn_log_costs_only_its_end(torn, tmp_path, damage):
    for case in range(8):
        assert CARRIED <= left_after(damage, torn, tmp_path / f"case{case}") <= TURNS


def test_a_change_of_encryption_killed_at_any_moment_leaves_the_memory_readable_one_way_or_the_other(
    tmp_path, monkeypatch
):
    pytest.importorskip("sqlcipher3", reason="encryption is an option: pip install sqlcipher3")
    monkeypatch.setitem(cipher._COST, "n", 2**4)
    folder, passphrase, now = tmp_path / "memory", "correct horse battery", moments.now()
    with Memory.open(folder) as memory:
        memory.add_turn(memory.begin_session("s1", persona="ada"), "user", "My sister's name is Mary.")
        everything = memory.to_json()
    cipher.driver()
    for kill in range(6):
        before = cipher.is_encrypted(Place(folder))
        change = partial(encryption.decrypt if before else encryption.encrypt, Place(folder), passphrase, now)
        if kill % 3:
            kill_while(change, within=0.15)
        else:
            change()
        after = cipher.is_encrypted(Place(folder))
        with Memory.open(folder, passphrase=passphrase) as memory:
            assert memory.to_json() == everything
        plain = [one for one in Place(folder).backups() if one.read_bytes().startswith(b"SQLite format 3")]
        assert not (after and plain)
        assert kill % 3 or before != after
