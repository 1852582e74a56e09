"""Real engines in real child processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from companion_voice.engines.child import Child
from companion_voice.engines.messages import AnyRequest, Ready, Sound
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.events import Kind

Start = Callable[..., Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts an engine in a child process; all are ended after the test."""
    children: list[Child] = []

    def start(kind: Kind, engine: str, **options: object) -> Child:
        child = Child(kind, engine, EngineOptions(**options), tmp_path / "logs" / f"{kind}.log")
        children.append(child)
        child.start()
        return child

    yield start
    for child in children:
        child.close()


@pytest.fixture
def ready(start: Start) -> Start:
    """Return a function that starts an engine and waits until it is loaded."""

    def ready(kind: Kind, engine: str, **options: object) -> Child:
        child = start(kind, engine, **options)
        assert isinstance(child.receive(), Ready), child.epitaph()
        return child

    return ready


def sound_of(child: Child, request: AnyRequest) -> tuple[Samples, int]:
    """Return the sound, and its rate, that answers a `Synthesise`."""
    child.send(request)
    parts = []
    while isinstance(answer := child.receive(), Sound):
        parts.append(np.frombuffer(answer.samples, np.float32))
        if answer.last:
            return np.concatenate(parts), answer.rate
    raise AssertionError(f"{answer} instead of sound")
