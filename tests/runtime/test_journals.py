"""What is forgotten is in no journal either, and the journal still proves itself."""

import pytest

from companion_voice import paths
from companion_voice.memory.store import Memory
from companion_voice.research import chain, sessions
from companion_voice.runtime import journals
from tests.research import playing

TOLD = "my name is Anna Keller and I live in Lyon"
REPLY = "Sure. The lighthouse had a keeper. He was called Anton Weber."


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def talks(home):
    """Return two journals of the same talk."""
    places = tuple(sessions.place(f"2026-05-0{day}T14:00:00", f"s{day}") for day in (3, 4))
    for place in places:
        playing.journal(place)
        assert b"Keller" in place.read_bytes()
    return places


@pytest.fixture
def memory(home):
    """Return a memory, in the data folder, of what the journals tell."""
    with Memory.open(elsewhere=journals.strike) as opened:
        session = opened.begin_session("s1", persona="ada")
        opened.add_turn(session, "user", "tell me about Paris please")
        opened.add_turn(session, "companion", "Paris is big. It has many bridges.")
        opened.add_turn(session, "user", TOLD)
        opened.add_turn(session, "companion", REPLY)
        yield opened


@pytest.mark.parametrize(
    "choose",
    [
        lambda memory: memory.choose_about("Keller"),
        lambda memory: memory.choose_key("t3"),
        lambda memory: memory.choose_everything(),
    ],
)
def test_not_a_byte_of_what_is_forgotten_is_left_in_memory_or_journals(memory, talks, choose):
    receipt = memory.forget(choose(memory))
    assert receipt.journals > 0
    assert receipt.unstruck == ()
    left = bytes_of(paths.data_folder())
    assert b"Keller" not in left
    assert b"Anton" not in left
    for journal in talks:
        assert chain.verify(journal).ending == "closed"


def test_what_is_not_forgotten_stays_in_the_journals(memory, talks):
    memory.forget(memory.choose_about("Keller"))
    assert all(b"many bridges" in journal.read_bytes() for journal in talks)


def test_a_persons_journals_lose_what_that_person_is_forgotten_with(memory, talks):
    memory.forget_person("owner")
    assert not any(b"Keller" in journal.read_bytes() for journal in talks)


def test_a_guest_whose_time_is_over_leaves_the_journals_too(home, talks):
    with Memory.open(elsewhere=journals.strike) as opened:
        guest = opened.add_person("", guest=True)
        opened.add_turn(opened.begin_session("s1", persona="ada", person=guest.id), "user", TOLD)
        opened._db.execute("UPDATE people SET expires_us = 0 WHERE id = ?", (guest.id,))
        assert [receipt.journals > 0 for receipt in opened.expire()] == [True]
    assert not any(b"Keller" in journal.read_bytes() for journal in talks)


def test_a_journal_that_cannot_be_struck_is_named_and_the_rest_is_forgotten(memory, talks):
    edited, whole = talks
    data = edited.read_bytes()
    edited.write_bytes(data.replace(b"Keller", b"Miller", 1))
    receipt = memory.forget(memory.choose_about("Keller"))
    assert receipt.unstruck == (str(edited),)
    assert b"Keller" not in whole.read_bytes()
    assert memory.recall("Keller").sure is False


def test_where_nothing_is_forgotten_no_journal_is_touched(talks):
    before = [journal.read_bytes() for journal in talks]
    assert journals.strike(()).lines == journals.strike(("nobody ever said this",)).lines == 0
    assert [journal.read_bytes() for journal in talks] == before
