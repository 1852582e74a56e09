"""From what was seen to what is fine and what is not: one line each, with the command that mends it. Pure."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, TypeAlias, TypeVar

import msgspec

from companion_voice.events import Kind
from companion_voice.runtime.doctor.facts import Disk, Engines, Facts, Memory, Models, Service, Trouble, Unit
from companion_voice.runtime.selection import BUILT_IN

T = TypeVar("T")
State: TypeAlias = Literal["ok", "warning", "fault"]
_WORK: Final[dict[Kind, str]] = {"stt": "hearing", "turn": "end of turn", "llm": "answering", "tts": "speaking"}
_LITTLE: Final = 500_000_000
"""Bytes of a disk below which a memory may soon not be written."""
_PULL: Final = "companion models pull"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: State
    sentence: str
    mend: str = ""
    """The command that mends it, or what to do; empty where nothing is to be done."""


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Return what is to be said of `facts`, in the order in which a conversation needs it."""
    return tuple(_findings(facts))


def is_fit(found: tuple[Finding, ...]) -> bool:
    """Tell whether nothing is at fault."""
    return all(one.state != "fault" for one in found)


def _findings(facts: Facts) -> Iterator[Finding]:
    yield _plain("settings", facts.settings, "the defaults")
    yield _plain("microphone", facts.microphone)
    yield _plain("speaker", facts.speaker)
    yield _plain("echo", facts.echo, worst="warning")
    yield from _on(facts.engines, "engines", _engines)
    yield from _on(facts.models, "models", _models)
    yield from _on(facts.memory, "memory", _memory)
    yield from _on(facts.disk, "protection", _protection)
    yield from _on(facts.disk, "disk", _disk)
    yield from _on(facts.service, "service", _service)
    yield _confinement(facts)
    yield _language(facts.language)


def _on(seen: T | Trouble, name: str, judge: Callable[[T], Iterable[Finding]]) -> Iterable[Finding]:
    """Return what `judge` says of what was seen, or that it could not be seen."""
    return (_trouble(name, seen),) if isinstance(seen, Trouble) else judge(seen)


def _trouble(name: str, trouble: Trouble, state: State = "fault") -> Finding:
    return Finding(name, state, trouble.sentence, trouble.hint)


def _plain(name: str, seen: str | Trouble, empty: str = "", worst: State = "fault") -> Finding:
    return _trouble(name, seen, worst) if isinstance(seen, Trouble) else Finding(name, "ok", seen or empty)


def _engines(engines: Engines) -> Iterator[Finding]:
    for kind, work in _WORK.items():
        if kind in engines.troubles:
            yield _trouble(work, engines.troubles[kind])
        elif kind not in engines.chosen:
            yield Finding(work, "ok", "by the length of a pause; a model tells it sooner", f"{_PULL} smart-turn")
        else:
            one = engines.chosen[kind]
            is_plain = BUILT_IN.get(kind) == one.engine
            said = f"{one.engine}, which needs no model" if is_plain else f"{one.engine} with {one.model}"
            yield Finding(work, "ok", said, f"For a better one: {_PULL}" if is_plain else "")


def _models(models: Models) -> Iterator[Finding]:
    for name, trouble in models.changed.items():
        yield _trouble(f"model {name}", trouble)
    for name in models.unfinished:
        yield Finding(f"model {name}", "warning", "It did not arrive in full.", f"{_PULL} {name}")
    if models.sound:
        said = f"{', '.join(models.sound)}: as they arrived, by size and time"
        yield Finding("models", "ok", said, "To read every byte: companion models verify")
    elif not (models.changed or models.unfinished):
        yield Finding("models", "ok", "None is here, and none is needed to talk in a modest way.", _PULL)


def _memory(memory: Memory) -> Iterator[Finding]:
    kept = f"{memory.backups} backup{'' if memory.backups == 1 else 's'}"
    match memory:
        case Memory(exists=False) if memory.backups or memory.damaged:
            said = "The memory file is not there, although there was one."
            yield Finding("memory", "fault", said, "companion memory restore")
        case Memory(exists=False):
            yield Finding("memory", "ok", "Nothing is remembered yet.")
        case Memory(version="newer"):
            said = "It was written by a newer version of Companion Voice."
            yield Finding("memory", "fault", said, "Update this one.")
        case Memory(sound=False):
            said = "The file is damaged. The next start puts it aside and offers a backup."
            yield Finding("memory", "fault", f"{said} There is {kept}.", "companion talk")
        case Memory(version="older"):
            said = f"An older version wrote it; the next start brings it up to date. {kept}."
            yield Finding("memory", "warning", said, "companion talk")
        case Memory(encrypted=True):
            yield Finding("memory", "ok", f"It is encrypted, so it was not looked into; {kept}.")
        case _:
            yield Finding("memory", "ok", f"Its pages hang together; {kept}.")
    if memory.exists and memory.damaged:
        said = "Damaged files that were put aside still hold what was said."
        yield Finding("memory", "warning", said, "Delete memory-damaged-* once nothing in them is missed.")
    if memory.off_the_record:
        yield Finding("memory", "warning", "It is off the record: nothing is remembered.", "Say: back on the record")


def _protection(disk: Disk) -> Iterator[Finding]:
    held = disk.protection
    if not held.private:
        said = "Others on this computer can read the folder of the memory."
        yield Finding("protection", "fault", said, f"chmod -R go= {disk.folder}")
    who = "only you can read them" if held.private else "nothing but your trust in the others on this computer"
    if held.encrypted_file:
        yield Finding("protection", "ok", f"The memory is encrypted with your passphrase; its files: {who}.")
        return
    lying = {
        True: "and the disk below is encrypted, so that it protects a computer that is switched off",
        False: "and the disk is not encrypted: whoever takes it out can read everything",
        None: "and whether the disk is encrypted cannot be told from here",
    }[held.encrypted_disk]
    fine = held.encrypted_disk or not disk.encryption_wanted
    state: State = "ok" if fine else "warning"
    mend = "" if fine else "companion memory encrypt"
    yield Finding("protection", state, f"The memory is not encrypted. What protects its files: {who}, {lying}.", mend)


def _disk(disk: Disk) -> Iterator[Finding]:
    room = f"{disk.free / 1e9:,.1f} GB are free for {disk.folder}."
    if disk.free < _LITTLE:
        yield Finding("disk", "warning", room, "Make room: a full disk keeps what is said from being remembered.")
    else:
        yield Finding("disk", "ok", room)


def _service(service: Service) -> Iterator[Finding]:
    unit, status = service.unit, service.status
    if unit is None:
        said = "It runs without systemd." if status else "Not installed; `companion talk` needs none."
        yield Finding("service", "ok", said, "To start it with your session: make install-service")
    elif not unit.program_is_there:
        yield Finding(
            "service", "fault", f"The unit starts {unit.program}, which is not there.", "make install-service"
        )
    elif status is None:
        yield Finding("service", "warning", "Installed, but not running.", "systemctl --user start companion-voice")
    if unit and not unit.watchdog:
        said = "Its unit has no watchdog, so that one that hangs stays so."
        yield Finding("service", "warning", said, "make install-service")
    if status and status.stuck:
        stuck = f"{', '.join(status.stuck)}: no sign of life."
        yield Finding("service", "fault", stuck, "systemctl --user restart companion-voice")
    elif status and status.microphone == "lost":
        yield Finding("service", "fault", "It runs, but has lost its microphone.", "companion devices")
    elif status and unit:
        yield Finding("service", "ok", f"It runs ({status.state}), and a watchdog looks after it.")


def _confinement(facts: Facts) -> Finding:
    service = facts.service if isinstance(facts.service, Service) else Service()
    if service.status and service.status.network.startswith("open for "):
        said = f"The network is {service.status.network}, as your settings say: docs/remote.md."
        return Finding("confinement", "ok", said)
    if service.status and service.status.network != "closed":
        said = f"The network is open to the companion that runs ({service.status.network.removeprefix('open: ')})."
        return Finding("confinement", "fault", said, "make install-service")
    if service.status:
        return Finding("confinement", "ok", "The companion that runs can open no socket to a network.")
    if service.unit and service.unit.confined:
        return Finding("confinement", "ok", f"The unit closes the network{_namespaces(service.unit)}.")
    return _plain("confinement", facts.confinement, worst="warning")


def _namespaces(unit: Unit) -> str:
    return " and shuts it into namespaces of its own" if unit.shut_in else ""


def _language(seen: tuple[str, ...] | Trouble) -> Finding:
    if isinstance(seen, Trouble):
        return _trouble("language", seen)
    return Finding("language", "ok", f"Phrases and sounds of {' and '.join(seen)} are here.")
