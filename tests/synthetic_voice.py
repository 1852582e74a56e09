"""Piper voices of our own making; `synthetic_models` tells why."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

RATE = 22050
PHONEME = 0.03
"""Seconds for which each phoneme id of the micro voice sounds, at normal speed."""
_SYMBOLS = 256
_FRAMES = 2
"""Frames for which each phoneme id of the real-cost voice sounds."""
_HOP = 256
"""Samples of a frame."""
_LATENT = 192
_UPSAMPLING = ((8, 16, 128), (8, 16, 64), (4, 8, 32))
"""Factor, kernel and channels of each stage of the decoder; their factors make `_HOP` samples of a frame."""
_KERNELS = ((3, (1, 2)), (5, (2, 6)), (7, (3, 12)))
"""Kernel and dilations of the residual blocks of each stage."""
_COUPLINGS = 16


def voice(file: Path, size: str = "micro") -> Path:
    """Write a Piper voice and, beside it, its description. Return `file`."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    file.parent.mkdir(parents=True, exist_ok=True)
    graph = _tones() if size == "micro" else _vits()
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(file))
    description = {
        "audio": {"sample_rate": RATE, "quality": size},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": _SYMBOLS,
        "num_speakers": 1,
        "hop_length": 1 if size == "micro" else _HOP,
    }
    file.with_name(f"{file.name}.json").write_text(json.dumps(description))
    return file


class _Graph:
    """An ONNX graph as it grows: each method adds a node and returns the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._rng = np.random.default_rng(0)

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values: NDArray[Any]) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def convolution(self, x: str, size_in: int, size_out: int, kernel: int, dilation: int = 1) -> str:
        scale = 1 / np.sqrt(size_in * kernel)
        weights = self.constant(self._rng.standard_normal((size_out, size_in, kernel), np.float32) * np.float32(scale))
        padding = dilation * (kernel - 1) // 2
        return self.add("Conv", x, weights, dilations=[dilation], pads=[padding, padding])

    def upsampling(self, x: str, size_in: int, size_out: int, kernel: int, factor: int) -> str:
        scale = 1 / np.sqrt(size_in * kernel / factor)
        weights = self.constant(self._rng.standard_normal((size_in, size_out, kernel), np.float32) * np.float32(scale))
        padding = (kernel - factor) // 2
        return self.add("ConvTranspose", x, weights, strides=[factor], pads=[padding, padding])

    def table(self, columns: int, values: NDArray[np.float32] | None = None) -> str:
        """Return a row of `columns` values for each phoneme id of the input, `float32[1, ids, columns]`."""
        rows = self._rng.standard_normal((_SYMBOLS, columns), np.float32) if values is None else values
        return self.add("Gather", self.constant(rows), "input", axis=0)

    def durations(self, frames: str) -> None:
        """Compute, as a VITS does, for how many frames each phoneme id sounds, and rounded up; show it to nobody."""
        ids = self.add("Cast", "input", to=TensorProto.FLOAT)
        nothing = self.add("Mul", ids, self.constant(np.zeros(1, np.float32)))
        self.add("Ceil", self.add("Add", nothing, frames))

    def finish(self, wave: str) -> onnx.GraphProto:
        self.add("Identity", wave)
        self._nodes[-1].output[0] = "output"
        ids = helper.make_tensor_value_info("input", TensorProto.INT64, [1, "phonemes"])
        lengths = helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1])
        scales = helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3])
        output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "time"])
        return helper.make_graph(self._nodes, "voice", [ids, lengths, scales], [output], self._constants)


def _tones() -> onnx.GraphProto:
    """Return a tone of its own for each phoneme id; the length scale stretches them."""
    graph = _Graph()
    size = round(PHONEME * RATE)
    pitches = 110 + 12 * np.arange(_SYMBOLS)[:, None]
    tones = 0.3 * np.sin(2 * np.pi * pitches * np.arange(size) / RATE) * np.hanning(size)
    wave = graph.add("Reshape", graph.table(size, tones.astype(np.float32)), graph.constant(np.array([1, 1, -1])))
    stretch = graph.add("Slice", "scales", graph.constant(np.array([1])), graph.constant(np.array([2])))
    graph.durations(graph.add("Mul", stretch, graph.constant(np.array([size], np.float32))))
    factors = graph.add("Concat", graph.constant(np.ones(2, np.float32)), stretch, axis=0)
    return graph.finish(graph.add("Resize", wave, "", factors, mode="nearest"))


def _vits() -> onnx.GraphProto:
    """Return the convolutions of a medium Piper voice: the couplings of its flow, then its decoder."""
    graph = _Graph()
    graph.durations(graph.constant(np.array([_FRAMES], np.float32)))
    frames = graph.add("Reshape", graph.table(_FRAMES * _LATENT), graph.constant(np.array([1, -1, _LATENT])))
    x = graph.add("Transpose", frames, perm=[0, 2, 1])
    for _ in range(_COUPLINGS):
        gate = graph.add("Tanh", graph.convolution(x, _LATENT, 2 * _LATENT, 5))
        x = graph.add("Add", x, graph.convolution(gate, 2 * _LATENT, _LATENT, 1))
    channels = 2 * _UPSAMPLING[0][2]
    x = graph.convolution(x, _LATENT, channels, 7)
    for factor, kernel, narrower in _UPSAMPLING:
        x = graph.upsampling(graph.add("LeakyRelu", x, alpha=0.1), channels, narrower, kernel, factor)
        channels = narrower
        x = graph.add("Sum", *(_residual(graph, x, channels, size, dilations) for size, dilations in _KERNELS))
    return graph.finish(graph.add("Tanh", graph.convolution(x, channels, 1, 7)))


def _residual(graph: _Graph, x: str, channels: int, kernel: int, dilations: tuple[int, ...]) -> str:
    for dilation in dilations:
        bent = graph.add("LeakyRelu", x, alpha=0.1)
        x = graph.add("Add", x, graph.convolution(bent, channels, channels, kernel, dilation))
    return x
