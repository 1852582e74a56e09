"""What is installed, and where. Knows nothing of the network and loads no engine.

A model lies in `models/NAME/` under its own file names. While a file arrives it is called NAME.PART of its digest,
so what stands at its final name is whole. `models.lock.json` beside the models records what arrived.
"""

from pathlib import Path

import msgspec

from companion_voice import documents, paths
from companion_voice.errors import ModelError
from companion_voice.events import Kind
from companion_voice.models import catalogue
from companion_voice.models.catalogue import Entry, File, Wheel

_OPENS_THE_FOLDER = "faster-whisper"
_ENGINES: dict[Kind, str] = {"stt": "faster-whisper", "llm": "llama-cpp", "tts": "piper", "turn": "smart-turn"}
"""Who loads a model that is given by its path."""
_WHAT: dict[Kind, str] = {"stt": "hearing", "llm": "answering", "tts": "speaking", "turn": "the end of a turn"}


class Found(msgspec.Struct, frozen=True):
    """A model that is here, and all that is needed to load it."""

    path: Path
    """The file or folder the engine opens."""
    engine: str
    tuning: dict[str, str] = {}
    """What the engine must be told about it, such as the prompt template."""


class Locked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What arrived and from where, as it was when it was checked."""

    repository: str = ""
    revision: str = ""
    wheel: Wheel | None = None
    files: tuple[File, ...]


def folder(entry: Entry) -> Path:
    """Return the folder the files of `entry` lie in, which need not exist."""
    return paths.models_folder() / entry.name


def place(entry: Entry, file: File) -> Path:
    """Return where `file` stands once it is whole."""
    return folder(entry) / file.name


def partial(entry: Entry, file: File) -> Path:
    """Return where `file` grows; its digest keeps the parts of two versions apart."""
    return folder(entry) / f"{file.name}.{file.sha256[:12]}.part"


def complete(entry: Entry) -> bool:
    """Return whether every file of `entry` is here in full size."""
    return all(_size(place(entry, file)) == file.size for file in entry.files)


def arrived(entry: Entry) -> int:
    """Return how many bytes of `entry` are here, whole files and parts together."""
    return sum(_size(place(entry, file)) or _size(partial(entry, file)) for file in entry.files)


def installed() -> tuple[Entry, ...]:
    """Return the models of the catalogue that are here, in its order."""
    return tuple(entry for entry in catalogue.load().models if complete(entry))


def best(kind: Kind, language: str) -> Entry | None:
    """Return the best installed model of a kind that knows `language`, or None."""
    return next((e for e in installed() if e.kind == kind and language in e.languages), None)


def found(entry: Entry) -> Found:
    """Return how an engine loads `entry`. Raises `ModelError` when it is not here in full."""
    if not complete(entry):
        raise ModelError(
            f"The model “{entry.name}” is not installed.", f"Get it with: companion models pull {entry.name}"
        )
    path = folder(entry) if entry.engine == _OPENS_THE_FOLDER else place(entry, entry.files[0])
    return Found(path, entry.engine, entry.tuning)


def locate(kind: Kind, wanted: str) -> Found:
    """Return the model `wanted`, which is a name out of the catalogue or a path.

    Raises `ModelError`, saying what to do, when it does not exist or is made for something else.
    """
    known = catalogue.load()
    if wanted in {entry.name for entry in known.models}:
        entry = known.entry(wanted)
        if entry.kind != kind:
            raise ModelError(f"“{wanted}” is a model for {_WHAT[entry.kind]}, not for {_WHAT[kind]}.")
        return found(entry)
    path = Path(wanted).expanduser()
    if path.exists():
        return Found(path.absolute(), _ENGINES[kind])
    if path.name != wanted or path.suffix in {".gguf", ".onnx"}:
        raise ModelError(
            f"There is no model at {path}.", "Correct the path, or take a name out of `companion models list`."
        )
    return found(known.entry(wanted))


def record(entry: Entry) -> None:
    """Write into the lock that `entry` arrived and was checked against its digests."""
    lock = paths.models_folder() / "models.lock.json"
    locked = documents.read(lock, dict[str, Locked]) if lock.exists() else {}
    locked[entry.name] = Locked(
        repository=entry.repository, revision=entry.revision, wheel=entry.wheel, files=entry.files
    )
    fresh = lock.with_suffix(".part")
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(locked), indent=2) + b"\n")
    fresh.replace(lock)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
