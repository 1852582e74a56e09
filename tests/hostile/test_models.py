"""Model files that are missing, cut short, or something else altogether: one sentence each, and nothing breaks."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from companion_voice.engines.child import Child
from companion_voice.engines.llm import gguf_header
from companion_voice.engines.messages import Ready, Refused
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import ModelError
from companion_voice.events import Kind

GARBAGE = bytes(range(256)) * 40
Damage = Callable[[Path], None]


def cut(fraction: float) -> Damage:
    def damage(file: Path) -> None:
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * fraction)])

    damage.__name__ = f"cut to {fraction}"
    return damage


def replace(data: bytes) -> Damage:
    def damage(file: Path) -> None:
        file.write_bytes(data)

    damage.__name__ = f"replaced by {data[:12]!r}"
    return damage


def remove(file: Path) -> None:
    file.unlink()


@pytest.fixture
def refusal(tmp_path: Path) -> Iterator[Callable[[Kind, str, Path], Refused]]:
    """Return a function that loads a model in a child process and returns why it was refused."""
    children = []

    def refusal(kind: Kind, engine: str, model: Path) -> Refused:
        child = Child(kind, engine, EngineOptions(model=str(model)), tmp_path / "log")
        children.append(child)
        child.start()
        answer = child.receive()
        assert isinstance(answer, Refused), answer or child.epitaph()
        assert child.receive() is None
        assert child.epitaph() == answer.sentence
        return answer

    yield refusal
    for child in children:
        child.close()


def check(answer: Refused, model: Path) -> None:
    """Check that a refusal is one short sentence that names the model, and says what to do."""
    assert answer.code == "model"
    assert str(model) in answer.sentence
    assert "\n" not in answer.sentence
    assert answer.sentence.endswith(".")
    assert "Traceback" not in answer.sentence
    assert len(answer.sentence) < 400
    assert "companion models" in answer.hint


@pytest.mark.parametrize(
    ("damaged", "damage"),
    [
        ("model.bin", remove),
        ("tokenizer.json", remove),
        ("model.bin", cut(0.5)),
        ("model.bin", cut(0)),
        ("model.bin", replace(GARBAGE)),
        ("model.bin", replace(b"Not Found\n")),
        ("config.json", replace(b"{")),
        ("vocabulary.json", cut(0.3)),
        ("tokenizer.json", cut(0.5)),
        ("tokenizer.json", replace(b"<!doctype html>")),
    ],
)
def test_a_whisper_folder_in_which_a_file_is_damaged(
    refusal: Callable[[Kind, str, Path], Refused], micro_whisper: Path, tmp_path: Path, damaged: str, damage: Damage
) -> None:
    folder = Path(shutil.copytree(micro_whisper, tmp_path / "whisper"))
    damage(folder / damaged)
    check(refusal("stt", "faster-whisper", folder), folder)


@pytest.mark.parametrize(
    ("damaged", "damage"),
    [
        ("voice.onnx", remove),
        ("voice.onnx", cut(0.5)),
        ("voice.onnx", cut(0)),
        ("voice.onnx", replace(GARBAGE)),
        ("voice.onnx", replace(b"version https://git-lfs.github.com/spec/v1\n")),
        ("voice.onnx.json", remove),
        ("voice.onnx.json", cut(0.5)),
        ("voice.onnx.json", replace(b"{}")),
        ("voice.onnx.json", replace(b"[1, 2]")),
        ("voice.onnx.json", replace(GARBAGE)),
        ("voice.onnx.json", replace(b'{"audio": {"sample_rate": "fast"}, "espeak": {"voice": "en"}}')),
    ],
)
def test_a_piper_voice_of_which_a_file_is_damaged(
    refusal: Callable[[Kind, str, Path], Refused], micro_voice: Path, tmp_path: Path, damaged: str, damage: Damage
) -> None:
    for file in micro_voice.parent.iterdir():
        shutil.copy(file, tmp_path)
    damage(tmp_path / damaged)
    check(refusal("tts", "piper", tmp_path / "voice.onnx"), tmp_path / "voice.onnx")


@pytest.mark.parametrize(
    "damage",
    [
        remove,
        cut(0.5),
        cut(0.9999),
        cut(0),
        replace(GARBAGE),
        replace(b"GGUF"),
        replace(b"# a text, not a model\n" * 99),
    ],
)
def test_a_gguf_that_is_damaged(
    refusal: Callable[[Kind, str, Path], Refused], micro_llama: Path, tmp_path: Path, damage: Damage
) -> None:
    model = Path(shutil.copy(micro_llama, tmp_path))
    damage(model)
    check(refusal("llm", "llama-cpp", model), model)


@pytest.mark.parametrize(("kind", "engine"), [("stt", "faster-whisper"), ("llm", "llama-cpp"), ("tts", "piper")])
def test_a_path_that_leads_to_the_wrong_kind_of_place(
    refusal: Callable[[Kind, str, Path], Refused], micro_voice: Path, tmp_path: Path, kind: Kind, engine: str
) -> None:
    place = micro_voice if kind == "stt" else tmp_path
    check(refusal(kind, engine, place), place)


def test_a_whole_model_is_accepted(micro_llama: Path, tmp_path: Path) -> None:
    child = Child("llm", "llama-cpp", EngineOptions(model=str(micro_llama)), tmp_path / "log")
    child.start()
    assert isinstance(child.receive(), Ready)
    child.close()


def gguf(*, version: int = 3, tensors: int = 0, keys: int = 0, rest: bytes = b"") -> bytes:
    counts = tensors.to_bytes(8, "little") + keys.to_bytes(8, "little")
    return b"GGUF" + version.to_bytes(4, "little") + counts + rest


def text(value: bytes, length: int | None = None) -> bytes:
    return (len(value) if length is None else length).to_bytes(8, "little") + value


STRING, ARRAY = (kind.to_bytes(4, "little") for kind in (8, 9))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gguf(version=99), "format version is 99"),
        (gguf(tensors=2**63), "claims to hold 9223372036854775808 tensors"),
        (gguf(keys=2**40), "claims to hold 1099511627776 keys"),
        (gguf(keys=1), "ends too early"),
        (gguf(keys=1, rest=text(b"key", 2**60)), "ends too early"),
        (gguf(keys=1, rest=text(b"key") + STRING + text(b"value", 2**64 - 1)), "ends too early"),
        (gguf(keys=1, rest=text(b"key") + (77).to_bytes(4, "little")), "unknown type 77"),
        (gguf(keys=1, rest=text(b"key") + ARRAY + STRING + (2**50).to_bytes(8, "little")), "longer than the file"),
        (
            gguf(keys=1, rest=text(b"key") + ARRAY + (4).to_bytes(4, "little") + (2**62).to_bytes(8, "little")),
            "too early",
        ),
        (gguf(keys=1, rest=text(b"key") + ARRAY + ARRAY + (1).to_bytes(8, "little")), "unknown type 9"),
        (gguf(tensors=1, rest=text(b"weights") + (99).to_bytes(4, "little")), "99 dimensions"),
        (
            gguf(
                tensors=1, rest=text(b"weights") + (1).to_bytes(4, "little") + bytes(12) + (2**40).to_bytes(8, "little")
            ),
            "ends before its weights do",
        ),
    ],
)
def test_a_gguf_head_that_promises_more_than_the_file_holds(tmp_path: Path, data: bytes, problem: str) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(data)
    with pytest.raises(ModelError, match=problem):
        gguf_header.check(model)


@pytest.mark.parametrize("size", range(24, 2000, 97))
def test_a_gguf_cut_anywhere_in_its_head_is_refused(micro_llama: Path, tmp_path: Path, size: int) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(micro_llama.read_bytes()[:size])
    with pytest.raises(ModelError, match=r"ends too early|longer than the file"):
        gguf_header.check(model)


def test_a_whole_gguf_passes(micro_llama: Path) -> None:
    gguf_header.check(micro_llama)
