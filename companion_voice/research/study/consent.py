"""What a participant allows: one sentence for each level, each answered by itself, kept in an append-only record.

A level is in force where it and every level below it are allowed: text holds counts as well. Knows no terminal.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from companion_voice import documents
from companion_voice.errors import StudyError
from companion_voice.research.records import LEVELS, Level
from companion_voice.research.study.schema import Plan, Tongue


class Sentences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is read or said in one language."""

    heading: str
    levels: dict[Level, str]
    never_audio: str


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One answer about one level."""

    at: str
    """Local wall time, ISO 8601."""
    level: Level
    agreed: bool
    language: Tongue
    how: Literal["written", "spoken", "simulated"]
    version: str
    """SHA-256 of the sentences that were put."""
    before: str
    """SHA-256 of the record before this one; empty for the first."""


@cache
def sentences() -> dict[Tongue, Sentences]:
    """Return what is read or said, by language."""
    return documents.read(Path(__file__).with_name("consent.yaml"), dict[Tongue, Sentences])


def heading(plan: Plan, language: Tongue) -> str:
    """Return what is said before the questions."""
    who = plan.responsible
    return (
        sentences()[language]
        .heading.format(
            title=plan.title,
            entity=who.entity,
            contact=who.contact,
            privacy_notice=who.privacy_notice,
            until=plan.consent.withdrawal_until,
        )
        .strip()
    )


def version(language: Tongue) -> str:
    """Return what tells these sentences from others."""
    return hashlib.sha256(msgspec.json.encode(sentences()[language], order="deterministic")).hexdigest()


def add(
    file: Path, answers: dict[Level, bool], language: Tongue, *, how: Literal["written", "spoken", "simulated"], at: str
) -> None:
    """Add answers to the record of a participant. Raises `StudyError`."""
    try:
        lines = file.read_bytes().splitlines() if file.exists() else []
        with file.open("ab") as record:
            for level, agreed in answers.items():
                before = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
                one = Given(
                    at=at,
                    level=level,
                    agreed=agreed,
                    language=language,
                    how=how,
                    version=version(language),
                    before=before,
                )
                lines.append(msgspec.json.encode(one))
                record.write(lines[-1] + b"\n")
    except OSError as error:
        raise StudyError(f"The consent cannot be recorded: {error.strerror}.") from error


def read(file: Path) -> tuple[Given, ...]:
    """Return the record of a participant. Raises `StudyError`, naming the line, where it was changed."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    found: list[Given] = []
    before = ""
    for number, line in enumerate(lines, 1):
        try:
            one = msgspec.json.decode(line, type=Given)
        except msgspec.DecodeError as error:
            raise StudyError(f"{file}, line {number}: this is no consent.") from error
        if one.before != before:
            raise StudyError(f"{file}, line {number}: the record of consent was changed.", "Nothing of it is used.")
        found.append(one)
        before = hashlib.sha256(line).hexdigest()
    return tuple(found)


def level(given: Sequence[Given]) -> Level | None:
    """Return how much is allowed by the last answer about each level; None where nothing is."""
    last = {one.level: one.agreed for one in given}
    reached: Level | None = None
    for one in LEVELS:
        if not last.get(one, False):
            break
        reached = one
    return reached
