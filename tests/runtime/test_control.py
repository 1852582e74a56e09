"""The control socket: who is answered, what with, and that it is nobody else's."""

import os
import socket
import stat
import subprocess
import sys

import pytest

from companion_voice.errors import CompanionError, NotRunningError
from companion_voice.runtime import control
from companion_voice.runtime.control import Answer, Control, Request
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.workers import Worker


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def asked(home):
    """Open a control socket that notes what it is asked, and give the notes."""
    notes = []

    def answer(request):
        notes.append(request)
        return Answer(done=True)

    door = Control(answer)
    worker = Worker("control", door.run, Inbox())
    yield notes
    door.close()
    worker.join(5)


def test_a_request_reaches_its_owner_as_it_was_made(asked):
    assert control.ask(Request("say", "the tea – prêt ☕")) == Answer(done=True)
    assert asked == [Request("say", "the tea – prêt ☕")]


def test_the_socket_is_the_owners_alone(asked):
    assert stat.S_IMODE(control.place().stat().st_mode) == 0o600
    assert stat.S_IMODE(control.place().parent.stat().st_mode) == 0o700


def test_whoever_asks_where_nobody_is_hears_so(home):
    with pytest.raises(NotRunningError):
        control.ask(Request("status"))


def test_a_door_that_is_taken_is_not_taken_away(asked):
    with pytest.raises(CompanionError, match="already"):
        Control(lambda _: Answer(done=True))
    assert control.ask(Request("hush")).done


def test_a_door_that_was_left_behind_is_replaced_and_an_orderly_end_leaves_none(home):
    control.place().parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(control.place()))
    door = Control(lambda _: Answer(done=True))
    worker = Worker("control", door.run, Inbox())
    assert control.ask(Request("hush")).done
    door.close()
    worker.join(5)
    assert not control.place().exists()


def test_another_user_is_not_answered(asked, monkeypatch):
    real = os.getuid()
    monkeypatch.setattr(control.os, "getuid", lambda: real + 1)
    with pytest.raises(NotRunningError):
        control.ask(Request("stop"))
    assert asked == []


def test_a_socket_that_the_manager_made_is_served_and_left_where_it_is(home):
    place = home / "given"
    code = """
import os, sys
os.environ["LISTEN_PID"] = str(os.getpid())
from companion_voice.runtime.control import Answer, Control
door = Control(lambda request: (door.close(), Answer(done=True))[1])
door.run()
"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as given:
        given.bind(str(place))
        given.listen()
        program = f"import os; os.dup2({given.fileno()}, 3); os.execv({sys.executable!r}, [{sys.executable!r}, '-c', {code!r}])"
        process = subprocess.Popen(
            [sys.executable, "-c", program], env=os.environ | {"LISTEN_FDS": "1"}, pass_fds=(given.fileno(),)
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(20)
        line.connect(str(place))
        line.sendall(b'{"verb":"hush"}\n')
        assert line.makefile("rb").readline() == b'{"done":true}\n'
    assert process.wait(20) == 0
    assert place.exists()


def test_without_a_home_of_its_own_it_is_in_the_sessions_folder(monkeypatch):
    monkeypatch.delenv("COMPANION_VOICE_HOME", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    assert str(control.place()) == "/run/user/1000/companion-voice/control"
