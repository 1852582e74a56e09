"""A WAV that says what it is: its provenance before the sound, the watermark in it. Knows nothing of who speaks."""

import contextlib
import struct
from pathlib import Path

import numpy as np

from companion_voice.audio.marking.provenance import Provenance, chunks
from companion_voice.audio.marking.watermark import Watermark
from companion_voice.audio.resample import Samples

_LARGEST = 0xFFFF_FFFF
_WIDTH = 2


class MarkedWav:
    """A 16-bit mono WAV, marked and whole after every write. Its methods raise `OSError`."""

    def __init__(self, path: Path, rate: int, provenance: Provenance) -> None:
        self._watermark = Watermark(rate)
        self._head = _head(rate, provenance)
        self._bytes = 0
        self._file = path.open("wb")
        try:
            self.write(np.zeros(0, np.float32))
        except OSError:
            self.close()
            raise

    def write(self, samples: Samples) -> None:
        """Add `float32[n]`, then count it in the header."""
        pcm = (np.clip(self._watermark.mark(samples), -1, 1) * 32767).round().astype("<i2").tobytes()
        after = len(self._head) + 8
        self._file.seek(after + self._bytes)
        self._file.write(pcm)
        self._bytes += len(pcm)
        self._file.seek(0)
        riff = struct.pack("<4sI4s", b"RIFF", min(after - 8 + self._bytes, _LARGEST), b"WAVE")
        self._file.write(riff + self._head[len(riff) :])
        self._file.write(struct.pack("<4sI", b"data", min(self._bytes, _LARGEST)))
        self._file.flush()

    def close(self) -> None:
        """Let the file go, even when it can no longer be written."""
        with contextlib.suppress(OSError):  # what could not be written was said when it happened
            self._file.close()


def _head(rate: int, provenance: Provenance) -> bytes:
    """Return everything before the `data` chunk."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * _WIDTH, _WIDTH, 8 * _WIDTH)
    return b"RIFF\0\0\0\0WAVE" + form + chunks(provenance)
