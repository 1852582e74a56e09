from pathlib import Path

import msgspec
import pytest

from companion_voice import paths
from companion_voice.errors import ModelError
from companion_voice.models import store
from companion_voice.models.catalogue import Catalogue, Entry
from tests.models import hub

FILES = {
    "model.bin": b"1234",
    "config.json": b"{}",
    "big.gguf": b"big",
    "small.gguf": b"s",
    "voice.onnx": b"\x08\x08",
    "voice.onnx.json": b"{}",
}
HEARING = hub.entry({"model.bin": b"1234", "config.json": b"{}"}, "my-hearing", "faster-whisper")
BIG = hub.entry({"big.gguf": b"big"}, "my-big")
SMALL = hub.entry({"small.gguf": b"s"}, "my-small")
VOICE = hub.entry({"a/b/voice.onnx": FILES["voice.onnx"], "a/b/voice.onnx.json": b"{}"}, "my-voice", "piper")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home whose own catalogue has four models, none of them here."""
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    place = paths.private_folder(paths.configuration_folder()) / "models.yaml"
    place.write_bytes(msgspec.json.encode(Catalogue((HEARING, BIG, SMALL, VOICE))))
    return tmp_path


def lay(entry: Entry) -> None:
    """Put the files of `entry` where they lie."""
    paths.private_folder(store.folder(entry))
    for file in entry.files:
        store.place(entry, file).write_bytes(FILES[file.name])


def test_nothing_is_installed_in_a_new_home() -> None:
    assert store.installed() == ()
    assert store.best("llm", "en") is None
    assert store.arrived(BIG) == 0


def test_a_model_is_installed_when_every_file_is_there() -> None:
    lay(VOICE)
    assert store.installed() == (VOICE,)
    assert store.arrived(VOICE) == VOICE.size
    store.place(VOICE, VOICE.files[1]).unlink()
    assert store.installed() == ()


def test_a_file_of_another_size_does_not_count() -> None:
    lay(VOICE)
    store.place(VOICE, VOICE.files[0]).write_bytes(b"123")
    assert not store.complete(VOICE)


def test_a_part_does_not_count_as_its_file() -> None:
    paths.private_folder(store.folder(SMALL))
    store.partial(SMALL, SMALL.files[0]).write_bytes(FILES["small.gguf"])
    assert not store.complete(SMALL)
    assert store.arrived(SMALL) == 1


def test_the_best_is_the_first_of_the_catalogue_that_is_here_and_knows_the_language() -> None:
    lay(SMALL)
    assert store.best("llm", "en") == SMALL
    lay(BIG)
    assert store.best("llm", "en") == BIG
    assert store.best("llm", "fr") is None
    assert store.best("tts", "en") is None


def test_each_engine_gets_what_it_opens() -> None:
    for entry in (HEARING, BIG, VOICE):
        lay(entry)
    assert store.locate("stt", "my-hearing").path == store.folder(HEARING)
    assert store.locate("llm", "my-big").path == store.folder(BIG) / "big.gguf"
    assert store.locate("tts", "my-voice").path == store.folder(VOICE) / "voice.onnx"


def test_the_prompt_template_comes_with_the_model() -> None:
    lay(BIG)
    assert store.locate("llm", "my-big").tuning == {"template": "chatml"}


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.gguf").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for wanted in (str(tmp_path / "own.gguf"), "own.gguf", "./own.gguf", "~/own.gguf"):
        assert store.locate("llm", wanted) == store.Found(tmp_path / "own.gguf", "llama-cpp")


def test_a_model_that_is_known_but_not_here_is_to_be_pulled() -> None:
    with pytest.raises(ModelError) as caught:
        store.locate("llm", "my-big")
    assert caught.value.sentence == "The model “my-big” is not installed."
    assert caught.value.hint == "Get it with: companion models pull my-big"
    assert caught.value.exit_code == 78


def test_a_model_for_something_else_is_refused() -> None:
    lay(VOICE)
    with pytest.raises(ModelError, match="“my-voice” is a model for speaking, not for answering"):
        store.locate("llm", "my-voice")


@pytest.mark.parametrize("wanted", ["/nowhere/at/all", "nothing.gguf", "some/where"])
def test_a_path_that_does_not_exist_is_named(wanted: str) -> None:
    with pytest.raises(ModelError, match=f"There is no model at {wanted}"):
        store.locate("llm", wanted)


def test_a_misspelt_name_gets_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean “my-small”"):
        store.locate("llm", "my-smal")
