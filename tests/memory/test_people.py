"""Everybody of the household has a memory of their own; a guest's ends."""

import pytest

from companion_voice.errors import MemoryBusyError, MemoryUnknownError, StoreError
from companion_voice.memory import database


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def say(memory, person, text):
    return memory.add_turn(memory.begin_session(f"s-{person}", persona="ada", person=person), "user", text)


def test_nobody_recalls_what_another_told(memory):
    anna = memory.add_person("Anna")
    say(memory, anna.id, "My sister's name is Mary.")
    say(memory, "owner", "I like figs.")
    assert memory.recall("sister", person="owner").items == () or all(
        "Mary" not in item.text for item in memory.recall("sister", person="owner").items
    )
    assert [turn.text for turn in memory.turns(person=anna.id)] == ["My sister's name is Mary."]
    assert [fact.value for fact in memory.facts(person=anna.id)] == ["Mary"]
    assert all(fact.value != "Mary" for fact in memory.facts())


def test_nobody_goes_on_with_another_persons_conversation(memory):
    say(memory, "owner", "I like figs.")
    with pytest.raises(StoreError, match="somebody else's"):
        memory.begin_session("s-owner", persona="ada", person=memory.add_person("Anna").id)


def test_rules_and_forgetting_are_each_persons_own(memory):
    anna = memory.add_person("Anna")
    memory.never("my health", person=anna.id)
    assert say(memory, "owner", "I have diabetes.")
    assert say(memory, anna.id, "I have diabetes.") is None
    say(memory, anna.id, "I like figs.")
    memory.forget(memory.choose_everything(person=anna.id))
    assert [turn.text for turn in memory.turns()] == ["I have diabetes."]


def test_a_guests_memory_is_gone_after_twelve_hours(reopen, clock, folder):
    memory = reopen()
    guest = memory.add_person("Zyqxwort", guest=True)
    say(memory, guest.id, "I like vbnmqwer.")
    clock.turn(hours=11, minutes=59)
    assert memory.expire() == ()
    clock.turn(minutes=1)
    memory.close()
    memory = reopen()
    assert [person.id for person in memory.people()] == ["owner"]
    assert not any(word in bytes_of(folder).lower() for word in (b"zyqxwort", b"vbnmqwer"))


def test_a_guest_who_is_talking_is_not_forgotten_in_mid_conversation(memory, clock):
    talking, gone = memory.add_person("Eve", guest=True), memory.add_person("Bob", guest=True)
    say(memory, talking.id, "I like figs.")
    clock.turn(hours=13)
    assert [receipt.what for receipt in memory.expire(but=talking.id)] == ["person"]
    assert [person.name for person in memory.people()] == ["", "Eve"]
    assert gone.id not in [person.id for person in memory.people()]


def test_a_clock_that_jumps_back_neither_forgets_a_guest_early_nor_keeps_one_for_ever(memory, clock):
    memory.add_person("Eve", guest=True)
    clock.turn(days=-30)
    assert memory.expire() == ()
    clock.turn(days=30, hours=12)
    assert len(memory.expire()) == 1


def test_somebody_is_forgotten_with_their_name_on_request(memory, folder):
    memory.add_person("Zyqxwort")
    say(memory, memory.person("Zyqxwort").id, "I like figs.")
    receipt = memory.forget_person("Zyqxwort")
    assert (receipt.what, len(receipt.turns)) == ("person", 1)
    assert b"Zyqxwort" not in bytes_of(folder)
    with pytest.raises(MemoryUnknownError, match="Zyqxwort"):
        memory.person("Zyqxwort")


def test_the_owner_stays_without_a_name(memory):
    memory.rename_person("owner", "Anna")
    assert memory.person("Anna").id == "owner"
    memory.forget_person("Anna")
    assert [(person.id, person.name) for person in memory.people()] == [("owner", "")]


def test_a_guest_who_cannot_be_forgotten_yet_leaves_no_lock_behind(reopen, clock, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.01)
    memory = reopen()
    guest = memory.add_person("Eve", guest=True)
    say(memory, guest.id, "I like figs.")
    memory.close()
    clock.turn(hours=13)
    reader = reopen(read_only=True)
    reader._db.execute("BEGIN")
    reader._db.execute("SELECT count(*) FROM turns").fetchone()
    with pytest.raises(MemoryBusyError, match="still reads"):
        reopen()
    reader.close()
    assert [person.id for person in reopen().people()] == ["owner"]
