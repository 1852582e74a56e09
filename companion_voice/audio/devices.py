"""Which microphones and speakers there are. Knows nothing of what is heard or said through them.

PortAudio looks at the machine when it is first used, so this module imports sounddevice only when asked.
"""

import difflib
import importlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from companion_voice.errors import DeviceError

Kind: TypeAlias = Literal["microphone", "speaker"]

DEFAULT = "default"
"""The name under which the settings ask for whatever the machine uses by itself."""

_ECHO_CANCELLED = re.compile(r"echo[ _-]?cancel", re.IGNORECASE)


class Device(msgspec.Struct, frozen=True):
    """A microphone or a speaker, as PortAudio sees it."""

    kind: Kind
    name: str
    host: str
    """The sound system it is reached through, such as ALSA."""
    rate: int
    """Samples a second that it likes best."""
    channels: int
    default: bool
    index: int
    """Its number in PortAudio, valid until `refresh`."""

    @property
    def echo_cancelled(self) -> bool:
        """A sound server already takes the speaker's sound out of it, as far as its name tells.

        PipeWire and PulseAudio call such a source "Echo-Cancel Source", "….echo-cancel" or "… (echo cancelled with …)".
        Through ALSA it hides behind "default" or "pulse"; cancelling once more does no harm there.
        """
        return _ECHO_CANCELLED.search(self.name) is not None


def library() -> Any:  # noqa: ANN401 - sounddevice carries no types
    """Return sounddevice. Raises `DeviceError` where PortAudio is not installed."""
    try:
        sounddevice = importlib.import_module("sounddevice")
    except OSError as error:  # what the import raises without the system's library
        raise DeviceError(
            "Sound needs the PortAudio library, which is not installed.",
            "Install it with: sudo apt install libportaudio2",
        ) from error
    return sounddevice


def listed(kind: Kind) -> list[Device]:
    """Return every device of a kind. Raises `DeviceError` when PortAudio cannot be used."""
    sounddevice = library()
    side, channels = ("input", "max_input_channels") if kind == "microphone" else ("output", "max_output_channels")
    hosts = sounddevice.query_hostapis()
    chosen = sounddevice.default.device[side]
    return [
        Device(
            kind=kind,
            name=device["name"],
            host=hosts[device["hostapi"]]["name"],
            rate=round(device["default_samplerate"]),
            channels=device[channels],
            default=device["index"] == chosen,
            index=device["index"],
        )
        for device in sounddevice.query_devices()
        if device[channels] > 0
    ]


def find(kind: Kind, wanted: str) -> Device:
    """Return the device whose name is or contains `wanted`, or the machine's own choice for "default".

    Raises `DeviceError`, naming what there is, when there is none.
    """
    return choose(kind, wanted, listed(kind))


def choose(kind: Kind, wanted: str, devices: list[Device]) -> Device:
    """Return the one of `devices` that `find` would. Raises `DeviceError`."""
    if not devices:
        raise DeviceError(
            f"This machine has no {kind}.",
            "Plug one in, see that the sound server runs, or type instead: companion talk --text",
        )
    if wanted == DEFAULT:
        return next((device for device in devices if device.default), devices[0])
    name = wanted.casefold()
    exact = [device for device in devices if device.name.casefold() == name]
    partly = [device for device in devices if name in device.name.casefold()]
    if exact or partly:
        return (exact or partly)[0]
    raise DeviceError(f"There is no {kind} called “{wanted}”; {_advice(wanted, devices)}", "List: companion devices")


def refresh() -> None:
    """Let PortAudio look at the machine anew. Ends every open stream, so close them first.

    Raises `DeviceError` when PortAudio cannot be used.
    """
    sounddevice = library()
    with suppress(sounddevice.PortAudioError):  # it was ended before, and could not be begun
        sounddevice._terminate()  # noqa: SLF001 - PortAudio has no other way to see a device plugged in later
    try:
        sounddevice._initialize()  # noqa: SLF001
    except sounddevice.PortAudioError as error:
        raise DeviceError(
            "The machine's sound system cannot be used.", f"See that the sound server runs ({error})."
        ) from error


@contextmanager
def library_noise(log: Path) -> Iterator[None]:
    """Send what C libraries print on stderr to `log`, so that it does not splatter the terminal.

    ALSA and PortAudio print at any moment and from their own threads, so this stands around a whole conversation,
    once, in the main thread. What Python prints on `sys.stderr` still reaches the person.
    """
    python, shown = sys.stderr, os.dup(2)
    python.flush()
    with log.open("wb") as file, os.fdopen(shown, "w", buffering=1, errors="backslashreplace") as terminal:
        os.dup2(file.fileno(), 2)
        sys.stderr = terminal if python is sys.__stderr__ else python
        try:
            yield
        finally:
            sys.stderr = python
            os.dup2(shown, 2)


def _advice(wanted: str, devices: list[Device]) -> str:
    names = list(dict.fromkeys(device.name for device in devices))
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    return f"did you mean “{near[0]}”?" if near else f"there are: {', '.join(names)}."
