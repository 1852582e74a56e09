import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import soundfile
import soxr

from companion_voice.audio.marking import MarkedWav, Provenance, Watermark
from companion_voice.cli.verify import verify
from companion_voice.errors import RecordingError
from tests.audio.marking.speech import RATE, coded, said

WHO = Provenance(persona="Ada", voice="espeak", time=datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    file = MarkedWav(tmp_path / "said.wav", RATE, WHO)
    file.write(said())
    file.close()
    return tmp_path / "said.wav"


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    verify.main([*arguments], standalone_mode=False)
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], file: Path) -> dict:
    return json.loads(answered(capsys, str(file), "--json"))


def test_a_recording_of_ours_is_known_by_both_marks(wav, capsys):
    found = document(capsys, wav)
    assert found["made_by_companion"]
    assert found["provenance"]["persona"] == "Ada"
    assert found["watermark"]["found"]
    assert found["watermark"]["score"] > found["watermark"]["threshold"]


def test_the_answer_is_also_said_in_words(wav, capsys):
    text = answered(capsys, str(wav))
    assert text.startswith("Yes: made by a companion.")
    assert "persona Ada, voice espeak" in text


@pytest.mark.parametrize(("kind", "subtype", "name"), [("OGG", "OPUS", "a.ogg"), ("MP3", "MPEG_LAYER_III", "a.mp3")])
def test_the_watermark_alone_is_enough_when_a_codec_dropped_the_words(wav, tmp_path, capsys, kind, subtype, name):
    sound, _ = soundfile.read(wav, dtype="float32")
    again, rate = coded(sound, kind, subtype)
    file = tmp_path / name
    soundfile.write(file, again, rate, format=kind, subtype=subtype)
    found = document(capsys, file)
    assert found["provenance"] is None
    assert found["made_by_companion"]


def test_three_seconds_resampled_twice_and_in_stereo_are_known(tmp_path, capsys):
    crop = Watermark(RATE).mark(said())[RATE : 4 * RATE]
    sound = soxr.resample(soxr.resample(crop, RATE, 16_000), 16_000, 48_000)
    soundfile.write(tmp_path / "crop.wav", sound.repeat(2).reshape(-1, 2), 48_000)
    assert document(capsys, tmp_path / "crop.wav")["made_by_companion"]


def test_speech_without_marks_is_not_claimed(tmp_path, capsys):
    soundfile.write(tmp_path / "other.wav", said(), RATE)
    assert not document(capsys, tmp_path / "other.wav")["made_by_companion"]
    assert "No mark of a companion was found." in answered(capsys, str(tmp_path / "other.wav"))


@pytest.mark.parametrize("what", ["missing", "folder", "text", "headerless"])
def test_what_cannot_be_heard_is_refused_in_a_sentence(tmp_path, what):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("hello")
    (tmp_path / "headerless.raw").write_bytes(b"\0" * 99)
    file = tmp_path / ("headerless.raw" if what == "headerless" else what)
    with pytest.raises(RecordingError) as refused:
        verify.main([str(file)], standalone_mode=False)
    assert refused.value.sentence.endswith(".")
    assert refused.value.hint


def test_a_recording_without_sound_carries_no_watermark(tmp_path, capsys):
    MarkedWav(tmp_path / "said.wav", RATE, WHO).close()
    found = document(capsys, tmp_path / "said.wav")
    assert found["made_by_companion"]
    assert not found["watermark"]["found"]
