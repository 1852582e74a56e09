"""Finding, reading and beginning persona files: the only module of this room that touches the disk."""

import difflib
import re
from functools import cache
from pathlib import Path

from companion_voice import documents, paths
from companion_voice.errors import PersonaError
from companion_voice.persona.schema import Persona
from companion_voice.persona.wording import Wording, Wordlist

TONGUES = ("en", "fr")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def names() -> dict[str, Path]:
    """Return every persona by name; the person's own stand before those that ship."""
    found: dict[str, Path] = {}
    for folder in (paths.own_personas_folder(), paths.shipped("personas")):
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return found


def place(wanted: str) -> Path:
    """Return where the persona called `wanted` stands, or the file `wanted`. Raises `PersonaError`."""
    known = names()
    if wanted in known:
        return known[wanted]
    if wanted.endswith((".yaml", ".yml")) or "/" in wanted:
        return Path(wanted).expanduser()
    near = difflib.get_close_matches(wanted, known, n=1)
    advice = f"Did you mean `{near[0]}`?" if near else "`companion persona list` shows those there are."
    raise PersonaError(f"There is no persona called `{wanted}`.", advice)


def load(wanted: str) -> Persona:
    """Return the persona called `wanted`, or the one in the file `wanted`.

    Raises `PersonaError` when there is none and `DocumentError` when its file is not a persona.
    """
    return documents.read(place(wanted), Persona)


def begin(name: str) -> Path:
    """Write a commented file for a new persona called `name` into the person's own folder and return it.

    Raises `PersonaError` when the name cannot be one, or is taken.
    """
    if not _NAME.fullmatch(name):
        raise PersonaError(f"`{name}` cannot be the name of a persona.", "Use small letters, digits, - and _.")
    file = paths.own_personas_folder() / f"{name}.yaml"
    if file.exists():
        raise PersonaError(f"There is a persona called `{name}` already: {file}.", "Take another name, or edit it.")
    schema = paths.shipped("personas") / "persona.schema.json"
    text = Path(__file__).with_name("new.yaml").read_text(encoding="utf-8")
    paths.write_private(file, text.replace("SCHEMA", schema.as_uri()).replace("NAME", name.capitalize()).encode())
    return file


@cache
def wording(language: str) -> Wording:
    """Return how a persona is told to a model in `language`, which is English where we have no words for it."""
    code = language if language in TONGUES else TONGUES[0]
    return documents.read(Path(__file__).with_name("manners") / f"{code}.yaml", Wording)


@cache
def wordlist(language: str) -> Wordlist:
    """Return what a persona file is checked with in `language`, `en` or `fr`."""
    return documents.read(Path(__file__).with_name("checks") / f"{language}.yaml", Wordlist)
