"""Recordings in place of a sound card: a WAV that is the microphone, and one that keeps what the companion said."""

import os
import re
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import soundfile

from companion_voice.audio.marking import MarkedWav, Provenance
from companion_voice.audio.playlist import Mark, Playlist, Position
from companion_voice.audio.resample import HEARING_RATE, Resampler, Samples, SentenceResampler
from companion_voice.errors import RecordingError

BLOCK = 0.02
"""Seconds read at a time."""

SAID_RATE = 22_050
"""Samples a second of what was said; Piper's and espeak-ng's own, so that it is mostly kept as it was made."""

PAUSE = 0.3
"""Seconds of silence between two replies in what was said."""

RATES = range(1_000, 1_000_000)
"""Samples a second that a recording of speech may have."""

_UNKNOWN = 0x7FFF0000
"""A length in a header from here on means "not known yet": written by programs that could not go back."""


class RecordingMicrophone:
    """A recording that is heard as if somebody spoke: at the speed it was made, or as `fast` as it can be read.

    After its end it gives silence for ever. It is never loaded whole. One caller at a time.
    """

    recorded = clear = True
    dumb = False

    def __init__(self, path: Path, *, fast: bool) -> None:
        self.ended = False
        """The whole recording was read; what follows is silence."""
        self.notice = ""
        """A sentence about what is wrong with the recording, though it can be heard."""
        self._path = path
        self._fast = fast
        self._file: soundfile.SoundFile | None = None
        self._resampler = Resampler(HEARING_RATE, HEARING_RATE)
        self._begin: float | None = None  # when the first sample was heard
        self._given = 0  # samples given since

    @property
    def overflows(self) -> int:
        """A recording waits for its reader: nothing is ever lost."""
        return 0

    def open(self) -> str:
        """Begin to listen and return the recording's name. Raises `RecordingError`."""
        self.close()
        self._file = _opened(self._path)
        self.notice = _shortfall(self._file, self._path)
        self._resampler = Resampler(self._file.samplerate, HEARING_RATE)
        self._begin, self._given, self.ended = None, 0, False
        return self._path.name

    def read(self, timeout: float) -> Samples | None:
        """Return what came next, `float32[n]` at 16 kHz; None when it is not due within `timeout` seconds."""
        if not self._fast and not self._due(timeout):
            return None
        samples = self._next()
        self._given += len(samples)
        return samples

    def lost(self) -> str | None:
        """Return None: a recording cannot be unplugged."""
        return None

    def close(self) -> None:
        """Let the file go; harmless when closed."""
        if self._file:
            self._file.close()
        self._file = None

    def _due(self, timeout: float) -> bool:
        """Wait until the next block has been spoken, but no longer than `timeout` seconds."""
        now = time.monotonic()
        self._begin = now if self._begin is None else self._begin
        early = self._begin + self._given / HEARING_RATE + BLOCK - now
        time.sleep(max(0.0, min(early, timeout)))
        return early <= timeout

    def _next(self) -> Samples:
        while self._file and not self.ended:
            frames = max(1, round(self._file.samplerate * BLOCK))
            sound = self._read(self._file, frames)
            self.ended = len(sound) < frames
            samples = self._resampler.take(_mono(sound), last=self.ended)
            if len(samples):
                return samples
        return np.zeros(round(HEARING_RATE * BLOCK), np.float32)

    def _read(self, file: soundfile.SoundFile, frames: int) -> Samples:
        """Return `float32[n, channels]`, fewer than `frames` at the end."""
        try:
            sound: Samples = file.read(frames, dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            self.notice = f"{self._path} is damaged; what comes before the damage was heard."
            return np.zeros((0, file.channels), np.float32)
        return sound


class FileSpeaker:
    """A speaker without hardware: what is said takes its time (or none when `fast`) and is kept in a WAV.

    `marks` drives it, as the sound card's callback drives the real one. The WAV holds only what was said, 16-bit mono,
    marked as made by a program, and is whole after every call, so that it survives a kill. Without a path the companion
    is mute.
    """

    underflows = 0

    def __init__(self, path: Path | None = None, *, fast: bool = False, persona: str = "", voice: str = "") -> None:
        """Keep in `path` what `persona` says with the engine `voice`."""
        self._path = path
        self._fast = fast
        self._persona, self._voice = persona, voice
        self._file: MarkedWav | None = None
        self._playlist = Playlist(SAID_RATE)
        self._resampler = SentenceResampler(SAID_RATE)
        self._rendered = time.monotonic()  # the moment up to which sound was rendered
        self._reply: int | None = None  # the epoch heard last
        self._lost: str | None = None

    def open(self) -> str:
        """Begin the WAV, replacing what stood there, and return its name. Raises `RecordingError`."""
        self.close()
        self._lost = None
        self._rendered = time.monotonic()
        if not self._path:
            return "nowhere"
        try:
            who = Provenance(persona=self._persona, voice=self._voice, time=datetime.now().astimezone())
            self._file = MarkedWav(self._path, SAID_RATE, who)
        except OSError as error:
            raise RecordingError(f"{self._path} cannot be written: {error.strerror}.") from error
        return self._path.name

    def close(self) -> None:
        """End the WAV; harmless when closed."""
        if self._file:
            self._file.close()
        self._file = None

    def play(self, epoch: int, index: int, samples: Samples, rate: int, *, last: bool) -> None:
        """Queue more sound of a sentence."""
        self._playlist.add(epoch, index, self._resampler.take(epoch, index, samples, rate, last=last), last=last)

    def release(self, epoch: int) -> None:
        """Open the door for the sound of `epoch`."""
        self._playlist.release(epoch)

    def hold(self, epoch: int) -> Position | None:
        """Fall silent at once, keeping the sound of `epoch`."""
        return self._playlist.hold(epoch)

    def hush(self, epoch: int) -> Position | None:
        """Fall silent at once and drop everything older than `epoch`."""
        return self._playlist.hush(epoch)

    def marks(self) -> list[Mark]:
        """Say what is due by now and return which sentences began and ended since the last call."""
        marks: list[Mark] = []
        said: list[Samples] = []
        now = time.monotonic()
        frames = round(SAID_RATE * BLOCK)
        while self._fast or self._rendered + BLOCK <= now:
            block = self._playlist.render(frames, min(self._rendered, now))
            if self._playlist.idle:
                self._rendered = now
                break
            self._rendered += BLOCK
            new = self._playlist.marks()
            said += [*self._pauses(new), block]
            marks += new
        self._keep(said)
        return marks + self._playlist.marks()

    def backlog(self) -> float:
        """Return how many seconds of sound are queued."""
        return self._playlist.backlog()

    def lost(self) -> str | None:
        """Return a sentence when the WAV can no longer be written."""
        return self._lost

    def _pauses(self, marks: list[Mark]) -> list[Samples]:
        """Return the silence that belongs before a block in which these marks were made."""
        replies = [mark.epoch for mark in marks if mark.what == "started" and mark.epoch != self._reply]
        if not replies:
            return []
        first, self._reply = self._reply is None, replies[-1]
        return [] if first else [np.zeros(round(SAID_RATE * PAUSE), np.float32)]

    def _keep(self, blocks: list[Samples]) -> None:
        """Write the blocks, if there is anywhere to write them."""
        if not self._file or not blocks:
            return
        try:
            self._file.write(np.concatenate(blocks))
        except OSError as error:
            self._lost = f"{self._path} can no longer be written: {error.strerror}."
            self.close()


def _opened(path: Path) -> soundfile.SoundFile:
    """Return the recording at `path`, ready to be read. Raises `RecordingError`."""
    if path.is_dir():
        raise RecordingError(f"{path} is a folder.", "Name a WAV file in it.")
    if not path.exists():
        raise RecordingError(f"{path} does not exist.", "Check the path of the recording.")
    if not path.is_file() or not path.stat().st_size:
        raise RecordingError(f"{path} is {'empty' if path.is_file() else 'not a file'}.", "A WAV file is needed.")
    if not os.access(path, os.R_OK):
        raise RecordingError(f"{path} may not be read.", "Check its permissions.")
    try:
        file = soundfile.SoundFile(str(path))
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: a name that promises headerless sound
        raise RecordingError(f"{path} is not a recording that can be read.", "A WAV file is needed.") from error
    if not file.frames:
        file.close()
        raise RecordingError(f"{path} holds no sound.", "Its recording may have been broken off.")
    if file.samplerate not in RATES:
        file.close()
        raise RecordingError(f"{path} says it has {file.samplerate} samples a second, which no speech has.")
    return file


def _shortfall(file: soundfile.SoundFile, path: Path) -> str:
    """Return a sentence when the header promises more than the file holds."""
    claim = re.search(r"^data : (\d+) \(should be (\d+)\)", file.extra_info, re.MULTILINE)  # libsndfile's log
    if not claim or not int(claim[2]) < int(claim[1]) < _UNKNOWN:
        return ""
    held = file.frames / file.samplerate
    promised = held * int(claim[1]) / int(claim[2])
    return f"{path} is cut short: it promises {promised:.1f} s and holds {held:.1f} s, which will be heard."


def _mono(sound: Samples) -> Samples:
    """Return the mean of the channels of `float32[n, channels]`, in [-1, 1] whatever a float file says."""
    mean: Samples = np.clip(np.nan_to_num(sound), -1, 1).mean(axis=1, dtype=np.float32)
    return mean
