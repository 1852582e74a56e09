"""`companion persona history | rollback`: seen, and taken back."""

import json

import pytest
from click.testing import CliRunner

from companion_voice import paths
from companion_voice.cli.persona_history import history, rollback
from companion_voice.errors import UsageError
from companion_voice.memory.store import Memory
from companion_voice.persona import files


@pytest.fixture
def shorter(tmp_path, monkeypatch):
    """Let Ada have become shorter, because the person asked for it."""
    monkeypatch.setenv(paths.HOME, str(tmp_path))
    with Memory.open() as memory:
        session = memory.begin_session("s1", persona="ada")
        memory.add_turn(session, "user", "Please be shorter.", language="en")
        proposal = memory.personas.consider("ada", files.load("ada"))
        memory.personas.decide("ada", proposal, kept=True)


def run(command, *arguments):
    return CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=False).output


def test_history_says_what_why_and_on_which_turns(shorter):
    assert "verbosity 0.5 → 0.45: asked_shorter, by person, on t1" in run(history, "ada")
    told = json.loads(run(history, "--json"))
    assert (told["persona"], len(told["head"]), told["changes"][0]["evidence"]) == ("ada", 64, ["t1"])
    assert run(history, "basile") == "Nothing has changed about basile.\n"


@pytest.mark.parametrize("to", ["0", "2020-01-01"])
def test_rollback_takes_it_back_by_number_or_day(shorter, to):
    run(rollback, "ada", "--to", to)
    with Memory.open(read_only=True) as memory:
        assert memory.personas.grown("ada", files.load("ada").traits).traits["verbosity"] == 0.5


def test_a_day_that_is_none_is_refused(shorter):
    with pytest.raises(UsageError, match="neither a day"):
        run(rollback, "ada", "--to", "soon")
