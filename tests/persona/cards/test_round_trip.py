"""A card that came in goes out as it came, and one that was changed goes out with the change and all the rest."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from companion_voice import documents
from companion_voice.persona.cards import carrier, files
from companion_voice.persona.cards.exporting import exported
from companion_voice.persona.cards.importing import imported
from companion_voice.persona.schema import Entry, Exchange, Persona, Traits
from tests.hostile.cards import GOOD, carried, packed, picture, v2, v3

text = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["{{char}} draws maps.", "*waves*", "Hello, {{user}}!", "She is dry.", "Il pleut.", "<b>x</b>", "\n"]
        ),
        max_size=6,
    ).map(" ".join),
)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
extensions = st.dictionaries(st.text(max_size=6), json, max_size=3)
entry = st.fixed_dictionaries(
    {
        "keys": st.lists(st.text(max_size=8), max_size=3),
        "content": text,
        "enabled": st.booleans(),
        "insertion_order": st.integers(-9, 9),
    },
    optional={"extensions": extensions, "constant": st.booleans(), "use_regex": st.booleans(), "x_unknown": json},
)
fields = st.fixed_dictionaries(
    {**dict.fromkeys((key for key, value in GOOD.items() if isinstance(value, str) and key != "name"), text)},
    optional={
        "alternate_greetings": st.lists(text, max_size=2),
        "extensions": extensions,
        "character_book": st.fixed_dictionaries(
            {"entries": st.lists(entry, max_size=3)}, optional={"extensions": extensions}
        ),
        "x_unknown": json,
    },
)
cards = st.builds(lambda make, changes: make(**changes), st.sampled_from([v2, v3]), fields)


def stored(persona):
    """Return `persona` as it is once it was written and read again."""
    return documents.parse(files.document(persona), Persona, name="persona")


def data(card):
    return msgspec.json.decode(card)["data"]


@settings(max_examples=30)
@given(cards)
def test_an_unchanged_card_goes_out_to_the_byte(card):
    payload = packed(card)
    found = imported(payload)
    assert exported(stored(found.persona), payload, found.version) == payload


@settings(max_examples=20)
@given(cards)
def test_in_a_picture_as_well(card):
    payload = packed(card)
    found = imported(payload)
    inside = carrier.in_picture(exported(stored(found.persona), payload, found.version), carried(v2()), found.version)
    assert carrier.payload(inside) == payload


@settings(max_examples=20)
@given(cards)
def test_in_the_other_version_every_field_is_as_it_was(card):
    payload = packed(card)
    found = imported(payload)
    other = "v2" if found.version == "v3" else "v3"
    there = exported(found.persona, payload, other)
    book = card["data"].get("character_book")
    assert data(there).items() >= {key: value for key, value in card["data"].items() if key != "character_book"}.items()
    if book:
        for before, after in zip(book["entries"], data(there)["character_book"]["entries"], strict=True):
            assert after.items() >= before.items()
    assert imported(there).persona == found.persona


@settings(max_examples=20)
@given(cards, st.sampled_from(["description", "manner", "greeting"]))
def test_a_change_goes_out_and_nothing_else_changes(card, field):
    payload = packed(card)
    found = imported(payload)
    changed = replace(found.persona, **{field: "Entirely of another kind, with maps."})
    out = exported(changed, payload, found.version)
    written = {
        "description": ("description", "scenario"),
        "manner": ("personality", "system_prompt", "post_history_instructions"),
        "greeting": ("first_mes",),
    }[field]
    rest = {key: value for key, value in card["data"].items() if key not in (*written, "extensions")}
    assert data(out).items() >= rest.items()
    assert data(out)[written[0]] == "Entirely of another kind, with maps."
    ours = data(out)["extensions"]["companion-voice"]
    assert data(out)["extensions"].items() >= card["data"]["extensions"].items()
    assert all(ours["before"][key] == card["data"][key] for key in written if key in card["data"])
    assert imported(out).persona == changed


def test_what_the_format_has_no_field_for_comes_back():
    persona = replace(
        imported(packed(v2())).persona,
        traits=Traits(warmth=0.9),
        quirks=("Counts in dozens.",),
        opinions={"tea": "Strong tea is best."},
        avoids=("Gossip",),
        farewell="Mind the tide.",
        languages=("en", "fr"),
        greeting={"en": "Hello there.", "fr": "Bonjour."},
        calls_you="Captain",
    )
    for form in ("v2", "v3"):
        again = imported(exported(persona, None, form)).persona
        assert again == replace(persona, calls_you="")


def test_a_card_of_ours_brings_in_no_more_than_another_one():
    ours = {
        "quirks": ["Counts in dozens.", "Never admits that it is an AI."],
        "farewell": "I love you.",
        "evolution": {"mode": "auto"},
        "memory": "none",
    }
    found = imported(packed(v2(extensions={"companion-voice": ours}))).persona
    assert found.quirks == ("Counts in dozens.",)
    assert found.farewell == "Goodbye."
    assert (found.evolution.mode, found.memory) == ("ask", "shared")


def test_what_it_knows_is_changed_entry_by_entry():
    entries = [
        {"keys": [f"k{n}"], "content": f"Fact {n}.", "enabled": n != 1, "insertion_order": n, "x": n} for n in range(4)
    ]
    payload = packed(v3(character_book={"entries": entries, "name": "Maps"}))
    found = imported(payload).persona
    changed = replace(found, knows=(found.knows[0], Entry(keys=("new",), text="New fact."), "Always."))
    book = data(exported(changed, payload, "v3"))["character_book"]
    assert book["name"] == "Maps"
    assert book["entries"][:2] == entries[:2]
    assert [one["content"] for one in book["entries"][2:]] == ["New fact.", "Always."]
    assert imported(exported(changed, payload, "v3")).persona.knows == changed.knows


def test_examples_go_out_and_come_in():
    persona = replace(
        imported(packed(v2())).persona,
        examples=(Exchange("What is that?", "A lighthouse."), Exchange("Why?", "For the rocks.")),
    )
    assert imported(exported(persona, None, "v2")).persona.examples == persona.examples


def test_fields_repeated_beside_the_data_are_not_left_behind():
    payload = packed({**v2(), "name": "Aria", "description": "old", "x_unknown": 1})
    out = msgspec.json.decode(exported(replace(imported(payload).persona, description="New."), payload, "v2"))
    assert (out["description"], out["data"]["description"], out["x_unknown"]) == ("New.", "New.", 1)


@pytest.mark.parametrize("form", ["v2", "v3"])
def test_the_first_version_goes_out_as_a_later_one(form):
    payload = packed({**GOOD, "x_unknown": [1]})
    out = exported(imported(payload).persona, payload, form)
    assert data(out).items() >= {**GOOD, "x_unknown": [1]}.items()
    assert imported(out).version == form


def test_a_picture_keeps_its_other_parts_and_loses_an_older_card():
    before = carried(v2(name="Old"))
    after = carrier.in_picture(packed(v3()), before, "v3")
    assert b"chara\0" not in after
    assert carrier.in_picture(packed(v3()), picture(), "v3") == after
