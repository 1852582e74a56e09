"""Voice activity: how likely a moment of sound is speech. Knows nothing of turns."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from companion_voice.errors import AudioError

FRAME = 512
"""Samples of one decision, which is 32 ms at 16 kHz; the network was trained on nothing else."""
FRAME_SECONDS = FRAME / 16_000
GLANCES = 8
"""Decisions in the time of a frame, for who is in a hurry."""
_CONTEXT = 64
"""Samples before a frame that the network sees as well."""


class VoiceActivity:
    """Silero VAD v6 (https://github.com/snakers4/silero-vad), the ONNX file that faster-whisper's wheel carries.

    It remembers what came before. A decision costs about 0.1 ms; the same network in ggml cost 2.3 ms.
    """

    def __init__(self) -> None:
        """Load the network. Raises `AudioError` when its file is not where faster-whisper keeps it."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(str(_network()), options, providers=["CPUExecutionProvider"])
        self._window = np.zeros((1, _CONTEXT + FRAME), np.float32)
        self._memory = (np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32))

    def probability(self, frame: NDArray[np.float32]) -> float:
        """Return how likely `float32[512] at 16 kHz` is speech, 0 to 1."""
        self._window[0, :_CONTEXT] = self._window[0, -_CONTEXT:]
        self._window[0, _CONTEXT:] = frame
        hidden, cell = self._memory
        probability, hidden, cell = self._session.run(None, {"input": self._window, "h": hidden, "c": cell})
        self._memory = hidden, cell
        return float(probability[0])

    def reset(self) -> None:
        """Forget what came before, as after a microphone was reopened."""
        self._window = np.zeros_like(self._window)
        self._memory = (np.zeros_like(self._memory[0]), np.zeros_like(self._memory[1]))


class Glances:
    """Looks between the frames, for who must notice a beginning before a frame is full.

    The network knows only its own 32 ms at a time, so there is one for each place in between, each on frames of its
    own: together with `VoiceActivity` they decide every 4 ms.
    """

    def __init__(self) -> None:
        """Load the networks. Raises `AudioError` as `VoiceActivity`."""
        self._networks = [VoiceActivity() for _ in range(1, GLANCES)]

    def probabilities(self, sound: NDArray[np.float32], had: int) -> Iterator[float]:
        """Yield how likely each 32 ms that became whole is speech: of the frame before and a part of the next one.

        `sound`: that frame and that part, float32 at 16 kHz; the part was `had` samples long when last looked at.
        """
        for place, network in enumerate(self._networks, start=1):
            start = place * FRAME // GLANCES
            if had < start <= len(sound) - FRAME:
                yield network.probability(sound[start : start + FRAME])

    def reset(self) -> None:
        """Forget what came before, as after some time without a look."""
        for network in self._networks:
            network.reset()


def _network() -> Path:
    """Return the network's file, found without importing the package it lies in: that would cost half a second."""
    package = find_spec("faster_whisper")
    files = (
        sorted((Path(package.origin).parent / "assets").glob("silero_vad*.onnx")) if package and package.origin else []
    )
    if not files:
        raise AudioError(
            "The voice activity network is missing from the faster-whisper package.",
            "Install the program again: make talk",
        )
    return files[-1]
