"""The ways out of a companion that closes the network to itself: one gate for each remote engine, and no other.

They are opened before the network is closed, which is what makes them possible. Knows nothing of what is sent.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from msgspec.structs import replace

from companion_voice.engines.remote import address
from companion_voice.engines.remote.gate import Gate
from companion_voice.errors import ConfigurationError
from companion_voice.events import Kind
from companion_voice.runtime import confinement, control
from companion_voice.settings import Engine, Settings


class Opened(NamedTuple):
    """Settings in which every remote engine goes through its gate."""

    settings: Settings
    names: str
    """Which engine goes where, for the person; empty where none does."""


@contextmanager
def opened(settings: Settings, kinds: Sequence[Kind]) -> Iterator[Opened]:
    """Open what the remote engines of these kinds need, until the end. Raises `CompanionError`."""
    names: list[str] = []
    changes: dict[str, Engine] = {}
    with ExitStack() as stack:
        for kind in kinds:
            choice = settings.turn.detector if kind == "turn" else getattr(settings, kind)
            where = address.read(choice.url) if choice.url else None
            if where is None or not where.host:
                continue
            _check(where.name)
            gate = Gate(where, control.place().parent / f"{kind}-{os.getpid()}.gate")
            stack.callback(gate.close)
            changes[kind] = replace(choice, tuning=choice.tuning | {"socket": str(gate.socket)})
            names.append(f"{kind} ({choice.url})")
        yield Opened(replace(settings, **changes), ", ".join(names))


def _check(name: str) -> None:
    if confinement.is_confined():
        raise ConfigurationError(
            f"A remote engine is set up, at {name}, but the network is closed to this process from outside.",
            "Let the service open a way with systemd/remote.conf (docs/remote.md), or choose another engine.",
        )
