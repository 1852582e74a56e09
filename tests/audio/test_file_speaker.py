import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion_voice.audio.playlist import Mark
from companion_voice.audio.recording import SAID_RATE, FileSpeaker
from companion_voice.errors import RecordingError


def sound(seconds: float, level: float = 0.5) -> np.ndarray:
    return np.full(round(SAID_RATE * seconds), level, np.float32)


def kept(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == SAID_RATE
    return samples


def told(marks: list[Mark]) -> list[tuple[int, int, str]]:
    return [(mark.epoch, mark.index, mark.what) for mark in marks]


def spoken(speaker: FileSpeaker, epoch: int) -> list[Mark]:
    """Call `marks` as a worker does, until a sentence of `epoch` was spoken."""
    marks: list[Mark] = []
    while not any(mark.epoch == epoch and mark.what == "spoken" for mark in marks):
        marks += speaker.marks()
        time.sleep(0.002)
    return marks


def test_only_what_was_released_is_kept_with_a_pause_between_replies(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    speaker = FileSpeaker(path, fast=True)
    assert speaker.open() == "said.wav"
    for epoch, level in ((1, 0.25), (2, 0.5), (3, 0.75)):
        speaker.play(epoch, 0, sound(0.2, level), SAID_RATE, last=True)
        speaker.play(epoch, 1, sound(0.2, level), SAID_RATE, last=True)
    speaker.release(1)
    first = speaker.marks()
    speaker.release(3)
    second = speaker.marks()
    speaker.close()
    for epoch, marks in ((1, first), (3, second)):
        assert told(marks) == [(epoch, 0, "started"), (epoch, 0, "spoken"), (epoch, 1, "started"), (epoch, 1, "spoken")]
    said = kept(path)
    assert set(np.unique(said.round(2))) >= {0.0, 0.25, 0.75}
    assert not (abs(said - 0.5) < 0.01).sum() > 100, "the second reply was never released"
    assert len(said) / SAID_RATE == pytest.approx(0.4 + 0.3 + 0.4, abs=0.05)


def test_a_sentence_of_another_rate_keeps_its_length(tmp_path: Path) -> None:
    speaker = FileSpeaker(tmp_path / "said.wav", fast=True)
    speaker.open()
    speaker.play(1, 0, np.full(16_000, 0.5, np.float32), 16_000, last=False)
    speaker.play(1, 0, np.zeros(0, np.float32), 16_000, last=True)
    speaker.release(1)
    speaker.marks()
    speaker.close()
    assert len(kept(tmp_path / "said.wav")) / SAID_RATE == pytest.approx(1, abs=0.03)


def test_at_real_speed_a_sentence_takes_its_time_and_waiting_is_not_kept(tmp_path: Path) -> None:
    speaker = FileSpeaker(tmp_path / "said.wav")
    speaker.open()
    began = time.monotonic()
    for epoch in (1, 2):
        speaker.play(epoch, 0, sound(0.2), SAID_RATE, last=True)
        speaker.release(epoch)
        started, ended = spoken(speaker, epoch)
        assert ended.at - started.at == pytest.approx(0.2, abs=0.001)
    assert time.monotonic() - began >= 0.36, "two sentences of 0.2 s, to within a block each"
    speaker.close()
    assert len(kept(tmp_path / "said.wav")) / SAID_RATE == pytest.approx(0.2 + 0.3 + 0.2, abs=0.05)


def test_a_hushed_sentence_is_kept_as_far_as_it_was_said(tmp_path: Path) -> None:
    speaker = FileSpeaker(tmp_path / "said.wav")
    speaker.open()
    speaker.play(1, 0, sound(600), SAID_RATE, last=True)
    speaker.release(1)
    while not speaker.marks():
        time.sleep(0.002)
    position = speaker.hush(2)
    assert position
    assert speaker.marks() == []
    assert speaker.backlog() == 0
    speaker.close()
    said = np.count_nonzero(abs(kept(tmp_path / "said.wav") - 0.5) < 0.1)
    assert said / SAID_RATE == pytest.approx(600 * position.fraction, abs=0.001)


def test_a_mute_speaker_says_everything_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    speaker = FileSpeaker(fast=True)
    speaker.open()
    speaker.play(1, 0, sound(1), SAID_RATE, last=True)
    speaker.release(1)
    assert told(speaker.marks()) == [(1, 0, "started"), (1, 0, "spoken")]
    speaker.close()
    assert not list(tmp_path.iterdir())


def test_a_companion_that_said_nothing_leaves_an_empty_wav(tmp_path: Path) -> None:
    speaker = FileSpeaker(tmp_path / "said.wav")
    speaker.open()
    speaker.close()
    assert len(kept(tmp_path / "said.wav")) == 0


def test_the_wav_is_whole_when_the_companion_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    program = f"""
import os, signal
from pathlib import Path
import numpy as np
from companion_voice.audio.recording import FileSpeaker
speaker = FileSpeaker(Path({str(path)!r}), fast=True)
speaker.open()
speaker.play(1, 0, np.full(22050, 0.5, np.float32), 22050, last=False)
speaker.release(1)
speaker.marks()
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert len(kept(path)) == pytest.approx(SAID_RATE, abs=500)


def test_a_wav_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none" / "said.wav", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(RecordingError, match=f"cannot be written: {reason}"):
            FileSpeaker(path).open()
    with pytest.raises(RecordingError, match="cannot be written: No space left on device"):
        FileSpeaker(Path("/dev/full")).open()


def test_a_disk_that_fills_up_is_told_and_the_companion_goes_on(tmp_path: Path) -> None:
    program = f"""
import resource
from pathlib import Path
import numpy as np
from companion_voice.audio.recording import FileSpeaker
resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))
speaker = FileSpeaker(Path({str(tmp_path / "said.wav")!r}), fast=True)
speaker.open()
print(speaker.lost())
speaker.play(1, 0, np.full(22050, 0.5, np.float32), 22050, last=True)
speaker.release(1)
print([mark.what for mark in speaker.marks()])
print(speaker.lost())
speaker.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    first, marks, last = done.stdout.splitlines()
    assert (first, marks) == ("None", "['started', 'spoken']")
    assert last.endswith("said.wav can no longer be written: File too large.")
