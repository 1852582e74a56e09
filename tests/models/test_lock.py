"""What is loaded is what arrived: the lock beside the models."""

import os
from pathlib import Path

import msgspec
import pytest

from companion_voice import paths
from companion_voice.errors import ConfigurationError, ModelError
from companion_voice.models import lock, store
from companion_voice.models.catalogue import Entry
from tests.models import hub

MODEL = bytes(range(256)) * 400
FILES = {"my.gguf": MODEL, "my.json": b"{}"}
ENTRY = hub.entry(FILES, "mine")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home whose own catalogue has one model, which is here and locked."""
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    hub.known(ENTRY)
    lay(FILES)
    lock.record(ENTRY, store.folder(ENTRY))
    return tmp_path


def lay(files: dict[str, bytes]) -> None:
    folder = paths.private_folder(store.folder(ENTRY))
    for name, body in files.items():
        (folder / name).write_bytes(body)


def file(name: str = "my.gguf") -> Path:
    return store.folder(ENTRY) / name


def wrong(entry: Entry = ENTRY) -> list[str]:
    return list(lock.faults(entry, store.folder(entry), lambda _: None))


def test_a_model_as_it_arrived_loads() -> None:
    assert store.locate("llm", "mine").path == file()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_that_was_changed_does_not_load(name: str) -> None:
    body = file(name).read_bytes()
    file(name).write_bytes(b"!" + body[1:])
    with pytest.raises(ModelError) as caught:
        store.locate("llm", "mine")
    assert caught.value.sentence.startswith(f"{name} of the model “mine” is damaged, or was changed")
    assert caught.value.hint.endswith("companion models pull mine")
    assert caught.value.exit_code == 78


def test_a_file_that_was_cut_does_not_load() -> None:
    file().write_bytes(MODEL[:-1])
    with pytest.raises(ModelError, match="not installed"):
        store.locate("llm", "mine")


def test_a_file_that_was_only_touched_is_read_once_and_then_loads_without_being_read() -> None:
    os.utime(file(), ns=(1, 1))
    assert store.locate("llm", "mine").path == file()
    assert lock.read()["mine"].unchanged_since["my.gguf"] == 1
    file().write_bytes(b"!" + MODEL[1:])
    os.utime(file(), ns=(1, 1))
    assert store.locate("llm", "mine").path == file()  # as cheap as it is: it looks at the size and the time only
    assert wrong() == ["my.gguf was changed"]


def test_what_is_here_without_a_lock_is_read_before_it_loads() -> None:
    lock.place().unlink()
    assert store.locate("llm", "mine").path == file()
    assert lock.read()["mine"].files == ENTRY.files
    lock.place().unlink()
    file().write_bytes(b"!" + MODEL[1:])
    with pytest.raises(ModelError, match="is damaged"):
        store.locate("llm", "mine")


def test_a_lock_of_another_version_says_nothing_about_this_one() -> None:
    other = msgspec.structs.replace(ENTRY, revision="f" * 40)
    hub.known(other)
    file().write_bytes(b"!" + MODEL[1:])
    os.utime(file(), ns=(1, 1))
    with pytest.raises(ModelError, match="is damaged"):
        store.locate("llm", "mine")


def unpinned() -> Entry:
    return msgspec.structs.replace(ENTRY, files=tuple(msgspec.structs.replace(f, sha256="") for f in ENTRY.files))


def test_a_file_of_which_nobody_knows_the_digest_does_not_load_until_it_was_trusted() -> None:
    hub.known(unpinned())
    lock.place().unlink()
    with pytest.raises(ModelError) as caught:
        store.locate("llm", "mine")
    assert "Nobody knows what my.gguf" in caught.value.sentence
    assert "companion models lock" in caught.value.hint
    lock.trust(unpinned(), store.folder(ENTRY))
    assert store.locate("llm", "mine").path == file()
    file().write_bytes(b"!" + MODEL[1:])
    with pytest.raises(ModelError, match="is damaged"):
        store.locate("llm", "mine")


def test_what_the_catalogue_knows_to_be_another_file_cannot_be_trusted() -> None:
    file().write_bytes(b"!" + MODEL[1:])
    with pytest.raises(ModelError, match="is damaged"):
        lock.trust(ENTRY, store.folder(ENTRY))


def test_everything_that_is_wrong_is_named() -> None:
    assert wrong() == []
    file().write_bytes(MODEL[:-1])
    file("my.json").unlink()
    assert wrong() == ["my.gguf has 102,399 bytes instead of 102,400", "my.json is missing"]
    lay(FILES)
    lock.place().unlink()
    assert wrong(unpinned()) == [
        "my.gguf has no digest to be compared with",
        "my.json has no digest to be compared with",
    ]


def test_a_lock_that_cannot_be_written_does_not_keep_a_sound_model_from_loading() -> None:
    lock.place().unlink()
    lock.place().with_name("models.lock.json.part").mkdir()
    assert store.locate("llm", "mine").path == file()
    assert not lock.place().exists()


@pytest.mark.parametrize("text", ["[]", "{", "", '{"mine": {"files": 3}}'])
def test_a_damaged_lock_is_named_instead_of_overwritten(text: str) -> None:
    lock.place().write_text(text)
    with pytest.raises(ConfigurationError, match=r"models\.lock\.json cannot be read") as caught:
        store.locate("llm", "mine")
    assert caught.value.hint
    with pytest.raises(ConfigurationError):
        lock.record(ENTRY, store.folder(ENTRY))
    assert lock.place().read_text() == text
