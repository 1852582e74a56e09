"""A sound card made of software: a private PulseAudio with a microphone and a speaker, and hands to use them.

PortAudio reads the environment when a process first uses it, so whatever opens the devices runs in a child process
with `PulseAudio.environment`. One null sink carries both sides (left: microphone, right: speaker), so that a single
recording holds them on one clock.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

RATE = 48_000
PATIENCE = 20.0
"""Seconds to wait for something that happens in a fraction of one; only a broken machine takes so long."""

NEEDED = ("pulseaudio", "pactl", "parec", "paplay")
MONO = "channels=1 channel_map=mono remix=no"
DEVICES = (
    f"module-null-sink sink_name=bus rate={RATE} channels=2 channel_map=front-left,front-right",
    f"module-remap-sink sink_name=mic_in master=bus master_channel_map=front-left {MONO}",
    f"module-remap-sink sink_name=speaker master=bus master_channel_map=front-right {MONO}",
    f"module-remap-source source_name=virtmic master=bus.monitor master_channel_map=front-left {MONO}",
)
STEREO = (f"--rate={RATE}", "--channels=2", "--channel-map=front-left,front-right", "--raw", "--latency-msec=10")


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Return as soon as `happened` says so; fail, naming `what`, when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


class Recording:
    """Both sides of the sound card from one moment to another, `float32[n]` at 48 kHz on one clock."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def microphone(self) -> NDArray[np.float32]:
        """What was spoken into the microphone so far."""
        return self._both()[:, 0]

    @property
    def speaker(self) -> NDArray[np.float32]:
        """What came out of the speaker so far."""
        return self._both()[:, 1]

    def _both(self) -> NDArray[np.float32]:
        samples = np.fromfile(self._file, "<i2").astype(np.float32) / np.float32(32768)
        return samples[: len(samples) // 2 * 2].reshape(-1, 2)


class PulseAudio:
    """A sound server of the test's own, which sees nothing of the machine's and is seen by nobody else."""

    def __init__(self, folder: Path) -> None:
        """Start it in `folder`, with the devices plugged in."""
        runtime, state = folder / "runtime", folder / "state"
        for each in (runtime, runtime / "pulse", state):
            each.mkdir(parents=True, mode=0o700)
        socket = runtime / "pulse" / "native"
        self.environment = os.environ | {
            "XDG_RUNTIME_DIR": str(runtime),
            "PULSE_RUNTIME_PATH": str(runtime / "pulse"),
            "PULSE_STATE_PATH": str(state),
            "PULSE_COOKIE": str(state / "cookie"),
            "PULSE_SERVER": f"unix:{socket}",
        }
        """For child processes that are to use these devices."""
        self.folder = folder
        """For whatever a test wants to keep."""
        self._recordings = 0
        self._processes: list[subprocess.Popen[bytes]] = []
        script = folder / "pulse.pa"
        script.write_text(f"load-module module-native-protocol-unix auth-anonymous=1 socket={socket}\n")
        self._script = script
        self.start()

    def start(self) -> None:
        """Start the server, with the devices plugged in."""
        self._server = self._start(
            "pulseaudio", "-n", "-F", str(self._script), "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
            "--disallow-exit=yes", "--log-target=stderr", "--log-level=error",
        )  # fmt: skip
        wait_until(self._reached, "PulseAudio to start")
        self.plug_in()

    def crash(self) -> None:
        """Let the server die, and all that is played and recorded through it."""
        self._server.kill()
        self._server.wait()
        self._end(self._keeper)

    def plug_in(self) -> None:
        """Let the microphone and the speaker appear."""
        for device in DEVICES:
            self.control("load-module", *device.split())
        self.control("set-default-sink", "speaker")
        self.control("set-default-source", "virtmic")
        # A null sink nobody listens to renders up to 2 s ahead; one listener keeps it at a sound card's 10 ms.
        with (self.folder / "keeper.raw").open("wb") as file:
            self._keeper = self._listen(file)
        wait_until(lambda: (self.folder / "keeper.raw").stat().st_size > RATE // 5, "sound to flow")

    def unplug(self) -> None:
        """Let the microphone and the speaker disappear while they are used."""
        self.control("unload-module", "module-null-sink")
        self._end(self._keeper)

    def stall_microphone(self) -> None:
        """Let the microphone give no more sound, without disappearing."""
        self.control("suspend-source", "virtmic", "1")

    def wake_microphone(self) -> None:
        """Let a stalled microphone go on."""
        self.control("suspend-source", "virtmic", "0")

    def speak(self, wav: Path) -> None:
        """Play a WAV into the microphone and return when it is over."""
        self._run("paplay", "--device=mic_in", "--latency-msec=200", str(wav))

    def speak_samples(self, samples: NDArray[np.float32], rate: int) -> None:
        """Play `float32[n]` into the microphone and return when it is over."""
        self._recordings += 1
        wav = self.folder / f"spoken-{self._recordings}.wav"
        soundfile.write(wav, samples, rate)
        self.speak(wav)

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Record both sides; what came so far can be read at any time, also afterwards."""
        self._recordings += 1
        path = self.folder / f"recording-{self._recordings}.raw"
        with path.open("wb") as file:
            recorder = self._listen(file)
        try:
            wait_until(lambda: path.stat().st_size > 0, "the recording to begin")
            yield Recording(path)
        finally:
            self._end(recorder)

    @contextmanager
    def open_speaker(self, gain: int, delay: int) -> Iterator[None]:
        """Let the microphone hear the speaker, `gain` dB of it and `delay` ms later, as in a room."""
        played = f"source_name=played master=bus.monitor master_channel_map=front-right {MONO}".split()
        remap = self.control("load-module", "module-remap-source", *played).strip()
        self.control("set-source-volume", "played", f"{gain}dB")
        route = ("source=played", "sink=mic_in", f"latency_msec={delay}", "remix=no")
        loop = self.control("load-module", "module-loopback", *route).strip()
        try:
            yield
        finally:
            self.control("unload-module", loop)
            self.control("unload-module", remap)

    def control(self, *arguments: str) -> str:
        """Run `pactl` and return what it prints."""
        return self._run("pactl", *arguments)

    def stop(self) -> None:
        """End the server and all that was started with it."""
        for process in reversed(self._processes):
            self._end(process)

    def _reached(self) -> bool:
        assert self._server.poll() is None, "PulseAudio ended at once: " + (self.folder / "log").read_text()
        asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False)
        return asked.returncode == 0

    def _listen(self, file: IO[bytes]) -> subprocess.Popen[bytes]:
        return self._start("parec", "--device=bus.monitor", "--format=s16le", *STEREO, output=file)

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def _start(self, *command: str, output: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=log
            )
        self._processes.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def running(folder: Path) -> Iterator[PulseAudio]:
    """Run a PulseAudio in `folder`, or skip the test where there is none."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: sudo apt install pulseaudio pulseaudio-utils libasound2-plugins")
    pulse = PulseAudio(folder)
    try:
        yield pulse
    finally:
        pulse.stop()


@pytest.fixture(scope="session")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PulseAudio]:
    """Lend a sound card to all tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("pulse")) as server:
        yield server


@pytest.fixture
def own_pulse(tmp_path: Path) -> Iterator[PulseAudio]:
    """Lend a sound card to one test that unplugs it."""
    with running(tmp_path / "pulse") as server:
        yield server
