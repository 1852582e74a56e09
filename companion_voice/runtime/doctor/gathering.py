"""Looking at this computer, all at once, and never longer than a person waits. Judges nothing.

Each look has a thread of its own: a sound server or a disk that hangs keeps only its own line from being told.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from companion_voice.audio import devices
from companion_voice.errors import CompanionError
from companion_voice.runtime.doctor import looks
from companion_voice.runtime.doctor.facts import Facts, Trouble

_NAMED: Final = "look at "

Look = Callable[[], Any]


def gather(patience: float) -> Facts:
    """Return what can be seen of this computer within `patience` seconds."""
    with devices.library_noise(Path(os.devnull)):
        # Sound comes last: loading its libraries while others were loading has crashed the process.
        found = _seen(_LOOKS, patience / 2)
        return Facts(**found, **_seen(_SOUND, patience / 2))


def lingers() -> bool:
    """Tell whether a look that was given up still goes on, most likely inside a C library."""
    return any(thread.name.startswith(_NAMED) for thread in threading.enumerate())


def _seen(several: dict[str, Look], patience: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    threads = [
        threading.Thread(target=_look, args=(name, look, found), name=_NAMED + name, daemon=True)
        for name, look in several.items()
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    late = Trouble(f"It gave no answer within {patience:g} seconds.", "Look after what it belongs to, then try again.")
    return {name: found.get(name, late) for name in several}


def _look(name: str, look: Look, found: dict[str, Any]) -> None:
    """Leave what a look saw, or why it saw nothing, in `found` (a thread's body)."""
    try:
        found[name] = look()
    except CompanionError as error:
        found[name] = Trouble(error.sentence, error.hint)
    except Exception as error:  # noqa: BLE001 - whatever is broken here becomes a line, and the other lines are told
        found[name] = Trouble(f"It cannot be looked at ({type(error).__name__}: {error}).")


_LOOKS: Final[dict[str, Look]] = {
    "settings": looks.configuration,
    "engines": looks.engines,
    "models": looks.models,
    "memory": looks.memory,
    "disk": looks.disk,
    "service": looks.service,
    "confinement": looks.confinement,
    "language": looks.language,
}
_SOUND: Final[dict[str, Look]] = {"microphone": looks.microphone, "speaker": looks.speaker, "echo": looks.echo}
