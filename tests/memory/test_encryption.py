"""An encrypted memory has none of its words on the disk, opens for its passphrase only, and comes back the same."""

import json
import os
import tempfile
from pathlib import Path

import click
import pytest

from companion_voice.errors import CompanionError, MemoryDamagedError, MemoryLockedError, StoreError
from companion_voice.memory import cipher, encryption, health
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory
from tests.memory.test_cli import home, run

__all__ = ["home", "run"]
pytest.importorskip("sqlcipher3", reason="encryption is an option: pip install sqlcipher3")

NONCE = "zyqxwort"
PASSPHRASE = "correct horse battery staple é"


def is_anywhere(folder, word=NONCE):
    return any(word.encode() in file.read_bytes().lower() for file in folder.rglob("*") if file.is_file())


@pytest.fixture(autouse=True)
def _cheap_guesses(monkeypatch):
    """Make keys quickly: what a guess costs is not what is tested here."""
    monkeypatch.setitem(cipher._COST, "n", 2**4)


@pytest.fixture
def place(folder):
    return Place(folder)


@pytest.fixture
def lived(reopen):
    """Live a little; return everything that is remembered."""
    memory = reopen()
    session = memory.begin_session("s1", persona="ada")
    memory.add_turn(session, "user", f"My sister's name is {NONCE.title()}.")
    memory.add_turn(session, "companion", "I see.")
    memory.summarise(memory.turns(), "session")
    everything = memory.to_json()
    memory.close()
    return everything


@pytest.fixture
def encrypted(lived, place, clock):
    encryption.encrypt(place, PASSPHRASE, clock())
    return lived


def test_no_word_is_on_the_disk_while_it_is_written_and_read(encrypted, reopen, folder, clock):
    memory = reopen(passphrase=PASSPHRASE)
    assert memory.to_json() == encrypted
    session = memory.begin_session("s2", persona="ada")
    for number in range(20):
        memory.add_turn(session, "user", f"I like {NONCE}{number}.")
        assert memory.recall(f"{NONCE}{number}").items
    assert not is_anywhere(folder)
    clock.turn(days=2)
    memory.close()
    memory = reopen(passphrase=PASSPHRASE)
    assert memory.forget(memory.choose_about(f"{NONCE}3")).backups
    assert (len(memory.turns()), is_anywhere(folder)) == (21, False)


def test_before_it_was_encrypted_every_word_was_there(lived, folder):
    assert is_anywhere(folder)


def test_encrypting_leaves_no_readable_copy_and_makes_an_encrypted_backup(lived, reopen, place, clock, folder):
    clock.turn(days=1)
    reopen().close()
    place.aside("1").write_text(NONCE)
    assert place.backups()
    encryption.encrypt(place, PASSPHRASE, clock())
    assert not is_anywhere(folder)
    assert (len(place.backups()), place.damaged()) == (1, [])


@pytest.mark.usefixtures("encrypted")
def test_without_its_passphrase_it_is_refused_in_a_sentence_and_left_alone(reopen, place):
    before = place.file.read_bytes()
    for wrong in (None, "", "wrong", PASSPHRASE.upper(), PASSPHRASE + " "):
        for read_only in (True, False):
            with pytest.raises(MemoryLockedError, match="passphrase"):
                reopen(read_only=read_only, passphrase=wrong)
    assert (place.file.read_bytes(), place.damaged()) == (before, [])


@pytest.mark.usefixtures("encrypted")
def test_neither_passphrase_nor_key_lies_beside_it(place, folder):
    cipher.unlock(place, PASSPHRASE)
    everything = b"".join(file.read_bytes() for file in folder.iterdir())
    for secret in (PASSPHRASE.encode(), place.key, place.key.hex().encode()):
        assert secret not in everything


def test_it_comes_back_in_the_clear_the_same(encrypted, reopen, place, clock):
    encryption.decrypt(place, PASSPHRASE, clock())
    assert not place.lockbox.exists()
    memory = reopen()
    assert memory.to_json() == encrypted
    assert NONCE.title() in memory.recall("What is my sister called?").items[0].text


@pytest.mark.usefixtures("encrypted")
def test_damage_is_told_from_a_wrong_passphrase_and_the_encrypted_backup_is_restored(reopen, place):
    data = bytearray(place.file.read_bytes())
    data[:9000] = os.urandom(9000)
    place.file.write_bytes(data)
    with pytest.raises(MemoryDamagedError, match="damaged"):
        reopen(passphrase=PASSPHRASE)
    cipher.unlock(place, PASSPHRASE)
    assert health.restore(place) == place.backups()[-1]
    assert len(reopen(passphrase=PASSPHRASE).turns()) == 2


def test_a_change_that_was_cut_short_leaves_the_memory_as_it_was(lived, reopen, place):
    cipher.lock(place, PASSPHRASE)
    place.draft.write_bytes(b"half of it")
    memory = reopen()
    assert memory.to_json() == lived


@pytest.mark.usefixtures("encrypted")
def test_what_makes_no_sense_is_refused_in_a_sentence(place, clock, lived, tmp_path):
    with pytest.raises(StoreError, match="encrypted already"):
        encryption.encrypt(place, PASSPHRASE, clock())
    with pytest.raises(StoreError, match="not encrypted"):
        encryption.decrypt(Place(tmp_path / "other"), PASSPHRASE, clock())
    with pytest.raises(MemoryLockedError, match="8 characters"):
        encryption.encrypt(Place(tmp_path / "other"), "short", clock())
    assert not Place(tmp_path / "other").lockbox.exists()


@pytest.fixture
def other_device(tmp_path):
    """Return a folder on another device than the memory: what systemd and the desktop keep in RAM."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one device only")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


@pytest.mark.parametrize("how", ["named", "systemd"])
def test_the_passphrase_may_lie_on_another_device(encrypted, reopen, monkeypatch, other_device, how):
    file = other_device / cipher.CREDENTIAL
    file.write_text(PASSPHRASE + "\n")
    monkeypatch.setenv(
        *{"named": (cipher.KEY_FILE, str(file)), "systemd": ("CREDENTIALS_DIRECTORY", str(other_device))}[how]
    )
    assert reopen().to_json() == encrypted


@pytest.mark.usefixtures("encrypted")
def test_a_passphrase_beside_the_memory_is_refused(reopen, monkeypatch, folder):
    file = folder / "passphrase"
    for text, why in ((PASSPHRASE, "same device"), (None, "cannot be read")):
        file.unlink(missing_ok=True)
        if text:
            file.write_text(text)
        monkeypatch.setenv(cipher.KEY_FILE, str(file))
        with pytest.raises(MemoryLockedError, match=why):
            reopen()


def test_a_broken_lockbox_is_one_sentence(encrypted, reopen, place):
    place.lockbox.write_bytes(b"\x00junk")
    with pytest.raises(CompanionError, match="cannot be read"):
        reopen(passphrase=PASSPHRASE)


def test_by_command_it_is_asked_for_chosen_and_given_up(run, home, monkeypatch):
    typed = []
    monkeypatch.setattr(click, "prompt", lambda *_, **__: typed.pop(0))
    run("add", f"I like {NONCE}.")
    code, _, err = run("encrypt")
    assert (code, "COMPANION_VOICE_KEY_FILE" in err) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed[:] = [PASSPHRASE]
    assert run("encrypt")[0] == 0
    assert not is_anywhere(home)
    typed[:] = ["wrong", PASSPHRASE]
    code, out, err = run("list")
    assert (code, NONCE in out, "not the passphrase" in err) == (0, True, True)
    typed[:] = [PASSPHRASE]
    assert json.loads(run("stats", "--json")[1])["encrypted_file"]
    typed[:] = [PASSPHRASE]
    assert "are encrypted with a passphrase" in run("stats")[1]
    typed[:] = ["a", "b", "c"]
    assert run("list")[0] == 1
    typed[:] = [PASSPHRASE]
    assert run("decrypt")[0] == 0
    assert NONCE in run("list")[1]


def test_without_a_terminal_an_encrypted_memory_says_what_it_needs(run, monkeypatch, home):
    with Memory.open() as memory:
        memory.add_turn(memory.begin_session("s1", persona="ada"), "user", "I like figs.")
    encryption.encrypt(Place(), PASSPHRASE, memory._clock())
    code, _, err = run("list")
    assert code == 1
    assert "encrypted" in err
    assert "COMPANION_VOICE_KEY_FILE" in err
