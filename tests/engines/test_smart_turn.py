"""Smart Turn: its loader and what it hears, on a network of our own making; how well it judges, on the real one."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from companion_voice.engines import registry
from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.turn import smart_turn
from companion_voice.engines.turn.smart_turn import SmartTurn
from companion_voice.errors import ModelError
from tests import synthetic_turn

REAL = os.environ.get("COMPANION_VOICE_SMART_TURN", "")


@pytest.fixture(scope="module")
def micro_detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_turn.detector(tmp_path_factory.mktemp("turn") / "detector.onnx")


@pytest.fixture
def detector(micro_detector: Path) -> SmartTurn:
    return loaded(micro_detector)


def loaded(file: Path) -> SmartTurn:
    return smart_turn.load(EngineOptions(model=str(file)))


def noise(seconds: float, loudness: float = 0.1) -> Samples:
    shape = round(seconds * HEARING_RATE)
    return (loudness * np.random.default_rng(1).standard_normal(shape)).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * HEARING_RATE), np.float32)


def test_it_is_found_by_its_name(micro_detector: Path) -> None:
    assert "smart-turn" in registry.names("turn")
    detector = registry.load("turn", "smart-turn")(EngineOptions(model=str(micro_detector)))
    assert isinstance(detector, SmartTurn)


def test_what_was_heard_last_stands_at_the_end_of_the_spectrum(detector: SmartTurn) -> None:
    detector.feed(noise(2))
    assert detector.complete() < 0.1
    detector.feed(silence(0.5))
    assert detector.complete() > 0.9


def test_asking_changes_nothing(detector: SmartTurn) -> None:
    detector.feed(noise(1))
    assert detector.complete() == detector.complete()


def test_the_pieces_sound_comes_in_make_no_difference(detector: SmartTurn) -> None:
    sound = np.concatenate([noise(1.3), silence(0.1)])
    detector.feed(sound)
    whole = detector.complete()
    detector.begin()
    for piece in np.array_split(sound, 31):
        detector.feed(piece)
    assert detector.complete() == whole


def test_how_loud_a_person_is_makes_no_difference(detector: SmartTurn) -> None:
    heard = []
    for loudness in (0.3, 0.003):
        detector.begin()
        detector.feed(np.concatenate([noise(1, loudness), silence(0.05)]))
        heard.append(detector.complete())
    assert heard[0] == pytest.approx(heard[1], abs=0.01)


def test_only_the_last_eight_seconds_count(detector: SmartTurn) -> None:
    last = np.concatenate([noise(7.9), silence(0.1)])
    detector.feed(last)
    alone = detector.complete()
    detector.begin()
    detector.feed(noise(20, loudness=0.9))
    detector.feed(last)
    assert detector.complete() == alone
    detector.begin()
    detector.feed(np.concatenate([noise(20, loudness=0.9), last]))
    assert detector.complete() == alone


def test_a_new_turn_knows_nothing_of_the_one_before(detector: SmartTurn) -> None:
    nothing = detector.complete()
    detector.feed(noise(3))
    assert detector.complete() != nothing
    detector.begin()
    assert detector.complete() == nothing


def test_it_hears_through_whispers_spectrum(detector: SmartTurn) -> None:
    """A pure tone lies in the band of its pitch, in every frame, and nothing else does."""
    pitches = [300, 1000, 3000]
    bands = []
    for pitch in pitches:
        tone = np.sin(2 * np.pi * pitch * np.arange(8 * HEARING_RATE) / HEARING_RATE).astype(np.float32)
        spectrum = detector._features(tone, padding=0)
        assert spectrum.shape == (80, 800)
        assert spectrum.dtype == np.float32
        [band] = set(spectrum[:, 5:-5].argmax(axis=0).tolist())
        bands.append(band)
    mels = detector._features.mel_filters
    frequencies = np.fft.rfftfreq(400, 1 / HEARING_RATE)
    assert bands == [int(mels[:, np.abs(frequencies - pitch).argmin()].argmax()) for pitch in pitches]


def test_loading_it_does_not_load_the_recogniser(micro_detector: Path) -> None:
    code = (
        "import sys; from companion_voice.engines.protocols import EngineOptions\n"
        "from companion_voice.engines.turn.smart_turn import load\n"
        "assert 0 <= load(EngineOptions(model=sys.argv[1])).complete() <= 1\n"
        "assert not {'faster_whisper', 'ctranslate2', 'av'} & set(sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(micro_detector)], capture_output=True, text=True, timeout=30, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["nothing.onnx", "."])
def test_a_detector_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        loaded(tmp_path / name)
    assert caught.value.sentence == f"There is no end-of-turn detector at {tmp_path / name}."
    assert "companion models pull" in caught.value.hint


@pytest.mark.parametrize(
    "data", [b"", b"version https://git-lfs.github.com/spec/v1\n", bytes(range(256)) * 40, b"\x08\x08" * 99]
)
def test_a_detector_that_is_something_else_is_refused(
    tmp_path: Path, data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "detector.onnx"
    file.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        loaded(file)
    assert caught.value.sentence == f"The end-of-turn detector {file} is damaged, or not one of Smart Turn v3."
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_detector_that_is_cut_short_is_refused(micro_detector: Path, tmp_path: Path, share: float) -> None:
    file = tmp_path / "detector.onnx"
    whole = micro_detector.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match="is damaged"):
        loaded(file)


def test_a_network_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not one of Smart Turn v3"):
        loaded(synthetic_turn.detector(tmp_path / "detector.onnx", bands=128))


def test_a_voice_is_no_detector(micro_voice: Path) -> None:
    with pytest.raises(ModelError, match="not one of Smart Turn v3"):
        loaded(micro_voice)


@pytest.mark.skipif(not REAL, reason="COMPANION_VOICE_SMART_TURN does not name the real Smart Turn file")
@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "Is it going to be cold tomorrow?",
        "Please remember that my sister is called Mary.",
    ],
)
def test_the_real_one_tells_a_finished_sentence_from_one_that_stops_inside(tmp_path: Path, text: str) -> None:
    detector = loaded(Path(REAL))
    said = tmp_path / "said.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(said)], check=True)
    sound, rate = soundfile.read(said, dtype="float32")
    sound = soxr.resample(sound, rate, HEARING_RATE)
    begin, *_, end = np.flatnonzero(np.abs(sound) > 0.01)
    sound = sound[begin:end]
    detector.feed(np.concatenate([sound, silence(0.2)]))
    finished = detector.complete()
    detector.begin()
    detector.feed(np.concatenate([sound[: sound.size * 7 // 10], silence(0.2)]))
    assert finished > 0.8
    assert detector.complete() < 0.4
