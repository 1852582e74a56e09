"""A room made of numbers: a loudspeaker that a microphone hears, with reverberation, noise and voices by flite."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from companion_voice.audio.echo import SETTLED, EchoCanceller
from companion_voice.audio.listener import Listener
from companion_voice.audio.ring import Block
from companion_voice.conversation.endpoint import Manner
from companion_voice.events import SpeechStarted

Sound = NDArray[np.float32]

HEARD = 16_000
"""Samples a second of what the microphone hears."""
PLAYED = 48_000
"""Samples a second of what the speaker plays, unless said otherwise."""

STORY = (
    "Once there was a lighthouse on a small island. It had a keeper who lived alone with an old grey cat. "
    "Every evening he climbed the stairs and lit the great lamp, so that the ships could find their way."
)


def voice(text: str, name: str = "slt", *, rate: int = PLAYED, level: float = -18.0) -> Sound:
    """Return flite saying `text`, `level` dB below full scale on average; skip the test where there is no flite."""
    if not shutil.which("flite"):
        pytest.skip("needs flite: sudo apt install flite")
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "voice.wav"
        subprocess.run(["flite", "-voice", name, "-t", text, "-o", str(wav)], check=True)
        samples, made = soundfile.read(wav, dtype="float32")
    sound: Sound = soxr.resample(samples, made, rate).astype(np.float32)
    return sound * np.float32(10 ** ((level - decibels(sound)) / 20))


def decibels(sound: Sound) -> float:
    """Return the average power of `sound` against full scale."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def echo(played: Sound, *, gain: float, delay: float, rate: int = PLAYED, reverberation: float = 0.25) -> Sound:
    """Return what the microphone hears of `played`: at 16 kHz, `gain` dB as loud, `delay` seconds later, noise added."""
    noise = np.random.default_rng(1)
    length = int(reverberation * HEARD)
    answer = noise.normal(0, 1, length) * np.exp(-6.9 * np.arange(length) / length)
    answer[: HEARD // 300] = 0
    answer *= 0.5 / np.linalg.norm(answer)
    answer[0] = 1
    reflected = np.convolve(soxr.resample(played, rate, HEARD), answer / np.linalg.norm(answer)) * 10 ** (gain / 20)
    heard = np.concatenate([np.zeros(int(delay * HEARD)), reflected])[: len(played) * HEARD // rate]
    return (heard + noise.normal(0, 3e-4, len(heard))).astype(np.float32)


def clean(canceller: EchoCanceller, played: Sound, heard: Sound, *, rate: int = PLAYED, late: int = 1) -> Sound:
    """Return what is left of `heard` when blocks of 10 ms come in time, `late` of them at once."""
    canceller.reference.rate = rate
    size = HEARD // 100
    blocks = range(len(heard) // size)
    cleaned = []
    for first in range(0, len(blocks), late):
        several = blocks[first : first + late]
        for number in several:
            begin, end = (round(edge * rate / 100) for edge in (number, number + 1))
            canceller.reference.push(Block(played[begin:end], at=number / 100))
        cleaned += [canceller.clean(heard[number * size : (number + 1) * size], number / 100) for number in several]
    return np.concatenate(cleaned)


class _Nobody:
    """A recogniser that does not care."""

    def begin(self, utterance: int) -> None:
        pass

    def feed(self, utterance: int, samples: Sound) -> None:
        pass


def onsets(sound: Sound) -> list[float]:
    """Return when speech was heard to begin, in seconds."""
    begun: list[float] = []
    now = 0.0
    listener = Listener(Manner(), _Nobody(), lambda: now, alert=lambda: now >= SETTLED)
    for block in np.array_split(sound, len(sound) * 100 // HEARD):
        begun += [now for event in listener.hear(block) if isinstance(event, SpeechStarted)]
        now += len(block) / HEARD
    return begun
