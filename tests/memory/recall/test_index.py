"""What goes into the index, and that it is gone when it was taken out."""

from pathlib import Path

from companion_voice.memory import recall
from companion_voice.memory.records import Turn

NONCE = "xylomarimbulous"
TABLES = ("recall_documents", "recall_index", "recall_terms", "recall_speakers", "recall_runs")


def contents(db):
    return {table: sorted(db.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES}


def test_one_by_one_and_all_at_once_give_the_same_index(memory):
    texts = ["I met Lou.", "Who is Lou?", "My niece.", "The rain stopped."]
    turns = [memory.turn(text, session="a" if place < 3 else "b", name="Ann") for place, text in enumerate(texts)]
    one_by_one = contents(memory.db)
    recall.unindex(memory.db, [turn.id for turn in turns])
    recall.index_turns(memory.db, turns)
    assert contents(memory.db) == one_by_one


def test_what_is_taken_out_leaves_nothing_in_any_table(memory):
    turn = memory.turn(f"I love {NONCE} music.", name="Zebulon")
    fact = memory.fact(turn, "likes", f"{NONCE} music")
    recall.unindex(memory.db, [turn.id], [fact.id])
    assert all(rows == [] for rows in contents(memory.db).values())


def test_taking_out_what_is_not_there_does_nothing(memory):
    memory.turn("I love music.")
    before = contents(memory.db)
    recall.unindex(memory.db, [99], [99])
    assert contents(memory.db) == before


def test_what_stays_is_still_found_and_the_index_is_sound(memory):
    kept = memory.turn("The boat is called Puffin.", session="a")
    gone = memory.turn("The boat leaks badly.", session="a")
    recall.unindex(memory.db, [gone.id])
    memory.db.execute("DELETE FROM turns WHERE id = ?", (gone.id,))
    recall.optimize(memory.db)
    memory.db.execute("INSERT INTO recall_index(recall_index) VALUES ('integrity-check')")
    assert memory.keys("What about the boat?") == [kept.key]
    assert memory.keys("Does it leak badly?") in ([], [kept.key])


def test_a_turn_after_a_forgotten_one_begins_a_new_run(memory):
    first = memory.turn("The boat is called Puffin.", session="a")
    recall.unindex(memory.db, [first.id])
    memory.turn("It leaks.", session="a")
    assert [row[0] for row in memory.db.execute("SELECT count(*) FROM recall_runs")] == [1]


def test_two_conversations_that_alternate_are_both_found(memory):
    for number in range(6):
        memory.turn(f"Apples number {number}.", session="a", person="owner")
        memory.turn(f"Pears number {number}.", session="b", person="guest-1")
    assert len(memory.keys("apples")) == 6
    assert len(memory.keys("pears", person="guest-1")) == 6


def test_a_word_that_was_forgotten_is_in_no_byte(on_disk, tmp_path):
    db = on_disk.db
    for number in range(300):
        on_disk.turn(f"Ordinary sentence number {number} about bread and rivers.")
    turn = on_disk.turn(f"My secret is {NONCE}, said {NONCE.title()}.", name=NONCE)
    fact = on_disk.fact(turn, "secret", NONCE)
    db.conn.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert found_in(tmp_path)
    recall.unindex(db, [turn.id], [fact.id])
    db.execute("DELETE FROM facts WHERE id = ?", (fact.id,))
    db.execute("DELETE FROM turns WHERE id = ?", (turn.id,))
    recall.optimize(db)
    db.conn.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert not found_in(tmp_path)
    assert on_disk.keys("bread and rivers")


def found_in(folder):
    """Tell in which files the nonce, or the stem it is indexed by, stands."""
    stem = NONCE[:10].encode()
    return [path.name for path in Path(folder).iterdir() if stem in path.read_bytes().lower()]


def test_a_turn_without_words_is_indexed_too(memory):
    turn = memory.turn("...")
    assert isinstance(turn, Turn)
    assert memory.db.execute("SELECT count(*) FROM recall_documents").fetchone()[0] == 1
