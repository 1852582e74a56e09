"""Finding and reading persona files: the only module of this room that touches the disk."""

import difflib
from pathlib import Path

from companion_voice import documents, paths
from companion_voice.errors import PersonaError
from companion_voice.persona.schema import Persona


def names() -> dict[str, Path]:
    """Return every persona by name; the person's own stand before those that ship."""
    found: dict[str, Path] = {}
    for folder in (paths.own_personas_folder(), paths.shipped("personas")):
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return found


def load(wanted: str) -> Persona:
    """Return the persona called `wanted`, or the one in the file `wanted`.

    Raises `PersonaError` when there is none and `DocumentError` when its file is not a persona.
    """
    known = names()
    if wanted in known:
        return documents.read(known[wanted], Persona)
    file = Path(wanted).expanduser()
    if wanted.endswith((".yaml", ".yml")) or "/" in wanted:
        return documents.read(file, Persona)
    near = difflib.get_close_matches(wanted, known, n=1)
    advice = f"Did you mean `{near[0]}`?" if near else "`companion persona list` shows those there are."
    raise PersonaError(f"There is no persona called `{wanted}`.", advice)
