"""The watermark's pattern: which band is a little louder or softer, and when. Knows no sound.

The signs come from a public key, so that anybody can verify; whoever knows it can also remove the mark.
"""

import hashlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Signs: TypeAlias = NDArray[np.float32]
"""`float32[CELLS, BANDS]`, each +1 (louder) or -1 (softer)."""

KEY = b"companion-voice watermark 1"
"""The published key. Another key is another watermark: files marked before are no longer found."""

DEPTH = 2.0
"""dB by which a band is made louder or softer."""

CELL = 0.04
"""Seconds for which a band keeps its sign."""

CELLS = 24
"""Cells until the pattern repeats: 0.96 s, so that a crop of three seconds holds it three times."""

BANDS = 32
LOWEST, HIGHEST = 250.0, 6_000.0
"""Hz, below the 8 kHz that every codec in use for speech keeps."""


def edges() -> NDArray[np.float64]:
    """Return the `BANDS + 1` borders of the bands in Hz, evenly spaced on the mel scale (O'Shaughnessy 1987)."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (LOWEST, HIGHEST))
    borders: NDArray[np.float64] = 700 * (10 ** (np.linspace(low, high, BANDS + 1) / 2595) - 1)
    return borders


def signs(key: bytes = KEY) -> Signs:
    """Return the pattern of `key`: the bits of its SHAKE-256."""
    digest = np.frombuffer(hashlib.shake_256(key).digest(CELLS * BANDS // 8), np.uint8)
    return (np.unpackbits(digest).astype(np.float32) * 2 - 1).reshape(CELLS, BANDS)
