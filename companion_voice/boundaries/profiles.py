"""Who uses the companion, and what that fixes. Pure.

`adult` is the person at home; `minor` holds the defaults that California's SB 1119 asks for, and only who has the
guardian's key may move them; `research` and `organisation` need somebody who answers for them.
"""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from companion_voice.boundaries import explained
from companion_voice.boundaries.settings import Boundaries, changed, flat
from companion_voice.errors import BoundaryError

CEILINGS = {"adult": 180, "minor": 60, "research": 180, "organisation": 180}
"""Minutes of continuing use within which the notice must have been said again."""
RESPONSIBLE = ("profile.responsible_entity", "profile.contact", "profile.privacy_notice")
MINOR: Mapping[str, str] = {
    "disclosure.periodic_minutes": "50",
    "self.fiction_mode": "off",
    "self.claims_body_or_past": "never",
    "relationship.simulation": "off",
    "relationship.affection_terms": "off",
    "relationship.romance": "off",
    "relationship.frame": "assistant",
    "memory.enabled": "off",
    "time.break_soft": "30",
    "time.break_firm": "60",
    "time.daily_cap": "120",
    "proactive.enabled": "off",
    "proactive.emotional_questions": "off",
    "topics.sexual": "off",
    "crisis.detect": "on",
    "research.enabled": "off",
}
"""What the minor profile fixes; `profile.name` itself as well."""
NOBODYS = {"disclosure.periodic_minutes", "relationship.romance", "topics.sexual", "crisis.detect"}
"""What not even a guardian moves."""
SUPERVISED = {"crisis.detect": "on", "disclosure.context_aware": "on"}
"""What the research and organisation profiles fix."""


def ceiling_minutes(settings: Boundaries) -> int:
    """Return the most minutes of continuing use between two notices."""
    return CEILINGS[settings.profile.name]


def fixed(settings: Boundaries) -> Mapping[str, str]:
    """Return what the profile in force fixes, by key."""
    allowed = settings.profile.guardian_allows
    minor = {key: value for key, value in MINOR.items() if key in NOBODYS or key not in allowed}
    return {"adult": {}, "minor": minor, "research": SUPERVISED, "organisation": SUPERVISED}[settings.profile.name]


def applied(settings: Boundaries) -> Boundaries:
    """Return the boundaries as their profile makes them.

    Raises `BoundaryError` when a profile lacks who is responsible, or a minor's has no guardian's key.
    """
    missing = [key for key in _needed(settings) if not flat(settings)[key].strip()]
    if missing:
        raise BoundaryError(
            f"The profile `{settings.profile.name}` needs {', '.join(f'`{key}`' for key in missing)}.",
            "Set them with `companion boundaries set`, or choose the profile `adult` for use at home.",
        )
    for key, value in fixed(settings).items():
        settings = changed(settings, key, value, reasons={})
    return settings


def moved(settings: Boundaries, key: str, value: str, *, guardian: str = "", language: str = "en") -> Boundaries:
    """Return `settings` with `key` set to `value`, as law and profile allow.

    `guardian` is the guardian's key where the profile is `minor`. Raises `BoundaryError` with the reason.
    """
    if (
        key in fixed(settings)
        and value != fixed(settings)[key]
        and (settings.profile.name != "minor" or key in NOBODYS)
    ):
        raise BoundaryError(
            f"`{key}` is fixed in the profile `{settings.profile.name}`.", reasons(language).get(key, "")
        )
    if settings.profile.name == "minor" and (key in MINOR or key.startswith("profile.")):
        if not _opens(settings, guardian):
            raise BoundaryError(f"`{key}` is locked in the profile `minor`.", "Only the guardian's key opens it.")
        settings = _allowing(settings, key)
    written = sealed(value) if key == "profile.guardian_key" else value
    return changed(settings, key, written, reasons=reasons(language))


def sealed(key: str) -> str:
    """Return a guardian's key as it is stored: scrypt, so that reading the file does not tell it."""
    return hashlib.scrypt(key.encode(), salt=b"companion-voice guardian", n=2**14, r=8, p=1, dklen=32).hex()


@lru_cache(maxsize=2)
def reasons(language: str) -> Mapping[str, str]:
    """Return by key why a boundary is fixed or bounded."""
    return explained.load(language).reasons


def _needed(settings: Boundaries) -> tuple[str, ...]:
    name = settings.profile.name
    return ("profile.guardian_key",) if name == "minor" else RESPONSIBLE if name in ("research", "organisation") else ()


def _allowing(settings: Boundaries, key: str) -> Boundaries:
    allowed = tuple(dict.fromkeys((*settings.profile.guardian_allows, key))) if key in MINOR else ()
    return changed(settings, "profile.guardian_allows", ",".join(allowed), reasons={}) if allowed else settings


def _opens(settings: Boundaries, guardian: str) -> bool:
    return bool(guardian) and hmac.compare_digest(sealed(guardian), settings.profile.guardian_key)
