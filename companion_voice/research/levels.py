"""How much of what was said stays: words become their measure, a redacted text, or stay. Pure but for one key's file.

What an event or command holds besides words (numbers, kinds, engines, languages, names of personas) always stays; a
string that is not known to be harmless does not.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from companion_voice import paths
from companion_voice.errors import JournalError
from companion_voice.events import AnyCommand, AnyEvent
from companion_voice.research.records import Level
from companion_voice.research.redaction import redact

Veil: TypeAlias = Callable[[str], str]
"""What becomes of words that were said."""

_KEPT: Final = {
    "event", "command", "kind", "engine", "engines", "language", "languages", "role", "who", "wall", "persona",
    "operation", "key", "time",
}  # fmt: skip
"""Fields that never hold words."""
_PLAIN: Final[dict[str, set[str]]] = {"Show boundary": {"text"}, "End": {"reason"}}
"""Those that hold none in this kind of record."""
_SAID: Final[dict[str, set[str]]] = {
    "Heard": {"text"},
    "Typed": {"text"},
    "Record": {"text", "said"},
    "Show": {"text"},
    "Speak": {"text"},
}
"""Fields that hold a whole sentence or turn; all others hold pieces or repeat what was said, and are emptied."""
_MADE_OF_WORDS: Final = {"request", "proposal", "grown", "messages", "opinions", "knows"}
"""Fields whose very shape tells what was said; they are emptied."""
_KEY_BYTES: Final = 32
_MEASURE = re.compile(r"⟦(struck: )?(\d+) words, (\d+) characters(?:, ([0-9a-f]{16}))?⟧")


class Words(NamedTuple):
    """What stands where words were said."""

    text: str | None
    """None where only the measure is left."""
    words: int
    characters: int
    digest: str = ""
    """Keyed hash; empty where the text stands or was struck."""
    struck: bool = False


def key() -> bytes:
    """Return the key of this home's hashes of texts, made when it is first needed. It lies apart from the journals.

    Raises `ConfigurationError` where it can be neither read nor made.
    """
    place = paths.configuration_folder() / "journal.key"
    try:
        return place.read_bytes()
    except FileNotFoundError:
        paths.write_private(place, secrets.token_bytes(_KEY_BYTES))
        return place.read_bytes()
    except OSError as error:
        raise JournalError(f"{place} cannot be read: {error.strerror}.") from error


def digest(text: str, secret: bytes) -> str:
    """Return the keyed hash (HMAC-SHA-256, 16 hexadecimal digits) of a text, whatever its case and spaces."""
    plain = " ".join(text.casefold().split())
    return hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()[:16]


def veil(level: Level, language: str, secret: bytes) -> Veil | None:
    """Return what becomes of words at a level; None where they stay."""
    if level == "text":
        return None
    if level == "redacted":
        return lambda text: redact(text, language)
    return lambda text: f"⟦{_counted(text)}, {digest(text, secret)}⟧" if text else ""


def struck(text: str) -> str:
    """Return what is left of words that were struck: how many there were."""
    measured = read(text)
    return f"⟦struck: {measured.words} words, {measured.characters} characters⟧" if text else ""


def read(text: str) -> Words:
    """Return what stands in a field that holds words or their measure."""
    found = _MEASURE.fullmatch(text)
    if not found:
        return Words(text, len(text.split()), len(text))
    return Words(None, int(found[2]), int(found[3]), found[4] or "", struck=bool(found[1]))


def lowered_event(event: AnyEvent, veil: Veil) -> AnyEvent:
    """Return an event with its words behind a veil."""
    lowered: AnyEvent = msgspec.convert(_lowered(event, veil), AnyEvent)
    return lowered


def lowered_command(command: AnyCommand, veil: Veil) -> AnyCommand:
    """Return a command with its words behind a veil."""
    lowered: AnyCommand = msgspec.convert(_lowered(command, veil), AnyCommand)
    return lowered


def _counted(text: str) -> str:
    return f"{len(text.split())} words, {len(text)} characters"


def _lowered(record: AnyEvent | AnyCommand, veil: Veil) -> Any:  # noqa: ANN401 - plain data
    plain = msgspec.to_builtins(record)
    name = plain.get("event") or plain["command"]
    keep = _KEPT | _PLAIN.get(name, set()) | _PLAIN.get(f"{name} {plain.get('kind', '')}", set())
    said = _SAID.get(name, set())

    def below(value: Any, field: str) -> Any:  # noqa: ANN401
        match value:
            case str() if field not in keep:
                return veil(value) if field in said else ""
            case dict() if field not in _MADE_OF_WORDS:
                return {name: below(one, field if field in keep else name) for name, one in value.items()}
            case list() | tuple() if field not in _MADE_OF_WORDS:
                return [below(one, field) for one in value]
        return type(value)() if field in _MADE_OF_WORDS else value

    return below(plain, "")
