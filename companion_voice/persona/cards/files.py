"""Cards and personas on the disk: the only module of this room that touches it, besides `data`.

A persona that came from a card lies beside it: `aria.yaml` is what is used and may be edited, `aria.card.json` is the
card as it came, from which `exporting` takes all that the persona does not say.
"""

import re
import unicodedata
from pathlib import Path

import msgspec
from msgspec.structs import replace

from companion_voice import documents, paths
from companion_voice.errors import CardError, PersonaError
from companion_voice.persona import files
from companion_voice.persona.cards import carrier, importing
from companion_voice.persona.cards.importing import Imported
from companion_voice.persona.cards.lorebook import Budget, Lore, lore
from companion_voice.persona.schema import Persona

_PLAIN_NAME = re.compile(r"[\w][\w-]{0,39}")
_HEADER = "# {name}, from a character card: {file} beside this file is the card as it came.\n"


def read(file: Path) -> bytes:
    """Return what `file` holds, if it is no larger than a card may be. Raises `CardError`."""
    try:
        if not file.is_file():
            raise CardError(f"{file} is not a file.")
        with file.open("rb") as opened:
            return opened.read(min(file.stat().st_size, carrier.LARGEST_FILE) + 1)
    except OSError as error:
        raise CardError(f"{file} cannot be read: {error.strerror}.") from error


def original(name: str) -> bytes | None:
    """Return the card that the persona `name` came from, or None. Raises `CardError` when it cannot be read."""
    if not _PLAIN_NAME.fullmatch(name):
        return None
    file = _card(name)
    return read(file) if file.exists() else None


def book(name: str, persona: Persona) -> tuple[tuple[Lore, ...], Budget]:
    """Return what a persona knows with the finer conditions of its card, and how much may be brought up at once.

    Raises `CardError` when its card cannot be read any more.
    """
    card = original(name)
    if card is None:
        return lore(persona.knows), Budget()
    opened = importing.imported(card).book
    return lore(persona.knows, (taken.lore for taken in opened.taken)), opened.budget


def free_name(wanted: str | None, called: str) -> str:
    """Return the name of the file of a new persona: the `wanted` one, or one made of what it is `called`.

    Raises `PersonaError` when it cannot be a name, or is taken.
    """
    plain = unicodedata.normalize("NFKD", called.lower()).encode("ascii", "ignore").decode()
    name = wanted or "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-") or "character"
    if not _PLAIN_NAME.fullmatch(name):
        raise PersonaError(f"`{name}` cannot be the name of a file.", "Use letters, digits and hyphens.")
    if name in files.names() or _card(name).exists():
        raise PersonaError(f"There is a persona called `{name}` already.", "Give this one another with --name.")
    return name


def write(name: str, found: Imported, payload: bytes) -> tuple[Path, Persona]:
    """Write a persona and the card it came from; return its file, and the persona as it fits into one.

    Raises `ConfigurationError` when it cannot be written.
    """
    file = paths.own_personas_folder() / f"{name}.yaml"
    card = _card(name)
    persona = found.persona
    header = _HEADER.format(name=persona.name, file=card.name).encode()
    while len(header) + len(document(persona)) > documents.LARGEST:
        persona = replace(persona, knows=persona.knows[: len(persona.knows) // 2], examples=persona.examples[:1])
    paths.write_private(card, payload)
    paths.write_private(file, header + document(persona))
    return file, persona


def write_card(file: Path, data: bytes) -> None:
    """Write a card where the person wants it. Raises `CardError` when that cannot be, or something is there."""
    try:
        with file.open("xb") as opened:
            opened.write(data)
    except FileExistsError as error:
        raise CardError(f"{file} exists already.", "Give another name, or move it away.") from error
    except OSError as error:
        raise CardError(f"{file} cannot be written: {error.strerror}.") from error


def document(persona: Persona) -> bytes:
    """Return `persona` as YAML, without what is as it would be anyway."""
    fields = {
        field.name: msgspec.to_builtins(getattr(persona, field.name))
        for field in msgspec.structs.fields(persona)
        if field.required or getattr(persona, field.name) != field.default
    }
    return msgspec.yaml.encode({name: value for name, value in fields.items() if value != {}})


def _card(name: str) -> Path:
    return paths.own_personas_folder() / f"{name}.card.json"
