from hypothesis import given
from hypothesis import strategies as st

from companion_voice.persona.cards.lorebook import CHARACTERS_PER_TOKEN, Budget, Lore, active, lore, opened
from companion_voice.persona.cards.wording import Names
from companion_voice.persona.schema import Entry
from tests.hostile.cards import packed

LAMP = Lore("The lamp burns oil.", ("lamp",))
OIL = Lore("Oil comes by boat.", ("oil",))
ALWAYS = Lore("The library closes at six.", order=-1)


def read(*entries, **more):
    usual = {"keys": ["lamp"], "content": "The lamp burns oil.", "enabled": True, "insertion_order": 0}
    book = {"entries": [{**usual, **entry} for entry in entries], **more}
    return opened(packed(book), Names("Aria", "en"))


def one(**changes):
    return read(changes).taken[0].lore


def test_what_is_always_known_is_brought_up_and_the_rest_when_its_key_is_said():
    assert active((LAMP, ALWAYS), ["Good evening."], Budget()) == (ALWAYS.text,)
    assert active((LAMP, ALWAYS), ["Who lit the Lamp?"], Budget()) == (ALWAYS.text, LAMP.text)


def test_a_key_is_a_whole_word():
    assert active((LAMP,), ["lampshade"], Budget()) == ()
    assert active((Lore("x", ("north bank",)),), ["to the north-bank, please"], Budget()) == ("x",)


def test_only_the_last_turns_count():
    turns = ["the lamp", "a", "b"]
    assert active((LAMP,), turns, Budget(depth=2)) == ()
    assert active((LAMP,), turns, Budget(depth=3)) == (LAMP.text,)
    assert active((LAMP,), turns, Budget(depth=0)) == ()


def test_what_was_brought_up_brings_up_more_only_where_the_book_says_so():
    assert active((LAMP, OIL), ["lamp"], Budget()) == (LAMP.text,)
    assert active((LAMP, OIL), ["lamp"], Budget(rounds=1)) == (LAMP.text, OIL.text)


def test_a_ring_of_entries_ends():
    ring = tuple(Lore(f"To w{(n + 1) % 50}.", (f"w{n}",)) for n in range(50))
    assert len(active(ring, ["w0"], Budget(tokens=10**6, rounds=10**6))) == 4


def test_what_matters_least_is_left_out_first():
    entries = tuple(Lore(f"{n} " + "x" * 38, ("k",), priority=n) for n in range(5))
    assert active(entries, ["k"], Budget(tokens=22)) == (entries[3].text, entries[4].text)


def test_a_second_key_may_be_asked_for_and_a_word_may_forbid():
    entry = Lore("x", ("lamp",), also=(("oil", "wick"),), never_with=("storm",))
    assert active((entry,), ["lamp"], Budget()) == ()
    assert active((entry,), ["lamp", "wick"], Budget()) == ("x",)
    assert active((entry,), ["lamp wick storm"], Budget()) == ()


def test_case_counts_where_the_book_says_so():
    entry = Lore("x", ("May",), exact_case=True)
    assert active((entry,), ["you may"], Budget()) == ()
    assert active((entry,), ["in May"], Budget()) == ("x",)


def test_decorators_are_read_and_those_of_no_use_are_named():
    found = read({"content": "@@depth 2\n@@scan_depth 1\n@@exclude_keys storm, rain\n\nThe lamp burns oil."})
    entry = found.taken[0].lore
    assert (entry.text, entry.depth, entry.never_with) == ("The lamp burns oil.", 1, ("storm", "rain"))
    assert any("depth" in note.why for note in found.notes)


def test_a_fallback_counts_where_the_decorator_before_it_is_not_known():
    assert one(content="@@unknown 4\n@@@scan_depth 3\nx").depth == 3
    assert one(content="@@scan_depth 4\n@@@scan_depth 3\nx").depth == 4


def test_switches_of_an_entry():
    assert read({"content": "@@dont_activate\nx"}).taken == ()
    assert one(content="@@activate\nx").keys == ()
    assert one(secondary_keys=["oil"], selective=True).also == (("oil",),)
    assert one(secondary_keys=["oil"], selective=False).also == ()


def test_a_key_that_is_a_regular_expression_is_not_run_and_the_others_are_kept():
    assert one(keys=["/(a+)+$/i", "lamp"]).keys == ("lamp",)


def test_the_budgets_of_a_book_are_honoured_within_bounds():
    assert read({}, scan_depth=2, token_budget=50, recursive_scanning=True).budget == Budget(50, 2, 3)
    assert read({}, scan_depth=10**9, token_budget=-1).budget == Budget(0, 20, 0)


def test_what_a_persona_knows_keeps_the_conditions_of_its_book():
    finer = Lore("The lamp burns oil.", ("lamp",), never_with=("storm",))
    knows = (Entry(keys=("lamp",), text="The lamp burns oil."), "Always.")
    assert lore(knows, (finer,)) == (finer, Lore("Always."))
    assert lore(knows) == (LAMP, Lore("Always."))


words = st.sampled_from(["a", "b", "c", "d", "e"])
entries = st.lists(
    st.builds(
        Lore,
        text=st.lists(words, min_size=1).map(" ".join),
        keys=st.lists(words, max_size=2).map(tuple),
        priority=st.integers(-3, 3),
    ),
    max_size=12,
)


@given(entries, st.lists(words, max_size=6), st.integers(0, 30), st.integers(0, 5))
def test_whatever_is_said_the_budget_holds_and_nothing_is_said_twice(known, recent, tokens, rounds):
    found = active(known, recent, Budget(tokens=tokens, rounds=rounds))
    assert sum(len(text) // CHARACTERS_PER_TOKEN + 1 for text in found) <= tokens
    assert len(set(found)) == len(found)
    assert found == active(known, recent, Budget(tokens=tokens, rounds=rounds))
