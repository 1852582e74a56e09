"""Sound as servers send it: WAV or bare PCM, 16 bits, in pieces of any size. Pure; knows no server.

The lengths inside a WAV are not believed, because who streams one does not know them when it begins.
"""

import struct
from typing import Final

import numpy as np

from companion_voice.engines.protocols import Samples

_HEADER: Final = 12
_PART: Final = 8
_FORMAT: Final = 16
_LONGEST_PREAMBLE: Final = 4096
"""Bytes before the sound begins."""
_PCM: Final = 1
_EXTENSIBLE: Final = 0xFFFE
_MOST_CHANNELS: Final = 8
_RATES: Final = range(8_000, 96_001)
_FULL: Final = 32_768.0


class UnfitSoundError(ValueError):
    """What came is no sound that can be played."""


class Pcm:
    """16-bit sound, little-endian, piece by piece."""

    def __init__(self, rate: int, channels: int = 1) -> None:
        self.rate = rate
        """Samples a second; 0 while it is not known."""
        self._channels = channels
        self._rest = b""

    def take(self, piece: bytes) -> Samples:
        """Return `float32[n]` at `rate` of all that is whole, its channels made one."""
        data = self._rest + piece
        whole = len(data) - len(data) % (2 * self._channels)
        self._rest = data[whole:]
        frames = np.frombuffer(data[:whole], "<i2").astype(np.float32) / _FULL
        mixed: Samples = frames.reshape(-1, self._channels).mean(axis=1, dtype=np.float32)
        return mixed


class Wav(Pcm):
    """The same behind the header of a WAV, which says its rate."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self._preamble = b""

    def take(self, piece: bytes) -> Samples:
        """Return `float32[n]` at `rate`. Raises `UnfitSoundError` when it is no such WAV."""
        if self.rate:
            return super().take(piece)
        self._preamble += piece
        if (sound := self._after_preamble()) is None:
            if len(self._preamble) > _LONGEST_PREAMBLE:
                raise UnfitSoundError
            return np.zeros(0, np.float32)
        return super().take(sound)

    def _after_preamble(self) -> bytes | None:
        """Return the sound that has come once all before it is read; None before that."""
        data = self._preamble
        if len(data) < _HEADER:
            return None
        if data[:4] != b"RIFF" or data[8:_HEADER] != b"WAVE":
            raise UnfitSoundError
        at, described = _HEADER, None
        while len(data) >= at + _PART:
            name, length = struct.unpack_from("<4sI", data, at)
            at += _PART
            if name == b"data":
                self._describe(described)
                return data[at:]
            if len(data) < at + length:
                return None
            if name == b"fmt ":
                described = data[at : at + length]
            at += length + length % 2
        return None

    def _describe(self, described: bytes | None) -> None:
        if described is None or len(described) < _FORMAT:
            raise UnfitSoundError
        kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", described)
        if kind not in (_PCM, _EXTENSIBLE) or bits != 16 or not 1 <= channels <= _MOST_CHANNELS or rate not in _RATES:  # noqa: PLR2004
            raise UnfitSoundError
        self.rate, self._channels = rate, channels
