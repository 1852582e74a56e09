"""What is installed, and where. Knows nothing of the network and loads no engine.

A model lies in `models/NAME/` under its own file names. While a file arrives it is called NAME.VERSION.part,
so what stands at its final name is whole. What is given to an engine is what the lock beside the models says
(`models.lock`).
"""

from pathlib import Path

import msgspec

from companion_voice import paths
from companion_voice.errors import ModelError
from companion_voice.events import Kind
from companion_voice.models import catalogue, lock, onnx_file
from companion_voice.models.catalogue import Entry, File

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


def folder(entry: Entry) -> Path:
    """Return the folder the files of `entry` lie in, which need not exist."""
    return paths.models_folder() / entry.name


def place(entry: Entry, file: File) -> Path:
    """Return where `file` stands once it is whole."""
    return folder(entry) / file.name


def partial(entry: Entry, file: File) -> Path:
    """Return where `file` grows; the version it comes from keeps the parts of two apart."""
    version = entry.wheel.sha256 if entry.wheel else entry.revision
    return folder(entry) / f"{file.name}.{version[:12]}.part"


def complete(entry: Entry) -> bool:
    """Return whether every file of `entry` is here in full size."""
    return all(_size(place(entry, file)) == file.size for file in entry.files)


def has_files(entry: Entry) -> bool:
    """Return whether any file of `entry` stands at its final name, whatever is in it."""
    return any(place(entry, file).is_file() for file in entry.files)


def arrived(entry: Entry) -> int:
    """Return how many bytes of `entry` are here, whole files and parts together."""
    return sum(_size(place(entry, file)) or _size(partial(entry, file)) for file in entry.files)


def installed() -> tuple[Entry, ...]:
    """Return the models of the catalogue that are here, in its order."""
    return tuple(entry for entry in catalogue.load().models if complete(entry))


def best(kind: Kind, language: str) -> Entry | None:
    """Return the best installed model of a kind that knows `language`, or None."""
    return next((e for e in installed() if e.kind == kind and language in e.languages), None)


def opened(entry: Entry) -> Path:
    """Return the file or the folder that the engine of `entry` opens."""
    return folder(entry) if entry.engine == _OPENS_THE_FOLDER else place(entry, entry.files[0])


def found(entry: Entry) -> Found:
    """Return how an engine loads `entry`. Raises `ModelError` when it is not here in full, or not what arrived."""
    if not complete(entry):
        raise ModelError(
            f"The model “{entry.name}” is not installed.", f"Get it with: companion models pull {entry.name}"
        )
    lock.check(entry, folder(entry))
    return Found(_alone(opened(entry)), entry.engine, entry.tuning)


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
        return Found(_alone(path.absolute()), _ENGINES[kind])
    if path.name != wanted or path.suffix in {".gguf", ".onnx"}:
        raise ModelError(
            f"There is no model at {path}.", "Correct the path, or take a name out of `companion models list`."
        )
    return found(known.entry(wanted))


def _alone(path: Path) -> Path:
    """Return `path`, which reads no other file. Raises `ModelError` for a network whose weights lie elsewhere."""
    if path.suffix == ".onnx":
        onnx_file.check(path)
    return path


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0
