"""How a persona grew is kept: it survives, cannot be rewritten unseen, and forgetting reaches it."""

import sqlite3

import pytest

from companion_voice.errors import EvolutionError, MemoryDamagedError
from companion_voice.memory.personas import Personas
from companion_voice.persona.evolution.changes import Words
from companion_voice.persona.schema import Evolution, Persona

NONCE = "zyqxwort"


def ada(mode="ask"):
    return Persona(
        name="Ada", languages=("en",), description="You.", greeting="Hi.", farewell="Bye.", evolution=Evolution(mode)
    )


def of(memory):
    return Personas(
        memory._db, writing=memory._writing, clock=memory._clock, is_off_the_record=lambda: memory.is_off_the_record
    )


def say(memory, session, text, reply="I see."):
    turn = memory.add_turn(session, "user", text, language="en")
    memory.add_turn(session, "companion", reply, language="en")
    return turn


def verbosity(memory):
    return of(memory).grown("ada", ada().traits).traits["verbosity"]


@pytest.fixture
def shorter(memory, session):
    """Return the memory after the person asked for short answers and said yes."""
    say(memory, session, "Please be shorter.")
    proposal = of(memory).consider("ada", ada())
    of(memory).decide("ada", proposal, kept=True)
    return memory


def test_what_was_asked_and_confirmed_survives_a_restart(shorter, reopen):
    shorter.close()
    memory = reopen()
    [change] = of(memory).history("ada")
    assert (change.reason, change.evidence, change.decided_by) == ("asked_shorter", ("t1",), "person")
    assert verbosity(memory) == 0.45
    assert of(memory).consider("ada", ada()) is None


def test_each_persona_and_each_person_has_a_history_of_their_own(shorter):
    guest = shorter.add_person("Bob", guest=True).id
    assert of(shorter).history("basile") == of(shorter).history("ada", guest) == ()


def test_in_auto_it_is_kept_without_asking(memory, session):
    say(memory, session, "Please be shorter.")
    assert of(memory).consider("ada", ada("auto")) is None
    assert [change.decided_by for change in of(memory).history("ada")] == ["auto"]


def test_off_and_off_the_record_nothing_is_considered(memory, session):
    say(memory, session, "Please be shorter.")
    assert of(memory).consider("ada", ada("off")) is None
    memory.go_off_the_record(off=True)
    assert of(memory).consider("ada", ada()) is None
    of(memory).count_reply("ada", "Hello.", "en")
    assert of(memory).days("ada") == {}


def test_what_is_shared_stays_out_off_the_record(memory, session):
    say(memory, session, "Remember our joke about the goat.")
    of(memory).consider("ada", ada())
    memory.go_off_the_record(off=True)
    assert of(memory).grown("ada", ada().traits).jokes == ()
    memory.go_off_the_record(off=False)
    assert [joke.text for joke in of(memory).grown("ada", ada().traits).jokes] == ["the goat"]


def test_what_is_never_to_be_remembered_is_not_shared_either(memory, session):
    say(memory, session, "Remember our joke about the goat.")
    memory.never("goat")
    of(memory).consider("ada", ada())
    assert of(memory).history("ada") == ()


def test_laughing_three_times_at_what_was_said_is_proposed(memory, session):
    say(memory, session, "Hello.", "A horse walks into a bar.")
    for _ in range(3):
        assert of(memory).consider("ada", ada()) is None
        say(memory, session, "Ha ha ha!", "And out again.")
    assert of(memory).consider("ada", ada()).evidence == ("t3", "t5", "t7")


def test_going_back_is_one_more_change(shorter, clock):
    clock.turn(days=10)
    session = shorter.begin_session("s2", persona="ada")
    say(shorter, session, "You talk too much.")
    of(shorter).decide("ada", of(shorter).consider("ada", ada()), kept=True)
    assert verbosity(shorter) == 0.4
    of(shorter).go_back("ada", ada().traits, "week")
    assert verbosity(shorter) == 0.45
    of(shorter).go_back("ada", ada().traits, "beginning")
    assert verbosity(shorter) == 0.5
    of(shorter).go_back("ada", ada().traits, "change")
    assert verbosity(shorter) == 0.45
    assert [change.kind for change in of(shorter).history("ada")] == ["trait", "trait", *["rollback"] * 3]
    assert of(shorter).go_back("ada", ada().traits, "day") is None


def test_there_is_no_going_back_to_what_never_was(shorter):
    with pytest.raises(EvolutionError, match="no change number 9"):
        of(shorter).roll_back("ada", ada().traits, 9)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM persona_changes",
        "UPDATE persona_changes SET entry = x'00'",
        "UPDATE persona_changes SET head = 'x'",
        "UPDATE persona_changes SET number = 7",
        "UPDATE persona_changes SET words = x'00'",
        "INSERT OR REPLACE INTO persona_changes VALUES (1, 'ada', 'owner', 1, x'00', 'x', NULL)",
        "INSERT INTO persona_changes VALUES (9, 'ada', 'owner', 5, x'00', 'x', NULL)",
    ],
)
def test_the_table_refuses_anything_but_adding(shorter, statement):
    with pytest.raises(sqlite3.IntegrityError, match="only"):
        shorter._db.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE persona_changes SET entry = CAST(replace(CAST(entry AS TEXT), '0.45', '0.95') AS BLOB)",
        "DELETE FROM persona_changes WHERE number = (SELECT max(number) FROM persona_changes)",
        "DELETE FROM persona_changes",
    ],
)
def test_a_history_that_was_touched_is_not_believed(shorter, statement):
    for trigger in ("kept", "unaltered", "appended"):
        shorter._db.execute(f"DROP TRIGGER persona_changes_{trigger}")
    with shorter._writing():
        shorter._db.execute(statement)
    with pytest.raises(MemoryDamagedError, match="changed from outside, at change number 1"):
        of(shorter).history("ada")


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()).lower()


@pytest.mark.parametrize(
    "choose", [lambda m: m.choose_about(NONCE), lambda m: m.choose_key("t1"), lambda m: m.choose_everything()]
)
def test_forgetting_a_joke_erases_its_words_and_keeps_the_chain(memory, session, folder, choose):
    say(memory, session, f"Remember our joke about the {NONCE}.")
    of(memory).consider("ada", ada())
    [joke] = of(memory).history("ada")
    assert joke.words == Words(f"the {NONCE}")
    assert NONCE.encode() in bytes_of(folder)
    memory.forget(choose(memory))
    assert NONCE.encode() not in bytes_of(folder)
    was, gone = of(memory).history("ada")
    assert (was.words, gone.kind, gone.about) == (None, "forgotten", 1)
    assert of(memory).grown("ada", ada().traits).jokes == ()


def test_words_that_name_it_go_although_their_turn_does_not(memory, session, folder):
    memory.add_turn(session, "user", "What do you think of that?", language="en")
    memory.add_turn(session, "companion", f"A {NONCE} is quite something.", language="en")
    of(memory).consider("ada", ada())
    assert [change.kind for change in of(memory).history("ada")] == ["opinion"]
    memory.forget(memory.choose_about(NONCE))
    assert NONCE.encode() not in bytes_of(folder)
    assert of(memory).grown("ada", ada().traits).opinions == ()


def test_forgetting_undoes_only_what_rested_on_it_alone(memory, session, clock):
    for _ in range(3):
        say(memory, session, "That was too long.")
        clock.turn(hours=1)
    of(memory).decide("ada", of(memory).consider("ada", ada()), kept=True)
    memory.forget(memory.choose_key("t1"))
    memory.forget(memory.choose_key("t3"))
    assert verbosity(memory) == 0.45
    memory.forget(memory.choose_key("t5"))
    assert verbosity(memory) == 0.5


def test_replies_are_kept_as_numbers_only(memory, folder, clock):
    of(memory).count_reply("ada", f"I like the {NONCE}. Do you?", "en")
    of(memory).count_reply("ada", "Maybe!", "en")
    [counts] = of(memory).days("ada").values()
    assert (counts.replies, counts.words, counts.questions, counts.exclamations, counts.hedges) == (2, 7, 1, 1, 1)
    assert NONCE.encode() not in bytes_of(folder)
    memory.forget(memory.choose_everything())
    assert of(memory).days("ada") == {}
