"""What the person does not want kept is not kept, and what is too old leaves so that not a byte is left."""

import pytest

from companion_voice.boundaries import profiles
from companion_voice.boundaries.settings import Boundaries
from companion_voice.memory import keeping

NONCE = "Zyqxwort"


def asked(**moved):
    settings = Boundaries()
    for key, value in moved.items():
        settings = profiles.moved(settings, key.replace("__", "."), value)
    return lambda: keeping.asked(settings)


def is_anywhere(folder, word=NONCE):
    return any(word.lower().encode() in file.read_bytes().lower() for file in folder.rglob("*") if file.is_file())


def told(memory, *said, session="s1"):
    begun = memory.begin_session(session, persona="ada")
    for text in said:
        memory.add_turn(begun, "user", text, language="en")
        memory.add_turn(begun, "companion", "I see.", language="en")


WITHHELD = [
    ("facts", "I work as a nurse.", "I like figs."),
    ("preferences", "I like figs.", "I work as a nurse."),
    ("plans", "My exam is tomorrow.", "I like figs."),
    ("feelings", "Remember that I am sad about the house.", "Remember that the house is blue."),
    ("third_parties", "My sister's name is Wilhelmina.", "I like figs."),
]


@pytest.mark.parametrize(("kind", "withheld", "other"), WITHHELD)
def test_no_fact_is_noted_of_a_kind_that_is_off(reopen, kind, withheld, other):
    memory = reopen(keeping=asked(**{f"memory__kinds__{kind}": "off"}))
    told(memory, withheld, other)
    quotes = [fact.quote for fact in memory.facts()]
    assert any(quote in other for quote in quotes)
    assert not any(quote in withheld for quote in quotes)
    assert withheld in [turn.text for turn in memory.turns()]


@pytest.mark.parametrize(("kind", "withheld", "other"), WITHHELD)
def test_a_fact_of_every_kind_is_noted_unless_that_is_off(memory, kind, withheld, other):
    told(memory, withheld, other)
    assert any(fact.quote in withheld for fact in memory.facts())


@pytest.mark.parametrize(
    ("kind", "said"), [("health", "I have diabetes."), ("sex", "I slept with him."), ("beliefs", "I am a Catholic.")]
)
def test_nothing_is_written_of_a_sensitive_kind_that_is_off(reopen, folder, kind, said):
    memory = reopen(keeping=asked(**{f"memory__kinds__{kind}": "off"}))
    told(memory, f"{said[:-1]}, {NONCE}.", "I like figs.")
    assert [turn.text for turn in memory.turns() if turn.who == "user"] == ["I like figs."]
    assert not is_anywhere(folder)


def test_a_protected_topic_is_neither_written_nor_read(reopen):
    memory = reopen()
    told(memory, "My divorce was in May.")
    memory.close()
    memory = reopen(keeping=asked(memory__protected_topics="my divorce, gardens"))
    told(memory, "The divorced are many.", "I love gardens.", "I like figs.")
    assert [turn.text for turn in memory.turns() if turn.who == "user"] == ["I like figs."]
    assert not any("divorce" in item.text for item in memory.recall("divorce").items)


def test_a_protected_topic_is_not_imported(reopen, tmp_path):
    file = tmp_path / "turns.jsonl"
    file.write_text('{"id":"a","session":"x","time":"2023-05-08T13:56:00","who":"user","text":"My divorce hurts."}\n')
    assert reopen(keeping=asked(memory__protected_topics="my divorce")).bring(file).forbidden == 1


def test_a_guest_stays_no_longer_than_the_person_lets_them(reopen, clock):
    memory = reopen(keeping=asked(memory__guest_hours="3"))
    memory.add_person("Eve", guest=True)
    clock.turn(hours=2, minutes=59)
    assert memory.expire() == ()
    clock.turn(minutes=1)
    assert len(memory.expire()) == 1


# --- age -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def month(reopen, clock):
    """Return a memory of a talk of 31 days ago, in which facts and a summary rest on some of the words."""
    memory = reopen(keeping=asked())
    told(memory, f"{NONCE} rang twice. My sister's name is Wilhelmina.", f"Then {NONCE} left again.")
    memory.summarise(memory.turns()[:1], "session")
    assert memory.sweep() == 0
    clock.turn(days=31)
    return memory


def test_words_that_no_memory_rests_on_leave_and_not_a_byte_of_them_is_left(reopen, clock, folder):
    memory = reopen(keeping=asked())
    told(memory, f"{NONCE} rang twice. My sister's name is Wilhelmina.", f"Then {NONCE} left again.")
    clock.turn(days=31)
    memory.close()
    memory = reopen(keeping=asked())  # with a backup, as every day
    assert is_anywhere(folder)
    assert memory.sweep() == 4
    assert not is_anywhere(folder)
    memory.close()
    assert not is_anywhere(folder)


def test_what_a_memory_rests_on_stays_with_its_quote(month):
    month.sweep()
    (fact,) = month.facts()
    _, turn = month.why(fact.key)
    assert (fact.value, fact.quote in turn.text) == ("Wilhelmina", True)
    assert "Wilhelmina" in month.recall("What is my sister called?").items[0].text
    assert len(month.turns()) == 1


def test_a_summary_stays_with_the_sentences_it_is_made_of(month):
    before = month.last_summary("session")
    month.sweep()
    assert month.last_summary("session") == before
    assert before.sentences[0].text in month.turns()[0].text


def test_it_is_done_once(month):
    assert month.sweep() > 0
    assert month.sweep() == 0


def test_memories_leave_when_they_are_too_old(month, clock, folder):
    month.sweep()
    clock.turn(days=335)
    month.sweep()
    assert (month.turns(), month.facts(past=True), month.last_summary("session")) == ((), (), None)
    assert not is_anywhere(folder, "Wilhelmina")


@pytest.mark.parametrize("days", [31, 400])
def test_what_was_pinned_stays(reopen, clock, days):
    memory = reopen(keeping=asked())
    told(memory, "I like figs.", "We went by train.")
    memory.pin(memory.facts()[0].key)
    memory.pin(memory.turns()[2].key)
    clock.turn(days=days)
    memory.sweep()
    assert [turn.text for turn in memory.turns()] == ["I like figs", "We went by train."]
    assert [fact.value for fact in memory.facts()] == ["figs"]


def test_what_was_put_right_later_is_as_old_as_that(reopen, clock):
    memory = reopen(keeping=asked())
    told(memory, "I live in Lyon.")
    clock.turn(days=300)
    memory.correct(memory.facts()[0].key, "Paris")
    clock.turn(days=100)
    memory.sweep()
    assert [fact.value for fact in memory.facts()] == ["Paris"]


def test_what_was_brought_in_from_elsewhere_stays_however_old(reopen, clock, tmp_path):
    file = tmp_path / "turns.jsonl"
    file.write_text('{"id":"a","session":"x","time":"2019-05-08T13:56:00","who":"user","text":"We went by train."}\n')
    memory = reopen(keeping=asked())
    memory.bring(file)
    clock.turn(days=400)
    assert memory.sweep() == 0
    assert [turn.text for turn in memory.turns()] == ["We went by train."]


def test_how_long_is_the_persons_choice(reopen, clock):
    memory = reopen(keeping=asked(memory__transcript_days="3650", memory__retention_days="500"))
    told(memory, "We went by train.")
    clock.turn(days=499)
    assert memory.sweep() == 0
    clock.turn(days=2)
    assert memory.sweep() == 2


def test_a_memory_that_nobody_limits_keeps_everything(memory, clock):
    told(memory, "We went by train.")
    clock.turn(days=4000)
    assert memory.sweep() == 0
