"""A gate: the one way to one server for a companion whose processes cannot open a socket to a network.

It is a small process, started before the network is closed, that connects a socket of files with one host and port.
Everything else, the engine's own process too, stays confined and speaks through that socket.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from companion_voice import paths
from companion_voice.engines.remote.address import Address
from companion_voice.errors import EngineError

_NEEDED: Final = ("PATH", "PYTHONPATH")
"""Of the environment; the rest, a key among it, is none of its business."""
_PATIENCE: Final = 2.0
_LONGEST_PATH: Final = 107
"""Bytes of the path of a socket (unix(7))."""


class Gate:
    """One gate, open until it is closed or the process that opened it ends."""

    def __init__(self, address: Address, socket: Path) -> None:
        """Open it. Raises `EngineError` when it cannot be."""
        self.address = address
        self.socket = socket
        if len(os.fsencode(socket)) > _LONGEST_PATH:
            raise EngineError(f"The path {socket} is too long for a socket.", "Move COMPANION_VOICE_HOME.")
        paths.private_folder(socket.parent)
        module = "companion_voice.engines.remote.forward"
        self._process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
            [sys.executable, "-P", "-m", module, str(socket), address.host, str(address.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            process_group=0,
        )
        if not self._process.stdout or self._process.stdout.readline() != b"open\n":
            self.close()
            raise EngineError(f"No way to {address.name} could be opened.")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate(timeout=_PATIENCE)
        self.socket.unlink(missing_ok=True)
