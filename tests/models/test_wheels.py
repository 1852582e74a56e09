"""A model out of a Python wheel: the real pip against a stand-in of a package index on this machine."""

import hashlib
import os
import stat
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import pytest
from huggingface_hub import constants

from companion_voice import paths
from companion_voice.errors import DownloadError
from companion_voice.models import download, lock, store
from companion_voice.models.catalogue import Entry, File, Wheel

MEMBER = "some_package/data/network.onnx"
NETWORK = b"\x12\xfc\x9f\x1f" + (bytes(range(256)) * 2000)[4:]
"""What protobuf takes for an ONNX model with a long name for who made it."""
CODE = "raise SystemExit('this must never run')\n"


class Index:
    """A simple index (PEP 503) of one package, and what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def offer(self, name: str, data: bytes) -> None:
        """Let the index have this one distribution."""
        page = self.folder / "simple" / "some-package"
        page.mkdir(parents=True, exist_ok=True)
        (page / name).write_bytes(data)
        (page / "index.html").write_text(f'<!DOCTYPE html><a href="{name}">{name}</a>')


class Handler(SimpleHTTPRequestHandler):
    def __init__(self, index: Index, *arguments: object) -> None:
        self._index = index
        super().__init__(*arguments, directory=str(index.folder))

    def log_message(self, *_: object) -> None:
        self._index.asked.append(self.path)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a new home, a temporary folder of the test's own, and a pip that nobody has configured."""
    for name in list(os.environ):
        if name.startswith("PIP_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    (tmp_path / "temporary").mkdir()
    for name, value in {
        "COMPANION_VOICE_HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "temporary"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    served = Index(tmp_path / "index")
    (served.folder / "simple").mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, served)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        server.shutdown()
        thread.join(10)


def wheel(members: dict[str, bytes] | None = None, needs_python: str = ">=3") -> bytes:
    """Make a wheel that carries the network beside code that must never run."""
    info = "some_package-1.2.dist-info"
    files = {"some_package/__init__.py": CODE.encode(), **({MEMBER: NETWORK} if members is None else members)}
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: some-package\nVersion: 1.2\nRequires-Python: {needs_python}\n"
        "Requires-Dist: something-that-is-nowhere\n"
    ).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]).encode()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def entry(distribution: bytes, network: bytes = NETWORK) -> Entry:
    return Entry(
        name="my-detector",
        kind="turn",
        engine="smart-turn",
        wheel=Wheel("some-package", "1.2", hashlib.sha256(distribution).hexdigest()),
        files=(File(MEMBER, len(network), hashlib.sha256(network).hexdigest()),),
        languages=("en",),
        licence="public domain",
        good_for="Tests.",
    )


def offered(index: Index, distribution: bytes) -> Entry:
    index.offer("some_package-1.2-py3-none-any.whl", distribution)
    return entry(distribution)


def ignored(_: int) -> None:
    pass


def refusal(wanted: Entry) -> DownloadError:
    """Pull what cannot be had, check that nothing of it stays, and return why."""
    with pytest.raises(DownloadError) as caught:
        download.pull(wanted, ignored)
    assert not store.complete(wanted)
    assert not (paths.models_folder() / "models.lock.json").exists()
    assert list(Path(os.environ["TMPDIR"]).iterdir()) == []
    assert "\n" not in caught.value.sentence
    return caught.value


def test_the_one_file_arrives_and_the_rest_is_thrown_away(index: Index) -> None:
    found = download.pull(offered(index, wheel()), ignored)
    assert found == store.Found(paths.models_folder() / "my-detector" / "network.onnx", "smart-turn")
    assert found.path.read_bytes() == NETWORK
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert list(found.path.parent.iterdir()) == [found.path]
    assert list(Path(os.environ["TMPDIR"]).iterdir()) == []


def test_the_package_is_neither_imported_nor_installed_nor_are_its_needs_fetched(index: Index) -> None:
    download.pull(offered(index, wheel()), ignored)
    assert find_spec("some_package") is None
    assert {path.split("/")[2] for path in index.asked} == {"some-package"}


def test_the_lock_records_the_wheel_it_came_from(index: Index) -> None:
    wanted = offered(index, wheel())
    download.pull(wanted, ignored)
    locked = lock.read()["my-detector"]
    assert (locked.wheel, locked.files) == (wanted.wheel, wanted.files)


def test_progress_ends_at_the_whole(index: Index) -> None:
    seen: list[int] = []
    download.pull(offered(index, wheel()), seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(NETWORK)


def test_what_is_here_is_checked_without_asking_again(index: Index) -> None:
    wanted = offered(index, wheel())
    download.pull(wanted, ignored)
    index.asked.clear()
    download.pull(wanted, ignored)
    assert index.asked == []


def test_a_damaged_file_and_a_part_of_an_earlier_attempt_are_mended(index: Index) -> None:
    wanted = offered(index, wheel())
    place = download.pull(wanted, ignored).path
    place.write_bytes(NETWORK[::-1])
    store.partial(wanted, wanted.files[0]).write_bytes(b"half of it")
    assert download.pull(wanted, ignored).path.read_bytes() == NETWORK


def test_a_wheel_for_another_python_will_do_because_nothing_of_it_runs(index: Index) -> None:
    assert download.pull(offered(index, wheel(needs_python=">=9")), ignored).path.read_bytes() == NETWORK


def test_pip_is_not_taken_from_the_folder_one_happens_to_be_in(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    assert download.pull(offered(index, wheel()), ignored).path.read_bytes() == NETWORK


def test_an_altered_wheel_is_refused(index: Index) -> None:
    index.offer("some_package-1.2-py3-none-any.whl", wheel({MEMBER: NETWORK[::-1]}))
    error = refusal(entry(wheel()))
    assert error.sentence == "The Python package some-package 1.2 arrived damaged or altered, and was thrown away."
    assert "pip config list" in error.hint


def test_a_source_package_is_never_taken(index: Index) -> None:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        setup = tarfile.TarInfo("some_package-1.2/setup.py")
        setup.size = len(CODE)
        archive.addfile(setup, BytesIO(CODE.encode()))
    index.offer("some_package-1.2.tar.gz", buffer.getvalue())
    assert "not in the package index" in refusal(entry(buffer.getvalue())).sentence
    assert not [path for path in index.asked if path.endswith(".gz")]


def test_a_package_the_index_does_not_have(index: Index) -> None:
    error = refusal(entry(wheel()))
    assert error.sentence == "The Python package some-package 1.2 is not in the package index that pip uses."


def test_an_index_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    error = refusal(entry(wheel()))
    assert error.sentence == (
        "The Python package some-package 1.2 could not be fetched: the package index does not answer."
    )
    assert "Check the network" in error.hint


def test_what_else_pip_complains_about_is_said_in_its_words(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_PROXY", "http://[")
    assert "could not be fetched by pip (" in refusal(offered(index, wheel())).sentence


@pytest.mark.parametrize(
    ("members", "how"),
    [
        ({}, "is not there"),
        ({MEMBER: NETWORK[:-1]}, "has 511,999 bytes instead of 512,000"),
    ],
)
def test_a_wheel_without_the_file_the_catalogue_means(index: Index, members: dict[str, bytes], how: str) -> None:
    error = refusal(offered(index, wheel(members)))
    assert error.sentence == f"The Python package is not as the catalogue says: {MEMBER} {how}."


def test_a_file_that_cannot_be_unpacked(index: Index) -> None:
    damaged = wheel().replace(NETWORK[:64], NETWORK[64:128], 1)
    assert "cannot be unpacked" in refusal(offered(index, damaged)).sentence


def test_a_file_of_the_right_size_and_other_bytes_is_thrown_away(index: Index) -> None:
    wanted = offered(index, wheel({MEMBER: NETWORK[::-1]}))
    assert "network.onnx of “my-detector” arrived damaged or altered" in refusal(wanted).sentence
    assert list(store.folder(wanted).iterdir()) == []


def test_downloads_that_are_switched_off_stay_off(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "switched off by HF_HUB_OFFLINE" in refusal(offered(index, wheel())).sentence
    assert index.asked == []


def test_a_python_without_pip_says_how_to_get_it(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    error = refusal(offered(index, wheel()))
    assert "missing from this Python" in error.sentence
    assert "ensurepip" in error.hint
