"""Heads of prompts on disk, computed: a persona that has been met before is there at once.

One file a head, for its owner only. What is saved depends on everything it was computed with, so all of that is in
its name and in its checksum; a file that does not fit, or was damaged, is as good as none. A head tells who the
companion is and nothing of what was said, so there is nothing of the person's here to forget.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from companion_voice import paths
from companion_voice.errors import ConfigurationError

MOST = 8
"""Files kept; those not used for the longest time go."""
_SUFFIX = ".head"
_CHECKSUM = 32
_MEBIBYTE = 1024 * 1024

_log = logging.getLogger(__name__)


class SavedHeads:
    """The heads one model has computed."""

    def __init__(self, folder: Path, model: bytes) -> None:
        """Keep them in `folder`; `model` stands for all that a computed head depends on besides its tokens."""
        self._folder = folder
        self._model = model

    def read(self, head: Sequence[int]) -> bytes | None:
        """Return the state that the tokens of `head` left, or None where it was not saved."""
        key = self._key(head)
        file = self._file(key)
        try:
            data = file.read_bytes()
            if data[:_CHECKSUM] == _checksum(key, memoryview(data)[_CHECKSUM:]):
                os.utime(file)
                return data[_CHECKSUM:]
            _log.warning("%s is damaged and will be written anew.", file)
        except FileNotFoundError:
            pass
        except OSError as error:
            _log.warning("%s cannot be read: %s", file, error)
        return None

    def write(self, head: Sequence[int], state: bytes) -> None:
        """Save the state that the tokens of `head` left. Where that cannot be done, the log says why."""
        key = self._key(head)
        try:
            handle, name = tempfile.mkstemp(_SUFFIX, dir=paths.private_folder(self._folder))
            with os.fdopen(handle, "wb") as file:
                file.write(_checksum(key, state))
                file.write(state)
            Path(name).replace(self._file(key))
            self._tidy()
        except (OSError, ConfigurationError) as error:
            _log.warning("%s cannot be written: %s", self._file(key), error)

    def _tidy(self) -> None:
        newest_last = sorted(self._folder.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime_ns)
        for file in newest_last[:-MOST]:
            file.unlink(missing_ok=True)

    def _file(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{_SUFFIX}"

    def _key(self, head: Sequence[int]) -> bytes:
        return hashlib.blake2b(np.asarray(head, np.int32).tobytes(), key=self._model, digest_size=_CHECKSUM).digest()


def fingerprint(model: Path, *circumstances: object) -> bytes:
    """Return 32 bytes that are others for another model file, or in other circumstances. Raises `OSError`."""
    stat = model.stat()
    digest = hashlib.blake2b(repr((stat.st_size, stat.st_mtime_ns, *circumstances)).encode(), digest_size=_CHECKSUM)
    with model.open("rb") as file:
        digest.update(file.read(_MEBIBYTE))
        file.seek(max(0, stat.st_size - _MEBIBYTE))
        digest.update(file.read(_MEBIBYTE))
    return digest.digest()


def _checksum(key: bytes, state: bytes | memoryview) -> bytes:
    return hashlib.blake2b(state, key=key, digest_size=_CHECKSUM).digest()
