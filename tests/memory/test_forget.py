"""Forgotten means gone from every byte of the data folder."""

import pytest

from companion_voice.errors import MemoryBusyError, MemoryFullError, MemoryUnknownError
from companion_voice.memory import forget
from companion_voice.memory.places import Place

NONCE = "Zyqxwort"


def bytes_of(folder):
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def is_anywhere(folder, word=NONCE):
    return word.lower().encode() in bytes_of(folder).lower()


def keep_summary(memory, turn, text):
    """Store a summary of one sentence that rests on a turn."""
    with memory._writing():
        memory._db.execute("INSERT INTO summaries VALUES (NULL, 'owner', 'session', ?, 0, 1, 2)", (turn.session,))
        identity = memory._db.execute("SELECT max(id) FROM summaries").fetchone()[0]
        memory._db.execute("INSERT INTO summary_sentences VALUES (?, 0, ?)", (identity, text))
        memory._db.execute("INSERT INTO summary_sources VALUES (?, 0, ?)", (identity, turn.id))


@pytest.fixture
def full(reopen, clock, folder):
    """Return a memory in which the nonce has reached everything: text, facts, index, summaries, backups, the log."""
    memory = reopen()
    session = memory.begin_session("s1", persona="ada")
    for number in range(8):
        memory.add_turn(session, "user", f"Word number {number} of an ordinary day.")
        memory.add_turn(session, "companion", "I see.")
    clock.turn(minutes=30)
    turn = memory.add_turn(session, "user", f"My sister's name is {NONCE}.")
    memory.add_turn(session, "companion", f"{NONCE}, what a beautiful na", said=f"{NONCE}, what a beautiful name!")
    keep_summary(memory, turn, f"My sister's name is {NONCE}.")
    memory.close()
    damaged = Place(folder).aside("20260101T000000000000")
    damaged.write_bytes(f"half a page with {NONCE}".encode())
    clock.turn(days=2)
    memory = reopen()
    memory.add_turn(session, "user", f"{NONCE} came to see me.")
    assert Place(folder).backups()
    assert is_anywhere(folder)
    return memory


@pytest.mark.parametrize(
    "choose",
    [
        lambda memory: memory.choose_about(NONCE),
        lambda memory: memory.choose_about(NONCE.upper()),
        lambda memory: memory.choose_about("my sister"),
        lambda memory: memory.choose_minutes(60 * 24 * 3),
        lambda memory: memory.choose_everything(),
    ],
)
def test_not_a_byte_of_what_is_forgotten_is_left(full, folder, choose):
    if choose(full).words == "my sister":
        full.forget(full.choose_key("t19"))
    receipt = full.forget(choose(full))
    assert not is_anywhere(folder)
    assert {"t17", "t18"} <= set(receipt.turns)
    assert (receipt.summaries, receipt.sessions) == (1, ("s1",))
    full.close()
    assert not is_anywhere(folder)


def test_the_rest_is_still_there_and_backed_up(full, folder):
    receipt = full.forget(full.choose_about(NONCE))
    assert receipt.backups == 2
    assert len(full.turns()) == 16
    assert full.recall("ordinary day").items
    assert full.recall(NONCE).items == () or all(NONCE not in item.text for item in full.recall(NONCE).items)
    assert len(Place(folder).backups()) == 1


def test_a_receipt_says_when_and_how_much_but_no_words(full):
    receipt = full.forget(full.choose_about(NONCE))
    assert (len(receipt.turns), len(receipt.facts)) == (3, 1)
    assert receipt.first_us < receipt.last_us
    stored = [row[0] for row in full._db.execute("SELECT what FROM receipts")]
    assert stored == ["about: 3 turns, 1 facts, 1 summaries"]


def test_forgetting_a_fact_forgets_the_turns_that_told_it_and_their_replies(full, folder):
    receipt = full.forget(full.choose_key("f1"))
    assert set(receipt.turns) == {"t17", "t18"}
    full.forget(full.choose_key("t19"))
    assert not is_anywhere(folder)


def test_the_last_minutes_are_those_by_the_order_of_speech_too(memory, session, clock):
    memory.add_turn(session, "user", "Long ago.")
    clock.turn(hours=1)
    memory.add_turn(session, "user", "Just now.")
    clock.turn(hours=-3)
    memory.add_turn(session, "user", "After the clock jumped back.")
    clock.turn(hours=3)
    memory.forget(memory.choose_minutes(10))
    assert [turn.text for turn in memory.turns()] == ["Long ago."]


def test_forgetting_what_ended_a_fact_makes_it_hold_again(memory, session, clock):
    memory.add_turn(session, "user", "I live in Paris.")
    clock.turn(days=1)
    memory.add_turn(session, "user", "I live in Lyon now.")
    memory.forget(memory.choose_key("t2"))
    assert [fact.value for fact in memory.facts()] == ["Paris"]


def test_a_topic_can_be_forgotten(memory, session):
    memory.add_turn(session, "user", "I have diabetes.")
    memory.add_turn(session, "user", "I like apples.")
    memory.forget(memory.choose_about("my health"))
    assert [turn.text for turn in memory.turns()] == ["I like apples."]


def test_only_whole_words_are_forgotten_whatever_their_accents(memory, session):
    for text in ("Zoé came.", "The zoe-like word.", "Zoelle came."):
        memory.add_turn(session, "user", text)
    memory.forget(memory.choose_about("Zoé"))
    assert [turn.text for turn in memory.turns()] == ["Zoelle came."]


def test_forgetting_reaches_what_waits_for_room(memory, session, folder):
    memory._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(MemoryFullError):
        memory.add_turn(session, "user", f"{NONCE} " * 2_000)
    memory._db.execute("PRAGMA max_page_count = 100000")
    memory.forget(memory.choose_about(NONCE))
    assert memory.waiting == 0
    memory.close()
    assert not is_anywhere(folder)


def test_what_a_reader_holds_back_goes_at_the_next_opening(full, folder, reopen):
    full._db.execute("PRAGMA busy_timeout = 10")
    reader = reopen(read_only=True)
    reader._db.execute("BEGIN")
    reader._db.execute("SELECT count(*) FROM turns").fetchone()
    with pytest.raises(MemoryBusyError, match="still reads"):
        full.forget(full.choose_about(NONCE))
    assert forget.is_marked(full._db)
    reader._db.execute("ROLLBACK")
    reader.close()
    full.close()
    again = reopen()
    assert not forget.is_marked(again._db)
    assert not is_anywhere(folder)


def test_an_unknown_key_is_said_so(memory):
    with pytest.raises(MemoryUnknownError, match="t99"):
        memory.choose_key("t99")
