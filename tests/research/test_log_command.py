"""`companion log`: off until wanted, said plainly, deleted for good."""

import json

import pytest
from click.testing import CliRunner

from companion_voice.cli.log import log
from companion_voice.errors import JournalError, UsageError
from companion_voice.research import sessions
from tests.research import playing
from tests.scenarios import theatre


@pytest.fixture
def run():
    def command(*arguments, typed=""):
        return CliRunner().invoke(log, arguments, input=typed)

    return command


@pytest.fixture
def kept(home):
    path = sessions.place(theatre.WALL, "abc")
    playing.journal(path)
    return path


def test_journals_are_off_until_they_are_wanted(run):
    assert run("status").output.startswith("Journals are off")


def test_on_says_what_is_kept_and_status_repeats_it(run):
    assert "never which" in run("on").output
    found = json.loads(run("status", "--json").output)
    assert (found["journals"], found["level"], found["files"]) == ("on", "metrics", 0)
    run("off")
    assert json.loads(run("status", "--json").output)["journals"] == "off"


def test_an_unknown_level_is_refused_with_those_there_are(run):
    refused = run("on", "--level", "all")
    assert refused.exit_code == 2
    assert "metrics" in refused.output


def test_show_prints_the_last_conversation(run, kept):
    shown = run("show").output
    assert "tell me about Paris please" in shown
    assert shown.index("my name is Anna Keller") < shown.index("Anton Weber")
    assert json.loads(run("show", "--json").output)["session"]["end"] == "goodbye"


def test_show_without_a_journal_says_what_to_do(run):
    assert isinstance(run("show").exception, UsageError)


def test_verify_prints_the_hash_to_keep(run, kept):
    done = run("verify", str(kept))
    assert done.exit_code == 0
    assert kept.read_text().rsplit('"hash":"', 1)[1][:64] in done.output


def test_a_journal_that_ends_in_mid_line_is_told_and_not_passed(run, kept):
    kept.write_bytes(kept.read_bytes()[:-9])
    done = run("verify", str(kept))
    assert done.exit_code == 1
    assert "ends in mid-line" in done.output


def test_replay_counts_events_and_differences(run, kept):
    assert run("replay", str(kept)).output.endswith("events replayed, 0 differences.\n")


def test_delete_asks_first_and_keeps_everything_at_no(run, kept):
    assert run("delete", typed="n\n").exit_code == 1
    assert kept.exists()


def test_delete_removes_them_and_says_how_many_are_left(run, kept):
    done = run("delete", "--yes")
    assert "1 journal deleted" in done.output
    assert "0 left" in done.output
    assert sessions.files() == ()


def test_a_journal_that_is_being_written_is_said_and_not_deleted(run, kept):
    played = theatre.perform(playing.TALK)
    written = playing.opened(sessions.place(theatre.WALL, "now"), played)
    assert json.loads(run("status", "--json").output)["now"] == [written.path.name]
    assert isinstance(run("delete", "--yes").exception, JournalError)
    assert kept.exists()
    written.close()
    assert json.loads(run("status", "--json").output)["now"] == []


def test_a_choice_that_cannot_be_read_is_told_with_its_key(run, home):
    run("on")
    place = home / "config" / "log.yaml"
    place.write_text("jurnals: on\n")
    assert "did you mean `journals`" in str(run("status").exception)
