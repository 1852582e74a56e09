"""The personas that ship, and finding them."""

from itertools import pairwise

import pytest
from click.testing import CliRunner

from companion_voice import documents, paths
from companion_voice.cli.persona import persona as command
from companion_voice.errors import DocumentError, PersonaError
from companion_voice.models import catalogue
from companion_voice.persona import files
from companion_voice.persona.check import remarks
from companion_voice.persona.schema import TRAITS, Persona
from companion_voice.settings import Settings

SHIPPED = ("ada", "basile", "colette", "plain", "quill")
SMALL = "name: {name}\nlanguages: [en]\ndescription: d\nmanner: m\ngreeting: g\nfarewell: f\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(command, arguments)


def test_five_personas_ship_two_of_them_french_and_two_bilingual():
    spoken = {name: files.load(name).languages for name in files.names()}
    assert tuple(sorted(spoken)) == SHIPPED
    assert [name for name in SHIPPED if spoken[name] == ("fr",)] == ["basile", "colette"]
    assert [name for name in SHIPPED if len(spoken[name]) > 1] == ["plain", "quill"]


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_is_unwise_about_a_persona_that_ships(name):
    assert remarks(files.load(name)) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_persona_that_ships_names_its_schema_and_voices_that_can_be_pulled(name):
    assert files.names()[name].read_text().startswith("# yaml-language-server: $schema=persona.schema.json\n")
    voice = files.load(name).voice.piper
    named = {voice} if isinstance(voice, str) else set(voice.values())
    assert named <= {entry.name for entry in catalogue.load().models} | {""}


def test_any_two_personas_that_ship_are_far_apart_on_some_slider():
    sliders = [[files.load(name).traits.of(trait).baseline for trait in TRAITS] for name in SHIPPED]
    for one, other in ((a, b) for i, a in enumerate(sliders) for b in sliders[i + 1 :]):
        assert max(abs(a - b) for a, b in zip(one, other, strict=True)) >= 0.3


def test_the_control_has_no_personality_and_may_not_change():
    plain = files.load("plain")
    assert (plain.description, plain.manner, plain.quirks, plain.opinions, plain.examples) == ("", "", (), {}, ())
    assert plain.evolution.mode == "off"
    assert all(plain.traits.of(name).min == plain.traits.of(name).max for name in TRAITS)


def test_the_first_rule_of_the_creative_partner_is_that_the_person_is_the_author():
    assert files.load("quill").description.startswith("First rule: the person is the author.")


def test_a_persona_of_ones_own_stands_before_one_that_ships():
    own = paths.private_folder(paths.own_personas_folder()) / "ada.yaml"
    own.write_text(SMALL.format(name="Mine"))
    assert files.load("ada").name == "Mine"


def test_an_unknown_persona_names_the_nearest():
    with pytest.raises(PersonaError) as caught:
        files.load("adda")
    assert caught.value.hint == "Did you mean `ada`?"


def test_a_key_that_does_not_exist_names_the_nearest(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(SMALL.format(name="P").replace("manner", "maner"))
    with pytest.raises(DocumentError, match="did you mean `manner`"):
        files.load(str(file))


def test_a_new_persona_is_commented_private_and_in_order(home):
    assert run("new", "marin").exit_code == 0
    file = home / "config" / "personas" / "marin.yaml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert files.load("marin").name == "Marin"
    assert remarks(files.load("marin")) == ()


def test_every_commented_key_of_a_new_persona_can_be_uncommented(home):
    run("new", "marin")
    lines = (home / "config" / "personas" / "marin.yaml").read_text().splitlines()
    keys = [line[2:] if line.startswith("# ") and number > 1 else line for number, line in enumerate(lines)]
    whole = documents.parse("\n".join(keys).encode(), Persona, name="new.yaml")
    given = {key for key in whole.__struct_fields__ if any(line.startswith(f"{key}:") for line in keys)}
    assert given == set(Persona.__struct_fields__)


@pytest.mark.parametrize("name", ["Marin", "../marin", "", "a b", "x" * 41])
def test_a_name_that_cannot_be_one_is_refused(name, home):
    with pytest.raises(PersonaError, match="cannot be the name"):
        files.begin(name)
    assert not list(home.rglob("*.yaml"))


def test_a_persona_that_is_there_is_not_written_over(home):
    run("new", "marin")
    file = home / "config" / "personas" / "marin.yaml"
    file.write_text("mine")
    with pytest.raises(PersonaError, match="already"):
        files.begin("marin")
    assert file.read_text() == "mine"


def test_choosing_a_persona_keeps_the_comments_of_the_settings():
    file = paths.private_folder(paths.configuration_folder()) / "config.yaml"
    before = "# mine\nlanguage: fr   # always\npersona: ada   # for now\nturn: {soft_pause: 0.1}\n"
    file.write_text(before)
    assert run("use", "basile").exit_code == 0
    assert file.read_text() == before.replace("persona: ada", "persona: basile")


@pytest.mark.parametrize("before", ["", "language: en\n", "persona: 'ada'\n", 'persona: "x # y" # z\n', "persona:\n"])
def test_choosing_a_persona_works_whatever_stood_there(before):
    file = paths.private_folder(paths.configuration_folder()) / "config.yaml"
    file.write_text(before)
    assert run("use", "colette").exit_code == 0
    assert documents.read(file, Settings).persona == "colette"


def test_settings_that_cannot_be_read_are_left_alone():
    file = paths.private_folder(paths.configuration_folder()) / "config.yaml"
    file.write_text("persna: ada\n")
    assert isinstance(run("use", "colette").exception, DocumentError)
    assert file.read_text() == "persna: ada\n"


def test_what_is_shown_can_be_read_again(tmp_path):
    for name in SHIPPED:
        file = tmp_path / f"{name}.yaml"
        file.write_text(run("show", name).output)
        assert files.load(str(file)) == files.load(name)


def test_the_list_names_every_persona_once():
    listed = [line.split()[0] for line in run("list").output.splitlines()]
    assert sorted(listed) == list(SHIPPED)
    assert all(a != b for a, b in pairwise(sorted(listed)))
