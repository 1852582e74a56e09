"""One look each: at the settings, the sound, the engines, the models, the memory, the disk, the service, the languages.

Each says what it sees, or raises a `CompanionError` whose sentence says why it cannot. None needs more than the rights
of the person, and none opens a microphone.
"""

import ctypes
import os
import shutil
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from companion_voice import paths, settings
from companion_voice.audio import devices
from companion_voice.audio.echo import EchoCanceller
from companion_voice.boundaries import crisis, phrases
from companion_voice.boundaries import files as boundaries
from companion_voice.errors import (
    CompanionError,
    DeviceError,
    EngineError,
    MemoryDamagedError,
    MemoryNewerError,
    NotRunningError,
    StoreError,
)
from companion_voice.events import Kind
from companion_voice.memory import cipher, database, health
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory as Store
from companion_voice.models import catalogue, store
from companion_voice.persona import files as personas
from companion_voice.runtime import selection
from companion_voice.runtime.control import Request, Status, ask
from companion_voice.runtime.doctor.facts import Chosen, Disk, Engines, Memory, Models, Service, Trouble, Unit, Version
from companion_voice.settings import Settings

_KINDS: Final[tuple[Kind, ...]] = ("stt", "turn", "llm", "tts")
_SECCOMP: Final = "libseccomp.so.2"
_SECCOMP_IN_KERNEL: Final = Path("/proc/sys/kernel/seccomp/actions_avail")
_UNIT: Final = "companion-voice.service"


def configuration() -> str:
    """Return where the settings are; empty for the defaults."""
    settings.load()
    boundaries.load()
    place = paths.settings_file()
    return str(place) if place.exists() else ""


def microphone() -> str:
    """Return the microphone that would be used."""
    return _named(devices.find("microphone", _wanted().audio.microphone))


def speaker() -> str:
    """Return the speaker that would be used."""
    return _named(devices.find("speaker", _wanted().audio.speaker))


def echo() -> str:
    """Return what keeps the companion from hearing itself."""
    try:
        if devices.find("microphone", _wanted().audio.microphone).echo_cancelled:
            return "The sound server takes the companion's voice out of what the microphone hears."
    except DeviceError:
        pass  # the microphone has a line of its own
    EchoCanceller()
    return "The companion takes its own voice out of what the microphone hears."


def engines() -> Engines:
    """Return who would do what."""
    wanted = _wanted()
    persona = personas.load(wanted.persona)
    codes = selection.languages(wanted, persona)
    chosen: dict[Kind, Chosen] = {}
    troubles: dict[Kind, Trouble] = {}
    for kind in _KINDS:
        try:
            for one in selection.candidates(kind, wanted, persona, codes)[:1]:
                chosen[kind] = Chosen(one.engine, Path(one.options.model).name)
        except CompanionError as error:
            troubles[kind] = Trouble(error.sentence, error.hint)
    return Engines(chosen, troubles)


def models() -> Models:
    """Return which models lie here, and whether they are what arrived."""
    begun = [entry for entry in catalogue.load().models if store.arrived(entry)]
    sound: list[str] = []
    changed: dict[str, Trouble] = {}
    for entry in filter(store.complete, begun):
        try:
            store.found(entry)
            sound.append(entry.name)
        except CompanionError as error:
            changed[entry.name] = Trouble(error.sentence, error.hint)
    unfinished = tuple(entry.name for entry in begun if not store.complete(entry))
    return Models(tuple(sound), unfinished, changed)


def memory() -> Memory:
    """Return how the file of the memory does; an encrypted one is not looked into."""
    place = Place()
    exists, encrypted = place.file.exists(), cipher.is_encrypted(place)
    sound = _is_sound(place) if exists and not encrypted else None
    return Memory(
        exists=exists,
        encrypted=encrypted,
        sound=sound,
        version=_version() if sound else "current",
        backups=len(place.backups()),
        damaged=len(place.damaged()),
        off_the_record=place.off_the_record.exists(),
    )


def disk() -> Disk:
    """Return how much room there is, and what protects what lies there."""
    folder = paths.data_folder()
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return Disk(
        str(folder),
        shutil.disk_usage(there).free,
        health.protection(Place().folder),
        encryption_wanted=boundaries.load().memory.encryption == "on",
    )


def service() -> Service:
    """Return the unit that is installed for this user, and what a companion in the background says of itself."""
    return Service(_unit(), _status())


def confinement() -> str:
    """Return how the network can be closed to a companion that systemd does not start."""
    if not _SECCOMP_IN_KERNEL.exists():
        raise EngineError("This kernel has no seccomp, so that the network stays open to a companion without systemd.")
    try:
        ctypes.CDLL(_SECCOMP)
    except OSError as error:
        raise EngineError(
            "libseccomp is missing, so that the network stays open to a companion without systemd.",
            "sudo apt install libseccomp2",
        ) from error
    return "`companion run` closes the network to itself when it starts; `companion talk` does not."


def language() -> tuple[str, ...]:
    """Return the codes of the languages that can be spoken about; raises `CompanionError` where a part is missing."""
    package = find_spec("espeakng_loader")
    sounds = [Path(place) / "espeak-ng-data" for place in (package.submodule_search_locations or ())] if package else []
    for code in phrases.LANGUAGES:
        phrases.load(code)
        crisis.screen(code)
        if not any((place / f"{code}_dict").is_file() for place in sounds):
            raise EngineError(f"The sounds of “{code}” are missing from espeak-ng.", "make talk")
    return phrases.LANGUAGES


def _wanted() -> Settings:
    """Return the settings, or the defaults where they cannot be used: they have a line of their own."""
    try:
        return settings.load()
    except CompanionError:
        return Settings()


def _named(device: devices.Device) -> str:
    return f"{device.name} ({device.host}, {device.rate:,} Hz)"


def _is_sound(place: Place) -> bool:
    try:
        with database.plainly(), closing(database.reader(place.file, None)) as db:
            return database.is_sound(db)
    except MemoryDamagedError:
        return False


def _version() -> Version:
    """Return of which version a sound memory is, beside this program's."""
    try:
        Store.open(read_only=True).close()
    except MemoryNewerError:
        return "newer"
    except StoreError:
        return "older"
    return "current"


def _unit() -> Unit | None:
    place = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user" / _UNIT
    if not place.is_file():
        return None
    lines = place.read_text().splitlines()
    added = [
        line for file in sorted(place.with_name(f"{_UNIT}.d").glob("*.conf")) for line in file.read_text().splitlines()
    ]
    [*_, program] = [
        "",
        *(line.removeprefix("ExecStart=").split()[0] for line in lines if line.startswith("ExecStart=/")),
    ]
    return Unit(
        program=program,
        program_is_there=os.access(program, os.X_OK),
        watchdog=any(line.startswith("WatchdogSec=") for line in lines),
        confined="RestrictAddressFamilies=AF_UNIX" in lines,
        shut_in="PrivateNetwork=yes" in added,
    )


def _status() -> Status | None:
    try:
        return ask(Request("status")).status
    except NotRunningError:
        return None
