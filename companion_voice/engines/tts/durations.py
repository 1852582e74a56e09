"""Lets a Piper voice tell how long each phoneme sounds: a number it computes anyway and shows to nobody.

It is the one tensor that is rounded up (`Ceil`), which Piper's own patch marks as a second output with the `onnx`
package. Here the same is done by protobuf's own rule that a message may come in pieces: a second piece of the graph,
with nothing but that output, is appended to the file's bytes. Knows nothing else of ONNX.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

_CEIL = b'"\x04Ceil'
"""A node's operator, field 4 of `NodeProto`."""
_NODE = re.compile(rb"\x12(?P<size>.)(?P<output>[ -~]+?)(?:\x1a.[ -~]*)?\Z", re.DOTALL)
"""What comes before it: the node's output (field 2) and, if it has one, its name (field 3)."""
_NEAR = 300
"""Bytes within which both lie."""
_SHORT = 120
"""Bytes of the longest name whose length, and that of what it is wrapped in, is one byte."""


@contextlib.contextmanager
def with_durations(voice: Path) -> Iterator[str]:
    """Give, for as long as it is entered, a file whose second output is the frames of each phoneme id.

    It is a copy in memory that has no name: a session made of bytes would keep them. It is `voice` itself where that
    has such an output already, or where there is no telling which tensor it is. Raises `OSError`.
    """
    model = voice.read_bytes()
    missing = _missing(model)
    if not missing:
        yield str(voice)
        return
    with open(os.memfd_create(voice.name), "wb") as copy:  # noqa: PTH123 - it has no path
        copy.write(model)
        copy.write(missing)
        copy.flush()
        del model
        yield f"/proc/self/fd/{copy.fileno()}"


def _missing(model: bytes) -> bytes:
    """Return the piece of a graph that `model` lacks; nothing where there is none, or it cannot be told."""
    end = model.find(_CEIL)
    if end < 0 or model.find(_CEIL, end + 1) >= 0:
        return b""
    node = _NODE.search(model[max(0, end - _NEAR) : end])
    if node is None or ord(node["size"]) != len(node["output"]) or len(node["output"]) > _SHORT:
        return b""
    name = _field(0x0A, node["output"])  # ValueInfoProto.name
    if re.search(rb"\x62..?" + re.escape(name), model, re.DOTALL):  # GraphProto.output
        return b""
    return _field(0x3A, _field(0x62, name))  # ModelProto.graph


def _field(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content
