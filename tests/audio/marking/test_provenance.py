import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.audio.marking import MarkedWav, Provenance, detect, header, read
from companion_voice.audio.marking.provenance import chunks
from companion_voice.errors import RecordingError
from tests.audio.marking.speech import RATE, said

NOW = datetime(2026, 11, 22, 20, 15, 3, tzinfo=timezone(timedelta(hours=1)))
WHO = Provenance(persona="Élodie", voice="piper", time=NOW)


def written(path: Path, *parts: np.ndarray, who: Provenance = WHO) -> Path:
    wav = MarkedWav(path, RATE, who)
    for part in parts:
        wav.write(part)
    wav.close()
    return path


def test_a_wav_says_who_spoke_when_and_that_it_is_synthetic(tmp_path):
    file = written(tmp_path / "said.wav", said())
    assert read(file) == WHO
    assert WHO.synthetic_speech
    with soundfile.SoundFile(file) as opened:
        told = opened.copy_metadata()
    assert told["software"].startswith("Companion Voice")
    assert "Synthetic speech" in told["comment"]


def test_a_wav_keeps_the_sound_it_was_given_and_carries_the_watermark(tmp_path):
    parts = np.array_split(said(), 37)
    sound, rate = soundfile.read(written(tmp_path / "said.wav", *parts), dtype="float32")
    assert (rate, len(sound)) == (RATE, len(said()))
    assert np.corrcoef(sound, said())[0, 1] > 0.95
    assert detect(sound, rate).found


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_name_survives(tmp_path_factory, name):
    who = Provenance(persona=name, voice="espeak", time=NOW)
    file = written(tmp_path_factory.mktemp("wav") / "said.wav", np.zeros(3, np.float32), who=who)
    assert read(file) == who
    assert soundfile.info(str(file)).frames == 3


def test_a_wav_is_whole_after_every_write_even_when_the_program_is_killed(tmp_path):
    program = f"""
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
import numpy as np
from companion_voice.audio.marking import MarkedWav, Provenance
wav = MarkedWav(Path(sys.argv[1]), {RATE}, Provenance(persona="Ada", voice="espeak", time=datetime.now(UTC)))
wav.write(np.full(1000, 0.25, np.float32))
wav.write(np.full(500, 0.25, np.float32))
os.kill(os.getpid(), signal.SIGKILL)
"""
    file = tmp_path / "said.wav"
    done = subprocess.run([sys.executable, "-c", program, str(file)], check=False)
    assert done.returncode == -9
    assert soundfile.info(str(file)).frames == 1500
    assert read(file).persona == "Ada"


def test_an_empty_wav_is_a_wav(tmp_path):
    assert soundfile.info(str(written(tmp_path / "said.wav"))).frames == 0


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no sound at all, but text", b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff"])
def test_what_is_no_marked_wav_says_nothing(tmp_path, data):
    (tmp_path / "other").write_bytes(data)
    assert read(tmp_path / "other") is None


def test_a_wav_of_another_program_says_nothing(tmp_path):
    soundfile.write(tmp_path / "other.wav", said(), RATE)
    assert read(tmp_path / "other.wav") is None


@pytest.mark.parametrize("body", [b"not json", b"\xff\xfe", b"{}", b'{"persona": 3, "voice": "x", "time": "now"}'])
def test_damaged_words_are_refused_in_a_sentence(tmp_path, body):
    said_so = b"cvpr" + len(body).to_bytes(4, "little") + body
    (tmp_path / "said.wav").write_bytes(b"RIFF\0\0\0\0WAVE" + said_so)
    with pytest.raises(RecordingError, match="damaged"):
        read(tmp_path / "said.wav")


def test_a_later_version_may_say_more(tmp_path):
    body = b'{"persona": "Ada", "voice": "piper", "time": "2030-01-01T00:00:00Z", "signature": "x"}'
    (tmp_path / "said.wav").write_bytes(b"RIFF\0\0\0\0WAVEcvpr" + len(body).to_bytes(4, "little") + body)
    assert read(tmp_path / "said.wav").persona == "Ada"


def test_chunks_begin_on_even_bytes():
    for persona in ("A", "Ab"):
        assert len(chunks(Provenance(persona=persona, voice="v", time=datetime(2026, 1, 1, tzinfo=UTC)))) % 2 == 0


def test_exported_text_begins_with_what_it_is_who_made_it_and_when():
    line = header("transcript", NOW)
    assert line.startswith("transcript · Companion Voice ")
    assert "2026-11-22T20:15:03+01:00" in line
    assert "made by AI" in line
    assert "\n" not in line
