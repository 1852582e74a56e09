import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion_voice.audio.devices import Device, choose
from companion_voice.errors import DeviceError


def device(name: str, *, default: bool = False) -> Device:
    return Device(kind="microphone", name=name, host="ALSA", rate=48_000, channels=2, default=default, index=0)


DEVICES = [device("HDA Intel PCH: ALC257 (hw:0,0)"), device("Blue Yeti"), device("Yeti", default=True)]


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own, because PortAudio looks at the machine once in a process."""
    return subprocess.run(
        [sys.executable, "-c", program], env=os.environ | environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("default", "Yeti"), ("yeti", "Yeti"), ("blue", "Blue Yeti"), ("alc257", "HDA Intel PCH: ALC257 (hw:0,0)")],
)
def test_a_device_is_found_by_part_of_its_name(wanted: str, name: str) -> None:
    assert choose("microphone", wanted, DEVICES).name == name


def test_the_first_device_serves_where_the_machine_has_no_default() -> None:
    assert choose("microphone", "default", DEVICES[:2]).name.startswith("HDA")


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [
        ("Blue Jeti", "did you mean “Blue Yeti”?"),
        ("xyz", "there are: HDA Intel PCH: ALC257 (hw:0,0), Blue Yeti, Yeti."),
    ],
)
def test_a_device_that_does_not_exist_is_answered_with_those_that_do(wanted: str, advice: str) -> None:
    with pytest.raises(DeviceError) as error:
        choose("microphone", wanted, DEVICES)
    assert error.value.sentence == f"There is no microphone called “{wanted}”; {advice}"


@pytest.mark.parametrize(
    ("name", "cancelled"),
    [
        ("Echo-Cancel Source", True),
        ("alsa_input.usb-0d8c.echo-cancel", True),
        ("Built-in Audio (echo cancelled with Built-in Audio)", True),
        ("echo_cancel", True),
        ("Echo Dot", False),
        ("default", False),
    ],
)
def test_a_source_that_is_already_free_of_echo_is_known_by_its_name(name: str, cancelled: bool) -> None:
    assert device(name).echo_cancelled == cancelled


@pytest.mark.parametrize("kind", ["microphone", "speaker"])
def test_a_machine_without_devices_says_so(kind: str) -> None:
    opening = {
        "microphone": "from companion_voice.audio.microphone import SoundCardMicrophone as Device",
        "speaker": "from companion_voice.audio.speaker import SoundCardSpeaker as Device",
    }[kind]
    program = f"""
{opening}
from companion_voice.audio.devices import refresh
from companion_voice.errors import DeviceError
for _ in range(2):
    try:
        print("opened", Device().open())
    except DeviceError as error:
        print(error.sentence)
    refresh()
"""
    done = python(program, PULSE_SERVER="unix:/nowhere", PIPEWIRE_REMOTE="/nowhere")
    if done.stdout.startswith("opened"):
        pytest.skip("this machine has a sound card of its own")
    assert done.stdout == f"This machine has no {kind}.\n" * 2
    assert done.stderr == ""


def test_a_missing_portaudio_names_the_package() -> None:
    program = """
import ctypes.util
ctypes.util.find_library = lambda name: None
from companion_voice.audio.devices import listed
from companion_voice.errors import DeviceError
try:
    listed("speaker")
except DeviceError as error:
    print(error.sentence, error.hint)
"""
    said = python(program).stdout
    assert said == (
        "Sound needs the PortAudio library, which is not installed. Install it with: sudo apt install libportaudio2\n"
    )


def test_what_libraries_print_goes_to_the_log_and_what_python_prints_does_not(tmp_path: Path) -> None:
    log = tmp_path / "audio.log"
    program = f"""
import os, sys
from pathlib import Path
from companion_voice.audio.devices import library_noise
with library_noise(Path({str(log)!r})):
    os.write(2, b"noise from a library")
    print("a sentence", file=sys.stderr)
os.write(2, b"a library afterwards")
"""
    done = python(program)
    assert done.stderr == "a sentence\na library afterwards"
    assert log.read_text() == "noise from a library"
