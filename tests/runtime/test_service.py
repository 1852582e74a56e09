"""The companion in the background: what it tells the service manager, how it is asked, how it ends; and its units."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from companion_voice.runtime import notify
from tests.runtime.conftest import PATIENCE, PROGRAM, home_in

SYSTEMD = Path(__file__).parent.parent.parent / "systemd"
AUDIBLE = 0.01
MOST_EXPOSED = {"companion-voice.service": 6.0, "companion-voice.service with confine.conf": 1.5}


class Manager:
    """What a service manager hears: a datagram socket of the kind systemd gives."""

    def __init__(self, folder):
        self.place = str(folder / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.place)
        self._socket.settimeout(PATIENCE)

    def wait_for(self, field):
        """Return the next message with this field, as a dict."""
        while True:
            told = dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())
            if field in told:
                return told

    def close(self):
        self._socket.close()


@pytest.fixture
def manager(tmp_path):
    one = Manager(tmp_path)
    yield one
    one.close()


@pytest.fixture
def daemon(tmp_path, manager):
    """Return a function that starts `companion run`; all are ended after the test."""
    running = []

    def start(*arguments, **environment):
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "run", *arguments],
                env=os.environ
                | {"COMPANION_VOICE_HOME": str(home_in(tmp_path)), "NOTIFY_SOCKET": manager.place}
                | environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return running[-1]

    yield start
    for one in running:
        one.kill()
        one.communicate()


def test_the_manager_hears_when_it_is_ready_that_it_lives_and_when_it_stops(daemon, manager, companion):
    process = daemon("--typed", "--mute", WATCHDOG_USEC="6000000")
    assert manager.wait_for("READY")["READY"] == "1"
    assert manager.wait_for("STATUS")["STATUS"] == "Ada: listening; network closed"
    assert manager.wait_for("WATCHDOG")["WATCHDOG"] == "1"
    assert companion("stop").returncode == 0
    assert manager.wait_for("STOPPING")["STOPPING"] == "1"
    assert process.wait(PATIENCE) == 0


def test_status_says_how_it_does(daemon, manager, companion):
    process = daemon("--typed", "--mute")
    manager.wait_for("READY")
    found = json.loads(companion("status", "--json").stdout)
    known = {
        "persona": "Ada",
        "microphone": "none",
        "memory": "on",
        "network": "closed",
        "profile": "adult",
        "stuck": [],
    }
    assert known.items() <= found.items()
    assert found["pid"] == process.pid
    assert found["engines"] == {"llm": "rules"}
    lines = companion("status").stdout.splitlines()
    assert "profile     adult; responsible: you" in lines


def test_what_is_to_be_said_is_said_and_nothing_of_it_is_printed_unasked(daemon, manager, companion):
    process = daemon("--typed", "--mute")
    manager.wait_for("READY")
    assert companion("say", "the", "tea", "is", "ready").returncode == 0
    assert companion("stop").returncode == 0
    out, err = process.communicate(timeout=PATIENCE)
    assert "tea" not in out + err


def test_a_program_that_asks_for_events_gets_what_is_said(daemon, manager, companion):
    process = daemon("--typed", "--mute", "--json")
    manager.wait_for("READY")
    assert companion("say", "the tea is ready").returncode == 0
    assert companion("stop").returncode == 0
    out, _ = process.communicate(timeout=PATIENCE)
    assert {"notice": "the tea is ready"}.items() <= {
        e["event"]: e.get("text") for e in map(json.loads, out.splitlines())
    }.items()


def test_sigterm_ends_it_in_order(daemon, manager):
    process = daemon("--typed", "--mute")
    manager.wait_for("READY")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_what_a_restart_cannot_mend_ends_with_78(daemon):
    process = daemon("--persona", "nobody")
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 78
    assert "Traceback" not in err


def test_a_second_one_is_refused_and_the_first_goes_on(daemon, manager, companion):
    daemon("--typed", "--mute")
    manager.wait_for("READY")
    second = daemon("--typed", "--mute")
    _, err = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert "already" in err
    assert companion("status").returncode == 0


def test_one_that_was_killed_leaves_no_trace_the_next_stumbles_over(daemon, manager, companion):
    process = daemon("--typed", "--mute")
    manager.wait_for("READY")
    process.kill()
    process.wait(PATIENCE)
    assert "No companion runs" in companion("status").stderr
    daemon("--typed", "--mute")
    manager.wait_for("READY")
    assert companion("status").returncode == 0


def test_the_microphone_is_closed_and_opened_by_command(pulse, daemon, manager, companion):
    before = _listeners(pulse)
    daemon("--mute", **_sound(pulse))
    manager.wait_for("READY")
    assert _microphone(companion, "listening")
    assert companion("mute").returncode == 0
    assert _microphone(companion, "muted")
    _until(lambda: _listeners(pulse) == before)
    assert companion("unmute").returncode == 0
    assert _microphone(companion, "listening")


def test_without_a_microphone_it_is_deaf_and_says_so_until_there_is_one(own_pulse, daemon, manager, companion):
    own_pulse.unplug()
    process = daemon("--mute", "--json", **_sound(own_pulse))
    manager.wait_for("READY")
    assert json.loads(companion("status", "--json").stdout)["microphone"] == "lost"
    assert next(one for one in map(json.loads, process.stdout) if one["event"] == "deaf")
    own_pulse.plug_in()
    assert _microphone(companion, "listening")


def test_a_sound_server_that_comes_later_is_found(own_pulse, daemon, manager, companion):
    own_pulse.crash()
    process = daemon("--json", **_sound(own_pulse))
    manager.wait_for("READY")
    assert next(one for one in map(json.loads, process.stdout) if one["event"] == "deaf")
    own_pulse.start()
    assert _microphone(companion, "listening")
    with own_pulse.recording() as recording:
        assert companion("say", "here I am").returncode == 0
        _until(lambda: np.abs(recording.speaker).max(initial=0) > AUDIBLE)


def test_a_sound_server_that_is_started_again_is_found(own_pulse, daemon, manager, companion):
    process = daemon("--json", **_sound(own_pulse))
    manager.wait_for("READY")
    assert _microphone(companion, "listening")
    own_pulse.crash()
    assert next(one for one in map(json.loads, process.stdout) if one["event"] == "deaf")
    own_pulse.start()
    assert _microphone(companion, "listening")


def test_without_a_manager_nothing_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify.send(READY=1)
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    notify.send(READY=1)


def test_a_watchdog_of_another_process_is_not_ours(monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert notify.watchdog() == 30.0
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert notify.watchdog() is None


@pytest.fixture(params=sorted(MOST_EXPOSED))
def unit(request, tmp_path):
    """Return the folder of an installed unit, with or without its drop-in, and how exposed it may be."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: sudo apt install systemd")
    text = (SYSTEMD / "companion-voice.service").read_text()
    (tmp_path / "companion-voice.service").write_text(
        text.replace("@BIN@/companion", "/bin/true").replace("@DOCS@", "/")
    )
    if "confine.conf" in request.param:
        (tmp_path / "companion-voice.service.d").mkdir()
        shutil.copy(SYSTEMD / "confine.conf", tmp_path / "companion-voice.service.d")
    return tmp_path / "companion-voice.service", MOST_EXPOSED[request.param]


def test_the_unit_is_understood_and_no_more_exposed_than_promised(unit):
    file, most = unit
    verified = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert float(re.search(r"exposure level for \S+: ([0-9.]+)", told)[1]) <= most


def _sound(pulse):
    return {name: text for name, text in pulse.environment.items() if name.startswith(("PULSE", "XDG"))}


def _microphone(companion, wanted):
    return _until(lambda: json.loads(companion("status", "--json").stdout)["microphone"] == wanted)


def _listeners(pulse):
    return pulse.control("list", "short", "source-outputs").count("\n")


def _until(happened):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return True
