"""No boundary is stored and does nothing unsaid: each is obeyed, or fixed."""

import ast
import importlib
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.boundaries import disclosure, files, goodbye, guard, obeyed, profiles
from companion_voice.boundaries.settings import Boundaries, Disclosure, Goodbye, Microphone, flat
from companion_voice.errors import BoundaryError
from companion_voice.runtime import beginnings
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings

ROOT = Path(__file__).parent.parent.parent
KEYS = flat(Boundaries())
TABLE = obeyed.table()
WRONG = "certainly-not-a-value"


def functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_boundary_is_obeyed_or_fixed_and_only_one_of_them():
    assert sorted([*TABLE.by, *TABLE.fixed]) == sorted(KEYS)


@pytest.mark.parametrize("key", TABLE.fixed)
def test_what_is_fixed_can_be_set_to_nothing_else(key):
    with pytest.raises(BoundaryError) as refused:
        profiles.moved(Boundaries(), key, WRONG)
    assert refused.value.hint == profiles.reasons("en")[key]


@pytest.mark.parametrize("key", TABLE.by)
def test_what_obeys_a_boundary_exists(key):
    module, _, name = TABLE.by[key].code.rpartition(".")
    assert hasattr(importlib.import_module(f"companion_voice.{module}"), name)


@pytest.mark.parametrize("test", sorted({*TABLE.fixed.values(), *(one.test for one in TABLE.by.values())}))
def test_the_test_that_keeps_a_boundary_exists(test):
    file, _, name = test.partition("::")
    assert name in functions(ROOT / file)


@pytest.mark.parametrize("key", KEYS)
def test_the_document_says_of_every_boundary_what_obeys_it(key):
    rows = [line for line in (ROOT / "docs" / "duties.md").read_text().splitlines() if line.startswith(f"| `{key}` |")]
    told = TABLE.by[key].code if key in TABLE.by else "fixed"
    assert len(rows) == 1
    assert told in rows[0]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("key", KEYS)
def test_every_boundary_is_explained_with_what_obeys_it(key, language):
    assert len(obeyed.sentence(key, language)) > len("It is obeyed by")


@pytest.mark.parametrize("key", ["confidentiality_line", "not_a_professional"])
def test_a_line_of_the_notice_that_is_off_is_not_said(key):
    whole = disclosure.text("start", Boundaries(), "en")
    without = disclosure.text("start", Boundaries(disclosure=Disclosure(**{key: "off"})), "en")
    assert len(without) < len(whole)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("relationship.simulation", "I am your friend."),
        ("relationship.romance", "Will you marry me?"),
        ("proactive.emotional_questions", "Are you secretly lonely?"),
    ],
)
def test_what_the_guard_lifts_is_what_the_person_lifted(key, sentence):
    def spoken(settings):
        return guard.guard(sentence, language="en", settings=settings, context=guard.Context(name="Ada")).spoken

    assert spoken(Boundaries()) != sentence
    assert spoken(profiles.moved(Boundaries(), key, "on")) == sentence


def test_a_farewell_keeps_to_the_words_that_are_set():
    assert goodbye.fits("Goodbye, take care.", Boundaries())
    assert not goodbye.fits("Goodbye, take care.", Boundaries(goodbye=Goodbye(max_words=2)))


@pytest.mark.parametrize("wake", get_args(Microphone.__annotations__["wake"]))
def test_an_ear_that_a_boundary_closes_is_closed(wake, tmp_path, monkeypatch):
    monkeypatch.setenv(paths.HOME, str(tmp_path))
    files.save(replace(Boundaries(), mic=Microphone(wake=wake)))
    mode = beginnings.addressing(Settings(), Way()).mode
    assert mode == {"open": "always", "word": "wake_word", "push_to_talk": "push_to_talk"}[wake]
