"""A character card, typed: V1, V2 and V3 as one. Knows nothing of personas.

Cards in the wild are made by many hands: a field that is not of its type is left out and named, and the rest is read.
Everything else in a card stays in its bytes, which are kept beside the persona.
The fields are those of the Character Card V2 and V3 specifications.
"""

from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec

from companion_voice.errors import CardError

Version: TypeAlias = Literal["v1", "v2", "v3"]
Fields: TypeAlias = dict[str, msgspec.Raw]
Kind = TypeVar("Kind", bound=msgspec.Struct)
SPECS: dict[str, Version] = {"chara_card_v2": "v2", "chara_card_v3": "v3"}


class Asset(msgspec.Struct, frozen=True):
    """A picture or a sound that a card names."""

    uri: str = ""
    type: str = ""
    name: str = ""


class BookEntry(msgspec.Struct, frozen=True):
    """One thing a lorebook holds."""

    content: str = ""
    keys: tuple[str, ...] = ()
    secondary_keys: tuple[str, ...] = ()
    selective: bool = False
    """Whether one of the secondary keys must be said as well."""
    enabled: bool = True
    constant: bool = False
    use_regex: bool = False
    case_sensitive: bool = False
    insertion_order: float = 0
    priority: float = 0


class Book(msgspec.Struct, frozen=True):
    """The lorebook of a card."""

    entries: tuple[msgspec.Raw, ...] = ()
    scan_depth: int | None = None
    """Turns in which keys are looked for."""
    token_budget: int | None = None
    recursive_scanning: bool = False


class Card(msgspec.Struct, frozen=True):
    """What a card says."""

    name: str = ""
    nickname: str = ""
    description: str = ""
    personality: str = ""
    scenario: str = ""
    first_mes: str = ""
    mes_example: str = ""
    creator_notes: str = ""
    system_prompt: str = ""
    post_history_instructions: str = ""
    alternate_greetings: tuple[str, ...] = ()
    group_only_greetings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    creator: str = ""
    character_version: str = ""
    assets: tuple[Asset, ...] = ()
    character_book: msgspec.Raw = msgspec.Raw(b"{}")
    extensions: Fields = {}

    @property
    def called(self) -> str:
        """What `{{char}}` stands for."""
        return self.nickname.strip() or self.name.strip()


class Read(NamedTuple):
    """A card that was read."""

    card: Card
    version: Version
    newer: bool
    """Whether it names a version that is not known here."""
    unread: tuple[str, ...]
    """The fields that were not of their type."""


def read(payload: bytes) -> Read:
    """Return the card in the JSON `payload`. Raises `CardError` when it is not one, or has no name."""
    root = fields(payload)
    spec = _decoded(root.get("spec", msgspec.Raw(b'""')), str) or ""
    if "data" not in root and spec.startswith("lorebook"):
        raise CardError("This is a lorebook by itself, not a character.", "Import the card of the character.")
    card, unread = lenient(bytes(root.get("data", msgspec.Raw(payload))), Card)
    if not card.called:
        raise CardError("This is not a character card: it names nobody.", "A card has a `name`.")
    version: Version = SPECS.get(spec, "v3") if "data" in root else "v1"
    return Read(card, version, "data" in root and spec not in SPECS, unread)


def fields(payload: bytes) -> Fields:
    """Return the fields of a JSON object, each as it stands there. Raises `CardError` when it is not one."""
    try:
        return msgspec.json.decode(payload, type=Fields)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CardError(f"This is not a character card: {_short(error)}.") from error
    except RecursionError as error:
        raise CardError("This is not a character card: it is nested too deep.") from error


def lenient(payload: bytes, kind: type[Kind]) -> tuple[Kind, tuple[str, ...]]:
    """Return the JSON object `payload` as a `kind`, and the names of its fields that are not of their type."""
    given = fields(payload)
    values: dict[str, Any] = {}
    unread: list[str] = []
    for field in msgspec.structs.fields(kind):
        raw = given.get(field.name)
        if raw is None or bytes(raw) == b"null":
            continue
        value = _decoded(raw, field.type)
        if value is None:
            unread.append(field.name)
        else:
            values[field.name] = value
    return kind(**values), tuple(unread)


def _decoded(raw: msgspec.Raw, kind: Any) -> Any:  # noqa: ANN401 - any type a field has
    """Return `raw` as a `kind`, or None where it is not one."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _short(error: Exception) -> str:
    return "it is not JSON" if not isinstance(error, msgspec.ValidationError) else "it is no JSON object"
