"""Takes out of what the microphone hears what the speaker plays. Owns no device; knows nothing of speech.

The work is done by WebRTC's echo canceller (AEC3), which the `livekit` wheel carries. It finds the delay between
playing and hearing by itself, up to half a second and more, provided that it gets both in the order in which they
happened: so each side says when its blocks were made. It also removes rumble (a high-pass filter is part of it).
Noise suppression is left off: it made recognition worse while both speak.
"""

import importlib
from typing import Any

import numpy as np

from companion_voice.audio.copies import LIKENESS, Copies
from companion_voice.audio.resample import HEARING_RATE, Resampler, Samples
from companion_voice.audio.ring import BlockRing
from companion_voice.errors import AudioError

FRAMES_A_SECOND = 100
"""WebRTC works on 10 ms at a time and on nothing else."""
FRAME = HEARING_RATE // FRAMES_A_SECOND

LATENCY = 128
"""Samples (8 ms) by which AEC3 itself delays what it cleans."""

LINGER = 1.0
"""Seconds after the last sound played for which an echo may come: the longest delay that AEC3 finds, and a hall."""

LEARNING = 4.0
"""Seconds of played sound in which AEC3 learns the room; until then it lets short residues through."""

SETTLED = 2.0
"""Seconds of played sound after which it has found the delay, also one of 0.4 s, and residues are rare."""

RESIDUE = 10 ** (-15 / 10)
"""Power, as a share of what was lately heard, below which what is left is taken for residue while learning (15 dB)."""

FADING = 0.98
"""Share of the power heard lately that is remembered after each frame (9 dB a second)."""

HOLD = 10
"""Frames that still pass after one that was no residue, so that a person's quiet sounds are not cut out."""

AUDIBLE = 1e-6
"""Power (-60 dB) below which what is left is not looked at any further."""

REFERENCE = 2.0
"""Seconds of played sound kept for a listener who is late: as much as a microphone keeps."""

_LOUDEST = np.float32(32767)


class EchoCanceller:
    """Both sides of one speaker and one microphone. All methods have one caller, the one who reads the microphone.

    While nothing is played, sound passes untouched and at once; around playing it is cleaned and comes 8 ms late, and
    up to 10 ms more where blocks are no multiple of 10 ms. Not a sample is lost or doubled where one becomes the other.
    """

    def __init__(self) -> None:
        """Load WebRTC. Raises `AudioError` where it cannot be had."""
        self.reference = BlockRing(REFERENCE, 1 / FRAMES_A_SECOND)
        """Where the speaker leaves what it plays."""
        self._apm, self._frame = _library()
        self.reset()

    @property
    def settled(self) -> bool:
        """It has found the echo, so that hardly anything of it is left."""
        return self._learned >= SETTLED

    def reset(self) -> None:
        """Begin anew, as with another microphone: forget what was played, what was heard, and the room."""
        self.reference.clear()
        self._module = self._apm(echo_cancellation=True)
        self._gate = _Gate()
        self._copies = Copies()
        self._learned = 0.0
        """Seconds of sound played so far."""
        self._since = LINGER
        """Seconds heard since the last sound was played."""
        self._played = np.zeros(0, np.float32)
        """Too little for a frame."""
        self._rate = 0
        self._resampler = Resampler(HEARING_RATE, HEARING_RATE)
        self._heard = np.zeros(0, np.float32)
        """What came and did not leave yet."""
        self._given = 0
        """How much of that AEC3 already has."""

    def clean(self, samples: Samples, at: float) -> Samples:
        """Return `near(samples)`, knowing all that the reference holds until `at`, when they were heard."""
        for block in self.reference.pull_until(at):
            self.far(block.samples, self.reference.rate)
        return self.near(samples)

    def far(self, samples: Samples, rate: int) -> None:
        """Take what is being played, `float32[n]` at `rate`."""
        if samples.any():
            self._since = 0.0
            self._learned += len(samples) / rate
        if self._since >= LINGER:
            self._played = self._played[:0]
            return
        if rate != self._rate:
            self._rate = rate
            self._resampler = Resampler(rate, _frameable(rate))
        sound = np.concatenate([self._played, self._resampler.take(samples)])
        size = _frameable(rate) // FRAMES_A_SECOND
        whole = len(sound) // size * size
        self._played = sound[whole:]
        self._copies.play(sound[:whole], _frameable(rate))
        for frame in sound[:whole].reshape(-1, size):
            self._module.process_reverse_stream(self._pcm(frame, _frameable(rate)))

    def near(self, samples: Samples) -> Samples:
        """Take what is heard, `float32[n]` at 16 kHz, and return what can be said by now of it without the echo."""
        listening = self._since < LINGER
        self._since += len(samples) / HEARING_RATE
        if len(self._heard):
            samples = np.concatenate([self._heard, samples])
        return self._cancel(samples) if listening else self._pass(samples)

    def _pass(self, samples: Samples) -> Samples:
        self._heard, self._given = samples[:0], 0
        return samples

    def _cancel(self, samples: Samples) -> Samples:
        """Clean every whole frame; the first that leaves AEC3 after a rest is of before it, and has left already."""
        fresh = samples[self._given :]
        whole = len(fresh) // FRAME * FRAME
        frames = [self._cleaned(frame) for frame in fresh[:whole].reshape(-1, FRAME)]
        cleaned = np.concatenate([samples[:0], *frames])[max(0, LATENCY - self._given) :]
        self._given += whole - len(cleaned)
        self._heard = samples[len(cleaned) :]
        return cleaned

    def _cleaned(self, samples: Samples) -> Samples:
        frame = self._pcm(samples, HEARING_RATE)
        self._module.process_stream(frame)
        cleaned = np.frombuffer(frame.data, np.int16).astype(np.float32) / _LOUDEST
        self._copies.hear(samples)
        if float(np.dot(cleaned, cleaned)) > AUDIBLE * FRAME and self._copies.likeness() >= LIKENESS:
            return np.zeros_like(cleaned)
        return cleaned if self._learned > LEARNING else self._gate.shape(samples, cleaned)

    def _pcm(self, samples: Samples, rate: int) -> Any:  # noqa: ANN401 - livekit's
        pcm = (np.clip(samples, -1, 1) * _LOUDEST).astype(np.int16)
        return self._frame(bytearray(pcm), rate, 1, len(pcm))


class _Gate:
    """Mutes residue, which voice activity takes for speech however quiet it is, and lets a person pass."""

    def __init__(self) -> None:
        self._loudness = 0.0
        self._open = 0

    def shape(self, heard: Samples, cleaned: Samples) -> Samples:
        """Return `cleaned`, or silence where next to nothing is left of what was `heard`."""
        self._loudness = max(float(np.dot(heard, heard)), FADING * self._loudness)
        self._open = HOLD if float(np.dot(cleaned, cleaned)) > RESIDUE * self._loudness else self._open - 1
        return cleaned if self._open >= 0 else np.zeros_like(cleaned)


def _frameable(rate: int) -> int:
    """Return a rate of which 10 ms are a whole number of samples: nearly always `rate` itself, which costs no delay."""
    return HEARING_RATE if rate % FRAMES_A_SECOND else rate


def _library() -> tuple[Any, Any]:
    """Return livekit's `AudioProcessingModule` and `AudioFrame`. It opens no connection; it is an audio library here.

    Imported only now, because it takes a tenth of a second that typing need not wait for.
    """
    try:
        apm = importlib.import_module("livekit.rtc.apm").AudioProcessingModule
        apm()
    except ImportError as error:  # which livekit also raises when its own library cannot be loaded
        raise AudioError(
            "Echo cancellation cannot be had: the livekit package is missing or does not fit this machine.",
            "Install the program again (make talk), or use headphones.",
        ) from error
    return apm, importlib.import_module("livekit.rtc.audio_frame").AudioFrame
