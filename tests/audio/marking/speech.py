"""Speech to mark, by espeak-ng through the project's own engine, and the codecs libsndfile brings."""

import io
from functools import cache

import numpy as np
import soundfile
import soxr

from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.tts.espeak import load

RATE = 22_050
WORDS = {
    "en": "The harbour was quiet that night. She counted the boats twice, and one of them was missing.",
    "fr": "Le marché ouvre à sept heures. On y trouve des pommes, du fromage et des nouvelles de tout le monde.",
}


def said(language: str = "en", variant: str = "") -> np.ndarray:
    """Return some six seconds of unmarked speech, `float32[n]` at `RATE`."""
    return _said(language, variant)


@cache
def _said(language: str, variant: str) -> np.ndarray:
    engine = load(EngineOptions(tuning={"voice": variant}))
    sound = np.concatenate(list(engine.speak(WORDS[language], language=language, role="persona")))
    sound = soxr.resample(sound, engine.sample_rate, RATE).astype(np.float32)
    sound.flags.writeable = False
    return sound


def coded(sound: np.ndarray, kind: str, subtype: str) -> tuple[np.ndarray, int]:
    """Return `sound` after a codec at some 30 kb/s, and the rate it came back with."""
    rate = 24_000 if subtype == "OPUS" else RATE
    file = io.BytesIO()
    soundfile.write(file, soxr.resample(sound, RATE, rate), rate, format=kind, subtype=subtype, compression_level=0.9)
    assert 8 * file.tell() / (len(sound) / RATE) < 36_000
    file.seek(0)
    return soundfile.read(file, dtype="float32")
