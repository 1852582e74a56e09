"""What a condition makes of the companion: settings, persona and boundaries, complete, whatever this computer's are.

Boundaries move as far as the law and the profile `research` let anybody move them, and no study loosens what tells
people what they talk to. Knows no participant.
"""

import difflib
import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from companion_voice import documents
from companion_voice.boundaries import phrases, profiles
from companion_voice.boundaries.settings import Boundaries, Profile, Research, known
from companion_voice.errors import BoundaryError, StudyError
from companion_voice.persona import files
from companion_voice.persona.head import head
from companion_voice.persona.schema import Persona
from companion_voice.research.study.schema import Condition, Responsible, Value
from companion_voice.settings import Settings

T = TypeVar("T", bound=msgspec.Struct)

LOCKED = (
    "profile.",
    "research.",
    "crisis.",
    "disclosure.context_aware",
    "disclosure.confidentiality_line",
    "disclosure.not_a_professional",
)
"""Boundaries that are the same in every condition: they protect whoever takes part."""
_NOT_A_CONDITION = ("persona", "language", "audio.")
"""Settings that say something of the participant or the computer."""


class Overrides(msgspec.Struct, frozen=True):
    """All that a session of a study runs with."""

    key: str
    """The name of the persona's file."""
    persona: Persona
    settings: Settings
    boundaries: Boundaries

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def head(self, language: str) -> str:
        """Return the unchanging beginning of every prompt."""
        return head(self.persona, phrases.load(language), language)


def overrides(condition: Condition, responsible: Responsible, language: str) -> Overrides:
    """Return what `condition` makes of the companion for somebody who speaks `language`.

    Raises `StudyError` for a key that does not exist or may not be changed, `BoundaryError` with the law's reason,
    and `PersonaError` or `DocumentError` where the persona cannot be used.
    """
    key = files.place(condition.persona).stem
    return Overrides(
        key=key,
        persona=persona(condition),
        settings=settings(condition, key, language),
        boundaries=boundaries(condition, responsible),
    )


def persona(condition: Condition) -> Persona:
    """Return the condition's persona, which never changes by itself. Raises as `overrides`."""
    one = files.load(condition.persona)
    return _changed(one, {"evolution.mode": "off", **condition.persona_changes}, "persona_changes")


def settings(condition: Condition, key: str, language: str) -> Settings:
    """Return the condition's settings. Raises `StudyError`."""
    for name in condition.settings:
        if name.startswith(_NOT_A_CONDITION):
            raise StudyError(
                f"`settings.{name}` is no part of a condition.",
                "The condition's own `persona`, the participant's language and this computer's devices decide it.",
            )
    return _changed(Settings(), {**condition.settings, "persona": key, "language": language}, "settings")


def boundaries(condition: Condition, responsible: Responsible) -> Boundaries:
    """Return the condition's boundaries, in the profile `research`. Raises `BoundaryError` with the reason."""
    profile = Profile(
        name="research",
        responsible_entity=responsible.entity[:200],
        contact=responsible.contact[:200],
        privacy_notice=responsible.privacy_notice[:200],
    )
    found = profiles.applied(Boundaries(profile=profile, research=Research(enabled="on")))
    for key, value in condition.boundaries.items():
        known(found, key)
        if key.startswith(LOCKED):
            reason = profiles.reasons("en").get(key, "It protects whoever takes part.")
            raise BoundaryError(f"`boundaries.{key}` is the same in every condition of a study.", reason)
        found = profiles.moved(found, key, value)
    return profiles.applied(found)


def _changed(base: T, changes: Mapping[str, Value], where: str) -> T:
    tree = msgspec.to_builtins(base)
    for key, value in changes.items():
        *way, last = key.split(".")
        place = tree
        for part in way:
            place = _inside(place, part, key, where)
        _inside(place, last, key, where)
        place[last] = value
    try:
        return msgspec.convert(tree, type(base), strict=False)
    except msgspec.ValidationError as error:
        raise StudyError(f"`{where}`: {documents.explain(str(error), type(base))}") from error


def _inside(place: Any, part: str, key: str, where: str) -> Any:  # noqa: ANN401 - plain data
    names = place if isinstance(place, dict) else {}
    if part not in names:
        near = difflib.get_close_matches(part, names, n=1)
        advice = f"Did you mean `{key.replace(part, near[0], 1)}`?" if near else ""
        raise StudyError(f"There is no `{key}` for `{where}` to change.", advice)
    return names[part]
