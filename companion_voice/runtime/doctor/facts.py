"""What can be seen of this computer and of a companion on it. Knows nothing of good and bad: that is `judging`."""

from typing import Literal, TypeAlias, TypeVar

import msgspec

from companion_voice.events import Kind
from companion_voice.memory.health import Protection
from companion_voice.runtime.control import Status

T = TypeVar("T")
Version: TypeAlias = Literal["current", "older", "newer"]


class Trouble(msgspec.Struct, frozen=True):
    """Why something could not be seen, or cannot be had: one sentence, and what to do about it."""

    sentence: str
    hint: str = ""


Seen: TypeAlias = T | Trouble


class Chosen(msgspec.Struct, frozen=True):
    """The engine that would do a kind of work."""

    engine: str
    model: str = ""
    """The name of its file or folder; empty where it needs none."""


class Engines(msgspec.Struct, frozen=True):
    """Who would do what; a kind that nothing does is missing."""

    chosen: dict[Kind, Chosen]
    troubles: dict[Kind, Trouble]


class Models(msgspec.Struct, frozen=True):
    """The models of the catalogue that lie here, by name."""

    sound: tuple[str, ...] = ()
    """Their files are those that arrived, as far as size and time tell."""
    unfinished: tuple[str, ...] = ()
    changed: dict[str, Trouble] = {}


class Memory(msgspec.Struct, frozen=True):
    """The file of what is remembered."""

    exists: bool
    encrypted: bool = False
    sound: bool | None = None
    """Whether its pages hang together; None where that was not looked at."""
    version: Version = "current"
    """Of the program that wrote it, beside this one."""
    backups: int = 0
    damaged: int = 0
    """Files that were put aside as damaged."""
    off_the_record: bool = False


class Unit(msgspec.Struct, frozen=True):
    """The service unit of this user, as it is installed."""

    program: str
    """What it starts."""
    program_is_there: bool
    watchdog: bool
    confined: bool
    """It opens no sockets but those of this computer."""
    shut_in: bool
    """With the drop-in that shuts it into namespaces of its own."""


class Service(msgspec.Struct, frozen=True):
    """The companion in the background."""

    unit: Unit | None = None
    status: Status | None = None
    """What it says of itself; None where none runs."""


class Disk(msgspec.Struct, frozen=True):
    """The disk that the memory lies on, or would."""

    folder: str
    """Where the companion keeps its files."""
    free: int
    """Bytes."""
    protection: Protection
    encryption_wanted: bool = True
    """The person wants what is kept to be encrypted."""


class Facts(msgspec.Struct, frozen=True):
    """All that was seen."""

    settings: Seen[str]
    """Where they are; empty for the defaults."""
    microphone: Seen[str]
    speaker: Seen[str]
    echo: Seen[str]
    """What keeps the companion from hearing itself."""
    engines: Seen[Engines]
    models: Seen[Models]
    memory: Seen[Memory]
    disk: Seen[Disk]
    service: Seen[Service]
    confinement: Seen[str]
    """How the network can be closed to a companion that systemd does not start."""
    language: Seen[tuple[str, ...]]
    """The codes of the languages whose phrases and sounds are here."""
