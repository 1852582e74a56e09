"""An end-of-turn detector of our own making; `synthetic_models` tells why."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TAIL = 20
"""Spectrum frames, of 10 ms, at the end of what is heard that decide."""


def detector(file: Path, bands: int = 80) -> Path:
    """Write a network of Smart Turn's shape that takes a turn for over when its last moments are quiet."""
    frames = [
        numpy_helper.from_array(np.array([edge]), name)
        for name, edge in (("from", 800 - TAIL), ("to", 800), ("axis", 2))
    ]
    steepness = numpy_helper.from_array(np.array(-8, np.float32), "steepness")
    nodes = [
        helper.make_node("Slice", ["input_features", "from", "to", "axis"], ["tail"]),
        helper.make_node("ReduceMean", ["tail"], ["loudness"], axes=[1, 2], keepdims=0),
        helper.make_node("Mul", ["loudness", "steepness"], ["quietness"]),
        helper.make_node("Sigmoid", ["quietness"], ["probability"]),
        helper.make_node("Unsqueeze", ["probability", "one"], ["logits"]),
    ]
    one = numpy_helper.from_array(np.array([1]), "one")
    heard = helper.make_tensor_value_info("input_features", TensorProto.FLOAT, ["batch", bands, 800])
    over = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1])
    graph = helper.make_graph(nodes, "detector", [heard], [over], [*frames, steepness, one])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(file))
    return file
