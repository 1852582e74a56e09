"""The real download code against a stand-in of the hub."""

import itertools
import resource
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from huggingface_hub import constants

from companion_voice import paths
from companion_voice.errors import ConfigurationError, DownloadError
from companion_voice.models import download, lock, store
from tests.models import hub as stand_in
from tests.models.hub import Hub, cut, dripping, elsewhere, endless, refuse, short, silent

MODEL = bytes(range(256)) * 4096 * 3
"""3 MiB: several of the pieces a download comes in."""
FILES = {"some/folder/model.gguf": MODEL, "some/folder/model.json": b"{}"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    for name in ("HF_TOKEN", "HF_ENDPOINT", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with stand_in.serving(dict(FILES)) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        yield served


ENTRY = stand_in.entry(FILES)
FIRST = ENTRY.files[0]


def ignored(_: int) -> None:
    pass


def pull(progress: download.Progress = ignored) -> store.Found:
    return download.pull(ENTRY, progress)


def test_a_model_arrives_whole_under_its_own_names(hub: Hub) -> None:
    found = pull()
    assert found.path == paths.models_folder() / "some-model" / "model.gguf"
    assert found.tuning == {"template": "chatml"}
    assert found.path.read_bytes() == MODEL
    assert found.path.with_suffix(".json").read_bytes() == b"{}"
    assert sorted(p.name for p in found.path.parent.iterdir()) == ["model.gguf", "model.json"]


def test_what_arrives_is_private(hub: Hub) -> None:
    found = pull()
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    for folder in (found.path.parent, paths.models_folder(), paths.data_folder()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_lock_records_what_arrived_and_from_where(hub: Hub) -> None:
    pull()
    locked = lock.read()["some-model"]
    assert (locked.repository, locked.revision) == (stand_in.REPOSITORY, stand_in.REVISION)
    assert locked.files == ENTRY.files


def test_the_lock_keeps_the_models_recorded_before(hub: Hub) -> None:
    pull()
    download.pull(stand_in.entry({"some/folder/model.json": b"{}"}, "another"), ignored)
    assert set(lock.read()) == {"some-model", "another"}


def test_progress_only_grows_and_ends_at_the_whole(hub: Hub) -> None:
    hub.faults.append(dripping(40))
    seen: list[int] = []
    pull(seen.append)
    assert len(seen) > 5
    assert all(before <= after for before, after in itertools.pairwise(seen))
    assert seen[-1] == ENTRY.size


def test_neither_a_token_nor_anything_about_this_machine_is_sent(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_not_to_be_seen")
    pull()
    assert hub.requests
    for request in hub.requests:
        assert "authorization" not in request.headers
        assert request.headers["user-agent"].startswith("companion-voice/")
        assert ";" not in request.headers["user-agent"]


def test_a_cut_connection_is_taken_up_where_it_broke(hub: Hub) -> None:
    hub.faults.append(cut(after=1_500_000))
    assert pull().path.read_bytes() == MODEL
    again = hub.bodies()[1].headers["range"]
    assert 0 < int(again.removeprefix("bytes=").rstrip("-")) <= 1_500_000


def test_a_later_pull_goes_on_with_what_an_earlier_one_left(hub: Hub) -> None:
    hub.faults.extend([cut(after=1_500_000), refuse(503)])
    with pytest.raises(DownloadError, match="in trouble"):
        pull()
    left = store.partial(ENTRY, FIRST).stat().st_size
    assert 0 < left <= 1_500_000
    assert not store.place(ENTRY, FIRST).exists()
    assert store.arrived(ENTRY) == left

    seen: list[int] = []
    assert pull(seen.append).path.read_bytes() == MODEL
    assert hub.bodies()[2].headers["range"] == f"bytes={left}-"
    assert seen[0] > left


def test_an_interruption_leaves_a_part_that_is_taken_up_again(hub: Hub) -> None:
    def interrupt(here: int) -> None:
        if here > 1_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.pull(ENTRY, interrupt)
    left = store.partial(ENTRY, FIRST).stat().st_size
    assert left > 1_000_000
    assert not store.place(ENTRY, FIRST).exists()
    assert pull().path.read_bytes() == MODEL
    assert hub.bodies()[-2].headers["range"] == f"bytes={left}-"


def test_a_server_that_cannot_resume_sends_everything_again(hub: Hub) -> None:
    hub.ranges = False
    hub.faults.append(cut(after=1_500_000))
    assert pull().path.read_bytes() == MODEL


def test_a_server_that_falls_silent_is_asked_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.3)
    hub.faults.append(silent(after=0))
    assert pull().path.read_bytes() == MODEL


def test_a_body_that_ends_early_never_gets_its_final_name(hub: Hub) -> None:
    hub.faults.append(short(by=1000))
    with pytest.raises(DownloadError, match="arrived incomplete") as caught:
        pull()
    assert "what has arrived is kept" in caught.value.hint
    assert not store.place(ENTRY, FIRST).exists()
    assert pull().path.read_bytes() == MODEL


def test_other_bytes_of_the_same_length_are_thrown_away(hub: Hub) -> None:
    hub.files[FIRST.path] = MODEL[:-1] + b"!"
    with pytest.raises(DownloadError, match="damaged or altered"):
        pull()
    assert list(store.folder(ENTRY).iterdir()) == []
    hub.files[FIRST.path] = MODEL
    assert pull().path.read_bytes() == MODEL


def test_a_body_without_an_end_is_stopped_at_the_size_that_is_known(hub: Hub) -> None:
    hub.faults.append(endless(most=200 * len(MODEL)))
    with pytest.raises(DownloadError, match="More came than the 3,145,728 bytes"):
        pull()
    assert hub.sent < 100 * len(MODEL)
    assert store.partial(ENTRY, FIRST).stat().st_size <= len(MODEL)
    assert not store.place(ENTRY, FIRST).exists()
    assert pull().path.read_bytes() == MODEL


def test_a_redirect_is_followed_to_the_bytes(hub: Hub) -> None:
    hub.faults.append(elsewhere(f"{hub.address}/cdn/{FIRST.path}"))
    assert pull().path.read_bytes() == MODEL


@pytest.mark.parametrize("address", ["", "file:///etc/hostname", "ftp://127.0.0.1/model.gguf"])
def test_a_redirect_that_leads_nowhere_is_told_and_nothing_arrives(hub: Hub, address: str) -> None:
    hub.faults.extend([elsewhere(address)] * 100)
    with pytest.raises(DownloadError) as caught:
        pull()
    assert caught.value.hint
    assert len(hub.bodies()) < 100
    assert store.arrived(ENTRY) == 0


UNKNOWN = msgspec.structs.replace(ENTRY, files=tuple(msgspec.structs.replace(f, sha256="") for f in ENTRY.files))


def test_without_a_public_digest_the_first_download_is_trusted_and_its_digest_kept(hub: Hub) -> None:
    download.pull(UNKNOWN, ignored)
    assert lock.read()["some-model"].files == ENTRY.files


def test_after_that_other_bytes_are_no_longer_taken(hub: Hub) -> None:
    found = download.pull(UNKNOWN, ignored)
    found.path.write_bytes(b"!" + MODEL[1:])
    hub.files[FIRST.path] = b"!" + MODEL[1:]
    with pytest.raises(DownloadError, match="damaged or altered"):
        download.pull(UNKNOWN, ignored)
    hub.files[FIRST.path] = MODEL
    assert download.pull(UNKNOWN, ignored).path.read_bytes() == MODEL


def test_another_size_than_the_catalogues_is_refused_before_anything_is_fetched(hub: Hub) -> None:
    hub.files[FIRST.path] = MODEL + b"more"
    with pytest.raises(DownloadError, match=r"3,145,732 bytes instead of 3,145,728"):
        pull()
    assert hub.bodies() == []


def test_a_part_that_is_too_long_is_begun_anew(hub: Hub) -> None:
    paths.private_folder(store.folder(ENTRY))
    store.partial(ENTRY, FIRST).write_bytes(MODEL + b"more")
    assert pull().path.read_bytes() == MODEL


def test_parts_of_another_version_are_cleared_away(hub: Hub) -> None:
    paths.private_folder(store.folder(ENTRY))
    (store.folder(ENTRY) / "model.gguf.ba9876543210.part").write_bytes(b"old")
    pull()
    assert list(store.folder(ENTRY).glob("*.part")) == []


def test_a_model_that_is_here_is_not_fetched_again(hub: Hub) -> None:
    pull()
    fetched = len(hub.requests)
    seen: list[int] = []
    pull(seen.append)
    assert len(hub.requests) == fetched
    assert seen[-1] == ENTRY.size


def test_pulling_again_mends_a_file_that_was_damaged_here(hub: Hub) -> None:
    found = pull()
    found.path.write_bytes(b"\0" + MODEL[1:])
    pull()
    assert found.path.read_bytes() == MODEL


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "to everybody (answer 401)"),
        (403, "to everybody (answer 403)"),
        (404, "no longer has “some-model”"),
        (429, "too many requests"),
        (500, "in trouble (answer 500)"),
        (503, "in trouble (answer 503)"),
    ],
)
def test_a_refusal_is_told_in_one_sentence(hub: Hub, status: int, sentence: str) -> None:
    hub.status = status
    with pytest.raises(DownloadError) as caught:
        pull()
    assert sentence in caught.value.sentence
    assert caught.value.hint
    assert caught.value.exit_code == 1
    assert hub.bodies() == []


def test_a_file_the_repository_lacks_is_told_as_such(hub: Hub) -> None:
    del hub.files[FIRST.path]
    with pytest.raises(DownloadError, match="no longer has"):
        pull()


def test_a_hub_that_cannot_be_reached_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(DownloadError, match="connection to") as caught:
            pull()
    assert address in caught.value.sentence
    assert "Check the network" in caught.value.hint


@pytest.mark.parametrize("address", ["nonsense", "ftp://example.org", "http://", "http://example.org:port"])
def test_an_endpoint_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(DownloadError, match="HF_ENDPOINT is not a web address"):
        pull()


def test_a_model_larger_than_the_disk_is_refused_before_it_begins(hub: Hub) -> None:
    huge = msgspec.structs.replace(ENTRY, files=(msgspec.structs.replace(FIRST, size=10**18),))
    with pytest.raises(DownloadError, match=r"needs 1,000,000,000,000 MB more, but only"):
        download.pull(huge, ignored)
    assert hub.requests == []


def test_a_disk_that_takes_no_more_is_told_and_the_part_is_kept(hub: Hub) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(DownloadError, match="could not be written: File too large"):
            pull()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.partial(ENTRY, FIRST).stat().st_size == 1_000_000
    assert pull().path.read_bytes() == MODEL


def test_a_folder_that_cannot_be_made_is_told(hub: Hub, home: Path) -> None:
    (home / "data").write_bytes(b"in the way")
    with pytest.raises(ConfigurationError, match="cannot be made: File exists"):
        pull()
    assert hub.requests == []


def test_downloads_that_are_switched_off_stay_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="switched off by HF_HUB_OFFLINE"):
        pull()
    assert hub.requests == []
