"""Which companion is talking now, so that `companion stop` finds it. A lock says whether it still lives."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from companion_voice import paths


@contextmanager
def announced() -> Iterator[None]:
    """Let this process be found while the block runs; a second companion simply is not the one that is found."""
    file = _file()
    paths.private_folder(file.parent)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield
            return
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
        lock.truncate(0)


def stop() -> bool:
    """Ask the companion that is talking to end; False when none is."""
    try:
        with _file().open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                os.kill(int(lock.read()), signal.SIGTERM)
                return True
    except (FileNotFoundError, ValueError, ProcessLookupError):
        pass
    return False


def _file() -> Path:
    return paths.data_folder() / "talking.pid"
