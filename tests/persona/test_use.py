"""`companion persona use`: from the next conversation on, and what that means for one that runs."""

import threading

import pytest

from companion_voice import settings
from companion_voice.cli import main
from companion_voice.runtime.control import Answer, Control, Status


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))


@pytest.fixture
def running(home):
    """Let a companion called Ada run in the background."""
    status = Status(
        state="idle", persona="Ada", language="en", engines={}, microphone="none", speaker="none", memory="on",
        network="closed", uptime=1.0, pid=1, profile="adult", responsible="",
    )  # fmt: skip
    control = Control(lambda _: Answer(done=True, status=status))
    thread = threading.Thread(target=control.run)
    thread.start()
    yield
    control.close()
    thread.join()


def use(name, capsys):
    with pytest.raises(SystemExit) as left:
        main(["persona", "use", name])
    assert left.value.code == 0
    return capsys.readouterr().out


def test_the_next_conversation_is_with_the_one_that_was_named(home, capsys):
    told = use("colette", capsys)
    assert settings.load().persona == "colette"
    assert "background" not in told


def test_whoever_runs_in_the_background_stays_and_that_is_said(running, capsys):
    assert "is Ada until it starts again" in use("colette", capsys)


def test_nothing_is_said_about_one_that_is_that_persona_already(running, capsys):
    assert "background" not in use("ada", capsys)
