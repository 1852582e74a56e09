"""YAML that people write, and YAML that means harm."""

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice import documents, settings
from companion_voice.errors import ConfigurationError, DocumentError
from companion_voice.persona.schema import Persona
from companion_voice.settings import Settings

PERSONA = "name: NO\nlanguages: [en]\ndescription: d\nmanner: m\ngreeting: 22:30\nfarewell: g\n"


def test_the_commented_settings_are_the_defaults():
    assert documents.parse(settings.DEFAULT_TEXT.encode(), Settings, name="config.yaml") == Settings()


def test_an_empty_file_is_all_defaults():
    assert documents.parse(b"# nothing\n", Settings, name="config.yaml") == Settings()


def test_words_stay_words():
    persona = documents.parse(PERSONA.encode(), Persona, name="no.yaml")
    assert (persona.name, persona.greeting) == ("NO", "22:30")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("persna: x", "`persna` is not a known key; did you mean `persona`?"),
        ("turn:\n  softpause: 1", "`turn.softpause` is not a known key; did you mean `soft_pause`?"),
        ("tts:\n  engin: piper", "`tts.engin` is not a known key; did you mean `engine`?"),
        ("xyzzy: 1", "`xyzzy` is not a known key; known keys are: persona, language,"),
        ("turn:\n  soft_pause: soon", "`turn.soft_pause`: Expected `float`, got `str`."),
        ("turn:\n  soft_pause: 99", "`turn.soft_pause`: Expected `float` <= 10"),
        ("language: de", "`language`: Invalid enum value 'de'; it can be persona, auto, en, fr."),
        ("persona: a\npersona: b", "`persona` stands twice"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("persona: !!python/name:os.system x", "tags"),
        ("[" * 60_000, "nested more than 20 deep"),
        ("x: [", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("- a list", "Expected `object`, got `array`."),
        ("persona: " + "x" * 70_000, "larger than 64 KiB"),
        ("? [a]\n: b", "a key must be a word"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text, sentence):
    with pytest.raises(DocumentError) as caught:
        documents.parse(text.encode(), Settings, name="config.yaml")
    assert sentence in caught.value.sentence
    assert caught.value.sentence.startswith("config.yaml")
    assert "\n" not in caught.value.sentence


def test_a_bomb_is_refused_before_it_grows():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    )
    begun = time.process_time()
    with pytest.raises(DocumentError):
        documents.parse(bomb.encode(), Settings, name="bomb.yaml")
    assert time.process_time() - begun < 5  # the bomb itself would take hours


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        documents.read(tmp_path / "none.yaml", Settings)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(data):
    try:
        documents.parse(data, Settings, name="any.yaml")
    except DocumentError as error:
        assert error.sentence  # noqa: PT017 - either outcome is right


@given(
    st.recursive(
        st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    )
)
def test_no_tree_makes_it_fail_otherwise(tree):
    try:
        documents.parse(msgspec.yaml.encode(tree), Persona, name="any.yaml")
    except DocumentError as error:
        assert error.sentence  # noqa: PT017


def test_a_hard_pause_shorter_than_the_soft_one_is_refused(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("turn:\n  soft_pause: 0.5\n  hard_pause: 0.3\n")
    with pytest.raises(ConfigurationError, match="shorter"):
        settings.load(file)


HURT = b"""\
name: X
langages: [en]
description: d
greeting: {en: hi, de: x}
farewell: g
traits:
  warmth: {baseline: .3, mim: .2}
  humor: .3
  doubt: 3
knows: [plain, {keys: [a], txt: b}]
"""


def test_every_fault_of_a_document_is_found_with_its_line():
    found = [(fault.line, fault.path) for fault in documents.faults(HURT, Persona, name="x.yaml")]
    assert found == [
        (1, ""),
        (2, "langages"),
        (4, "greeting"),
        (7, "traits.warmth.mim"),
        (8, "traits.humor"),
        (9, "traits.doubt"),
        (10, "knows[1].txt"),
        (10, "knows[1]"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("traits: {humor: 1}", "`traits.humor` is not a known key; did you mean `humour`?"),
        ("traits: {warmth: {mim: 0}}", "`traits.warmth.mim` is not a known key; did you mean `min`?"),
        ("knows: [a, {keys: [b], tekst: c}]", "`knows[1].tekst` is not a known key; did you mean `text`?"),
        ("voice: {sped: 1}", "`voice.sped` is not a known key; did you mean `speed`?"),
    ],
)
def test_a_key_inside_a_choice_of_types_names_the_nearest(text, sentence):
    faults = documents.faults((PERSONA + text).encode(), Persona, name="x.yaml")
    assert sentence in [fault.sentence for fault in faults]


def test_a_number_may_begin_or_end_with_its_point():
    text = PERSONA + "traits: {warmth: {baseline: .3}, humour: .2, doubt: 1.}\nvoice: {speed: 1.}\n"
    persona = documents.parse(text.encode(), Persona, name="x.yaml")
    assert (persona.traits.of("warmth").baseline, persona.traits.humour, persona.traits.doubt) == (0.3, 0.2, 1.0)


def test_what_looks_like_a_number_stays_a_word_where_a_word_is_wanted():
    assert documents.parse(PERSONA.replace("NO", ".5").encode(), Persona, name="x.yaml").name == ".5"


@given(st.binary(max_size=200))
def test_looking_for_every_fault_agrees_with_reading(data):
    try:
        documents.parse(data, Persona, name="any.yaml")
        is_right = True
    except DocumentError:
        is_right = False
    try:
        assert is_right == (documents.faults(data, Persona, name="any.yaml") == ())
    except DocumentError:
        assert not is_right
