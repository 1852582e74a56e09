"""Freezing: what a study was when it began, and whether it still is.

The study file, the software, the models, and for each condition all that it makes of the companion, with the head of
every prompt. A session is refused when anything differs. Knows no participant.
"""

import hashlib
import re
from pathlib import Path

import msgspec

from companion_voice import __version__, paths
from companion_voice.errors import StudyError
from companion_voice.research.study import allocation, conditions
from companion_voice.research.study.allocation import Table
from companion_voice.research.study.schema import Plan

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MARK = "active.txt"


class Frozen(msgspec.Struct, frozen=True):
    """What was recorded."""

    at: str
    """Local wall time, ISO 8601."""
    study: str
    """SHA-256 of the study file."""
    software: str
    seed: str
    seal: str
    """SHA-256 of the allocation table."""
    conditions: dict[str, str]
    """By condition and language, SHA-256 of settings, persona and boundaries."""
    heads: dict[str, str]
    """By the same, the head of every prompt, word for word."""
    models: dict[str, str]
    """By kind of work, the engine and the SHA-256 of its model."""


def is_name(text: str) -> bool:
    """Tell whether a study may be called so."""
    return _NAME.fullmatch(text) is not None


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def now(plan: Plan, file: Path, models: dict[str, str], *, at: str) -> Frozen:
    """Return what a study is now. Raises as `conditions.overrides`."""
    every = {
        f"{name}/{language}": conditions.overrides(condition, plan.responsible, language)
        for name, condition in plan.conditions.items()
        for language in plan.languages
    }
    return Frozen(
        at=at,
        study=file_digest(file),
        software=__version__,
        seed=plan.allocation.seed,
        seal=allocation.table(plan).seal,
        conditions={name: one.digest for name, one in every.items()},
        heads={name: one.head(name.rpartition("/")[2]) for name, one in every.items()},
        models=models,
    )


def freeze(folder: Path, plan: Plan, frozen: Frozen) -> None:
    """Record what a study is and seal its allocation. Raises `StudyError` where it, or another, is frozen already."""
    if (folder / "frozen.json").exists():
        raise StudyError(f"{folder.name} is frozen already.", "A frozen study stays as it is: begin another.")
    if running := active(folder.parent):
        raise StudyError(f"The study {running} is running, and one at a time does.", f"companion study close {running}")
    paths.write_private(folder / "allocation.json", msgspec.json.encode(allocation.table(plan)))
    paths.write_private(folder / "frozen.json", msgspec.json.format(msgspec.json.encode(frozen)))
    paths.write_private(folder.parent / _MARK, folder.name.encode())


def read(folder: Path) -> Frozen:
    """Return what was recorded. Raises `StudyError` where the study was not frozen."""
    file = folder / "frozen.json"
    if not file.exists():
        raise StudyError(f"{folder.name} is not frozen.", f"companion study freeze {folder.name}")
    return msgspec.json.decode(file.read_bytes(), type=Frozen)


def sealed_table(folder: Path) -> Table:
    """Return the allocation table. Raises `StudyError` where it is not the one that was sealed."""
    recorded = read(folder)
    table = paths.read_private(folder / "allocation.json", Table)
    if table.seal != recorded.seal:
        raise StudyError("The allocation table is not the one that was sealed.", "Put the file back as it was.")
    return table


def hold(folder: Path, present: Frozen) -> None:
    """Refuse what differs from when the study was frozen, naming it. Raises `StudyError`."""
    recorded = read(folder)
    for what in ("study", "software", "seed", "seal"):
        _same(folder.name, what, getattr(recorded, what), getattr(present, what))
    for what in ("conditions", "heads", "models"):
        was, is_now = getattr(recorded, what), getattr(present, what)
        for one in sorted({*was, *is_now}):
            _same(folder.name, f"{what}: {one}", was.get(one, "nothing"), is_now.get(one, "nothing"))
    sealed_table(folder)
    running = active(folder.parent)
    if running != folder.name:
        other = f"the study {running} is" if running else "none is"
        raise StudyError(f"The study {folder.name} is not running: {other}.", "One study runs at a time.")


def active(folder: Path) -> str:
    """Return the study that runs; empty where none does."""
    mark = folder / _MARK
    return mark.read_text().strip() if mark.exists() else ""


def deactivate(folder: Path) -> None:
    """Let no study run."""
    (folder / _MARK).unlink(missing_ok=True)


def _same(study: str, what: str, was: str, is_now: str) -> None:
    if was != is_now:
        raise StudyError(
            f"{study} is not as it was frozen: `{what}` was {was[:40]} and is {is_now[:40]}.",
            "Bring it back as it was, or begin another study.",
        )
