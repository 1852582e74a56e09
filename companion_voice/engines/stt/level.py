"""Whether there is anything in a sound that could be speech. Knows no recogniser and no words."""

import numpy as np

from companion_voice.engines.protocols import HEARING_RATE, Samples

_FRAME = HEARING_RATE // 50
_FAINTEST = -60.0
"""dB of full scale below which the loudest moments are taken for silence."""
_STEADIEST = 6.0
"""dB between loud and quiet moments below which a sound is a hum or a hiss: speech rises and falls by far more."""


def could_be_speech(samples: Samples) -> bool:
    """Return False for `float32[n]` at 16 kHz that is silence or a steady noise."""
    whole = samples[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not whole.size:
        return False
    loudness = 10 * np.log10(np.mean(np.square(whole), axis=1) + 1e-12)
    quiet, loud = np.percentile(loudness, (10, 95))
    return bool(loud > _FAINTEST and loud - quiet > _STEADIEST)
