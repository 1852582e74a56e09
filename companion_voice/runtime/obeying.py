"""What boundaries make of a persona, of the settings and of the volume before a conversation begins.

Reads no file and no clock. What the memory may keep stands in `memory.keeping`.
"""

import re
from typing import Final

from msgspec.structs import replace

from companion_voice.boundaries import limits
from companion_voice.boundaries.settings import Boundaries
from companion_voice.persona.schema import Evolution, Persona, Tongue
from companion_voice.settings import Settings

QUIETER: Final = 10 ** (-12 / 20)
"""Of the amplitude in quiet hours: 12 dB less, about half as loud to the ear."""
_WORDS: Final = ("description", "manner", "greeting", "farewell")
"""What a persona says, or is told, in which its name may stand."""


def spoken(settings: Settings, boundaries: Boundaries) -> Settings:
    """Return the settings in the language that the person bound the companion to, unless they name one themselves."""
    if boundaries.lang == "auto" or settings.language not in ("persona", "auto"):
        return settings
    return replace(settings, language=boundaries.lang)


def played(cast: dict[str, Persona], key: str, boundaries: Boundaries) -> dict[str, Persona]:
    """Return the cast as the person lets it be: the persona `key` under the name they gave it, none changing freely."""
    bound = {one: _bound(persona, boundaries) for one, persona in cast.items()}
    if name := boundaries.presentation.name.strip():
        bound[key] = _named(bound[key], name)
    return bound


def gain(boundaries: Boundaries, minute: int) -> float:
    """Return by what its sound is multiplied at a local minute of the day: less in quiet hours, unless they say not."""
    quiet = boundaries.volume_night == "low" and limits.is_quiet(boundaries, minute)
    return QUIETER if quiet else 1.0


def _named(persona: Persona, name: str) -> Persona:
    """Return a persona under another name, in its own words as well."""
    own = re.compile(rf"(?<!\w){re.escape(persona.name)}(?!\w)")
    words = {field: _rewritten(getattr(persona, field), own, name) for field in _WORDS}
    return replace(persona, name=name, **words)


def _rewritten(words: str | dict[Tongue, str], own: re.Pattern[str], name: str) -> str | dict[Tongue, str]:
    if isinstance(words, dict):
        return {tongue: own.sub(lambda _: name, line) for tongue, line in words.items()}
    return own.sub(lambda _: name, words)


def _bound(persona: Persona, boundaries: Boundaries) -> Persona:
    """Return a persona that changes no more freely than the person allows."""
    mode = persona.evolution.mode
    if boundaries.persona.update == "never":
        mode = "off"
    elif boundaries.persona.freeze == "on" and mode == "auto":
        mode = "ask"
    return replace(persona, evolution=Evolution(mode))
