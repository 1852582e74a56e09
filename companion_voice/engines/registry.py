"""Engines by name, found through entry points. Imports an engine only when it is asked for; knows none by heart."""

import difflib
from importlib.metadata import EntryPoint, entry_points

from companion_voice.engines.protocols import Loader
from companion_voice.errors import EngineError
from companion_voice.events import Kind


def names(kind: Kind) -> tuple[str, ...]:
    """Return the engines installed for a kind of work, in alphabetical order."""
    return tuple(sorted(_installed(kind)))


def load(kind: Kind, name: str) -> Loader:
    """Return the function that loads the engine `name`. Raises `EngineError` when there is none that works."""
    installed = _installed(kind)
    if name not in installed:
        raise EngineError(f"There is no {kind} engine called “{name}”; {_advice(name, sorted(installed))}")
    try:
        loader: Loader = installed[name].load()
    except (ImportError, AttributeError) as error:
        raise EngineError(
            f"The {kind} engine “{name}” cannot be used, because a part of it is missing: {error}.",
            "Install the program again, or choose another engine in `companion config edit`.",
        ) from error
    return loader


def _installed(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=f"companion_voice.{kind}")}


def _advice(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean “{near[0]}”?" if near else f"known engines are: {', '.join(known) or 'none'}."
