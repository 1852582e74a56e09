"""`companion persona retire`: notice, a copy, and nothing left of what a persona became."""

import json

import pytest
from click.testing import CliRunner

from companion_voice import paths, settings
from companion_voice.cli.persona_retire import retire
from companion_voice.errors import PersonaError, UsageError
from companion_voice.memory.store import Memory
from companion_voice.persona import files


@pytest.fixture
def marin(tmp_path, monkeypatch):
    """Let a persona of one's own be talked with, and have become shorter."""
    monkeypatch.setenv(paths.HOME, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    file = files.begin("marin")
    paths.write_private(paths.settings_file(), b"persona: marin  # mine\n")
    with Memory.open() as memory:
        session = memory.begin_session("s1", persona="marin")
        memory.add_turn(session, "user", "Please be shorter.", language="en")
        proposal = memory.personas.consider("marin", files.load("marin"))
        memory.personas.decide("marin", proposal, kept=True)
        memory.personas.count_reply("marin", "Aye.", "en")
    return file


def run(*arguments, typed=""):
    done = CliRunner().invoke(retire, arguments, input=typed, catch_exceptions=False, standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.output


def test_a_persona_ends_with_a_copy_and_is_gone(marin, tmp_path):
    before = marin.read_text()
    told = run("marin", typed="marin\n")
    assert "1 change was undone" in told
    assert not marin.exists()
    assert settings.load().persona == settings.Settings().persona
    assert (tmp_path / "marin-retired" / "marin.yaml").read_text() == before
    kept = json.loads((tmp_path / "marin-retired" / "marin-history.json").read_text())
    assert kept["changes"][0]["words"]["text"] if kept["changes"][0]["words"] else kept["changes"][0]["reason"]
    with Memory.open(read_only=True) as memory:
        assert memory.personas.days("marin") == {}
        assert all(change.words is None for change in memory.personas.history("marin"))
        assert [turn.text for turn in memory.turns()] == ["Please be shorter."]


def test_who_does_not_type_the_name_changes_nothing(marin):
    with pytest.raises(UsageError, match="Nothing was changed"):
        run("marin", typed="yes\n")
    assert marin.exists()


def test_one_that_ships_keeps_its_file_and_begins_anew(marin):
    assert "its file" not in run("ada", "--yes")
    assert files.load("ada")


def test_nothing_goes_where_no_copy_can_be_kept(marin, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="there already"):
        run("marin", "--yes", "--to", str(tmp_path / "there"))
    assert marin.exists()


def test_a_mere_file_is_not_retired(marin):
    with pytest.raises(PersonaError, match="no persona of yours"):
        run(str(marin), "--yes")
