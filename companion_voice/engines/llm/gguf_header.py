"""A look at the head of a GGUF file before the native parser sees it, because that one aborts on some broken files.

Checks that everything the head promises (magic, version, counts, lengths of strings and arrays) fits into the file.
Knows nothing of what a model is.
"""

import mmap
import struct
from pathlib import Path
from typing import BinaryIO

from companion_voice.errors import ModelError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each scalar type."""
_STRING, _ARRAY = 8, 9
_MOST_TENSORS = 100_000
_MOST_KEYS = 10_000
_MOST_DIMENSIONS = 4
_number = struct.Struct("<I")
_length = struct.Struct("<Q")


class _Broken(Exception):  # noqa: N818 - never leaves this file
    """What is wrong, in a few words."""


def check(path: Path) -> None:
    """Return if the file at `path` looks like a whole GGUF. Raises `ModelError` if it does not."""
    try:
        with path.open("rb") as file:
            _walk(file)
    except OSError as error:
        raise ModelError(f"The model {path} cannot be read: {error.strerror}.", _HINT) from error
    except _Broken as error:
        raise ModelError(f"The model {path} is damaged, or no language model: {error}.", _HINT) from error


_HINT = "See what is here with `companion models list`, and fetch it again with `companion models pull`."


def _walk(file: BinaryIO) -> None:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise _Broken("it does not begin like a GGUF file")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _Head(data).walk()


class _Head:
    """A reader that never goes past the end of its file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._size = len(data)
        self._at = len(_MAGIC)

    def walk(self) -> None:
        """Read everything before the weights."""
        version = self._read(_number)
        if version not in _VERSIONS:
            raise _Broken(f"its format version is {version}")
        tensors = self._count(_MOST_TENSORS, "tensors")
        for _ in range(self._count(_MOST_KEYS, "keys")):
            self._skip_string()
            self._skip_value(self._read(_number))
        for _ in range(tensors):
            self._skip_tensor()

    def _skip_value(self, kind: int) -> None:
        if kind == _STRING:
            self._skip_string()
        elif kind == _ARRAY:
            self._skip_array()
        else:
            self._skip(self._size_of(kind))

    def _skip_array(self) -> None:
        kind, count = self._read(_number), self._read(_length)
        if kind == _STRING:
            if count > self._size:
                raise _Broken("a list in it is longer than the file")
            for _ in range(count):
                self._skip_string()
        else:
            self._skip(count * self._size_of(kind))

    def _skip_tensor(self) -> None:
        self._skip_string()
        dimensions = self._read(_number)
        if not 1 <= dimensions <= _MOST_DIMENSIONS:
            raise _Broken(f"a tensor in it has {dimensions} dimensions")
        self._skip(dimensions * 8 + 4)
        if self._read(_length) >= self._size:
            raise _Broken("it ends before its weights do")

    def _skip_string(self) -> None:
        self._skip(self._read(_length))

    def _count(self, most: int, what: str) -> int:
        count = self._read(_length)
        if count > most:
            raise _Broken(f"it claims to hold {count} {what}")
        return count

    def _size_of(self, kind: int) -> int:
        if kind not in _SIZES:
            raise _Broken(f"it holds a value of unknown type {kind}")
        return _SIZES[kind]

    def _read(self, form: struct.Struct) -> int:
        at = self._at
        self._skip(form.size)
        number: int = form.unpack_from(self._data, at)[0]
        return number

    def _skip(self, size: int) -> None:
        self._at += size
        if self._at > self._size:
            raise _Broken("it ends too early")
