"""Whether an ONNX file is all there is: one whose weights lie in other files names paths on this computer to be read.

Walks the file's messages as protobuf has them, without decoding any weight. Knows nothing of what a network is for.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from companion_voice.errors import ModelError

_INSIDE: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "tensor": {},
}
"""Which fields of a message hold which messages: the way to every tensor there can be (onnx.proto)."""
_EXTERNAL_DATA: Final = 13
_DATA_LOCATION: Final = 14
_HINT: Final = "Take a model that is one file; `companion models list` shows some."

_VARINT: Final = 0
_BYTES: Final = 2
_FIXED: Final = {1: 8, 5: 4}
"""Bytes of the wire types that need no length."""
_LONGEST_VARINT: Final = 10

_Field: TypeAlias = tuple[int, int, int, int]
"""Number, wire type, and where its content begins and ends; for a varint its value and 0."""


class _Broken(Exception):  # noqa: N818 - never leaves this file
    """It is not what protobuf has."""


def check(path: Path) -> None:
    """Return if the ONNX file at `path` needs no other file. Raises `ModelError` if it does, or is damaged."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            alone = _stands_alone(data)
    except OSError as error:
        raise ModelError(f"The model {path} cannot be read: {error.strerror}.", _HINT) from error
    except (_Broken, ValueError) as error:  # ValueError: there is nothing in it
        raise ModelError(f"The model {path} is damaged, or no ONNX model.", _HINT) from error
    if not alone:
        raise ModelError(f"The model {path} wants to read other files of this computer; it is not loaded.", _HINT)


def _stands_alone(data: mmap.mmap) -> bool:
    waiting = [("model", 0, len(data))]
    while waiting:
        kind, begin, end = waiting.pop()
        for number, wire, start, stop in _fields(data, begin, end):
            if kind == "tensor" and (number == _EXTERNAL_DATA or (number == _DATA_LOCATION and start != 0)):
                return False
            if wire == _BYTES and number in _INSIDE[kind]:
                waiting.append((_INSIDE[kind][number], start, stop))
    return True


def _fields(data: mmap.mmap, begin: int, end: int) -> Iterator[_Field]:
    while begin < end:
        tag, begin = _varint(data, begin, end)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, begin = _varint(data, begin, end)
            yield number, wire, value, 0
            continue
        size, begin = _varint(data, begin, end) if wire == _BYTES else (_FIXED.get(wire, end), begin)
        if begin + size > end:
            raise _Broken
        yield number, wire, begin, begin + size
        begin += size


def _varint(data: mmap.mmap, begin: int, end: int) -> tuple[int, int]:
    """Return the number that stands at `begin`, and where it ends."""
    value = 0
    for place in range(begin, min(end, begin + _LONGEST_VARINT)):
        byte = data[place]
        value |= (byte & 0x7F) << (7 * (place - begin))
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follow
            return value, place + 1
    raise _Broken
