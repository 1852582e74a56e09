"""Whether a turn is over, through Smart Turn v3 (https://github.com/pipecat-ai/smart-turn): one ONNX file.

It listens to how the last seconds sound, intonation and pace, and knows no words. It is made to be asked in a pause,
with that pause at the end of what it was fed.
"""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.errors import EngineError, ModelError

_SECONDS = 8
"""What the network hears; earlier sound is forgotten, and before the beginning there is silence."""
_BANDS = 80
_HOP = 160
_SPECTRUM = 400
_FRAMES = _SECONDS * HEARING_RATE // _HOP
_INPUT = "input_features"
_REFUSALS = (
    refusals.Fail,
    refusals.InvalidArgument,
    refusals.InvalidGraph,
    refusals.InvalidProtobuf,
    refusals.NotImplemented,
    refusals.RuntimeException,
)
"""What onnxruntime raises for a file it cannot use; they have no parent of their own."""
_HINT = "See what is here with `companion models list`, and fetch it again with `companion models pull`."


def load(options: EngineOptions) -> "SmartTurn":
    """Return the detector in the file `options.model`. Raises `ModelError`, and `EngineError` when a part is missing.

    It takes one thread, whatever it may: two are hardly faster, and the recogniser works at the same moment.
    """
    path = Path(options.model)
    if not path.is_file():
        raise ModelError(f"There is no end-of-turn detector at {path}.", _HINT)
    features = _feature_extractor()
    try:
        session = onnxruntime.InferenceSession(str(path), _session_options(), providers=["CPUExecutionProvider"])
        detector = SmartTurn(session, features)
        detector.complete()  # the first time is slow, and a network of another shape shows now
    except (*_REFUSALS, ValueError) as error:  # ValueError: an input of another name
        raise ModelError(f"The end-of-turn detector {path} is damaged, or not one of Smart Turn v3.", _HINT) from error
    return detector


class SmartTurn:
    """One Smart Turn network. A `TurnDetector`."""

    def __init__(self, session: onnxruntime.InferenceSession, features: Any) -> None:  # noqa: ANN401 - faster-whisper's
        self._session = session
        self._features = features
        self.begin()

    def begin(self) -> None:
        """Forget the previous turn."""
        self._heard = np.zeros(_SECONDS * HEARING_RATE, np.float32)

    def feed(self, samples: Samples) -> None:
        """Take `float32[n]` at 16 kHz that follows what was fed before; only the last 8 s count."""
        self._heard = np.concatenate([self._heard, samples])[-self._heard.size :]

    def complete(self) -> float:
        """Return how likely it is, 0 to 1, that the turn is over; more may be fed afterwards."""
        heard = self._heard
        even = (heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)
        spectrum = self._features(even, padding=0)
        [probability] = self._session.run(None, {_INPUT: spectrum[np.newaxis]})
        return float(probability.item())


def _feature_extractor() -> Any:  # noqa: ANN401 - faster-whisper has no types
    """Return Whisper's log-mel spectrogram, `float32[80, 800]` of 8 s, as faster-whisper computes it.

    Its one module is loaded alone: the whole package would cost half a second and 36 MB. Raises `EngineError`.
    """
    package = find_spec("faster_whisper")
    origin = Path(package.origin).with_name("feature_extractor.py") if package and package.origin else None
    spec = spec_from_file_location("companion_voice_features", origin) if origin and origin.is_file() else None
    if spec is None or spec.loader is None:
        raise EngineError("The faster-whisper package is incomplete.", "Install the program again: make talk")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FeatureExtractor(
        feature_size=_BANDS, sampling_rate=HEARING_RATE, hop_length=_HOP, chunk_length=_SECONDS, n_fft=_SPECTRUM
    )


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4  # its complaints come as exceptions
    return options
