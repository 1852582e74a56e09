import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pulse import PulseAudio

NOWHERE = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere"}


def companion(home: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from companion_voice.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "devices", *arguments],
        env=os.environ | environment | {"COMPANION_VOICE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def choose(home: Path, microphone: str) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.yaml").write_text(f"audio:\n  microphone: {microphone}\n")


def test_json_says_what_there_is_and_what_would_be_used(pulse: PulseAudio, tmp_path: Path) -> None:
    choose(tmp_path, "PULSE")
    done = companion(tmp_path, pulse.environment, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["notices"] == []
    microphones = {device["name"]: device for device in said["microphones"]}
    assert microphones["pulse"]["used"]
    assert microphones["default"]["default"]
    assert not microphones["default"]["used"]
    assert [device["name"] for device in said["speakers"] if device["used"]] == ["default"]
    assert set(microphones["pulse"]) == {"name", "host", "rate", "channels", "default", "used"}


def test_a_pipe_gets_one_plain_line_a_device(pulse: PulseAudio, tmp_path: Path) -> None:
    done = companion(tmp_path, pulse.environment)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert {row[0] for row in rows} == {"* microphone", "  microphone", "* speaker", "  speaker"}
    assert {len(row) for row in rows} == {5}
    assert [row[1] for row in rows if row[0] == "* microphone"] == ["default"]


def test_a_terminal_gets_a_table(pulse: PulseAudio, tmp_path: Path) -> None:
    main, terminal = pty.openpty()
    program = "from companion_voice.cli import main; main(['devices'])"
    environment = pulse.environment | {"COMPANION_VOICE_HOME": str(tmp_path), "COLUMNS": "100"}
    subprocess.run([sys.executable, "-c", program], env=environment, stdout=terminal, stderr=terminal, check=True)
    shown = os.read(main, 65536).decode()
    os.close(main)
    os.close(terminal)
    assert "● would be used" in shown
    assert any("●" in line and "microphone" in line and "default" in line for line in shown.splitlines())


def test_a_device_that_is_set_but_not_there_is_told(pulse: PulseAudio, tmp_path: Path) -> None:
    choose(tmp_path, "pulsar")
    done = companion(tmp_path, pulse.environment)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "There is no microphone called “pulsar”; did you mean “pulse”?"


def test_a_machine_without_devices_is_told_so(tmp_path: Path) -> None:
    done = companion(tmp_path, NOWHERE)
    if "\t" in done.stdout:
        pytest.skip("this machine has a sound card of its own")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "This machine has no microphone.\nThis machine has no speaker.\n"
    said = json.loads(companion(tmp_path, NOWHERE, "--json").stdout)
    assert said == {
        "microphones": [],
        "speakers": [],
        "notices": ["This machine has no microphone.", "This machine has no speaker."],
    }
