"""Every boundary in a sentence: what it does now, and why it cannot be moved further. Pure; decides nothing."""

from functools import lru_cache
from typing import Any

import msgspec

from companion_voice.boundaries import data


class Explained(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `explained/<language>.yaml` holds."""

    keys: dict[str, str]
    """By key, a sentence; {value} is what it is set to."""
    reasons: dict[str, str]
    """By key, why it is fixed or bounded."""
    nothing: str
    """What an empty value is called."""


@lru_cache(maxsize=2)
def load(language: str) -> Explained:
    """Return what `explained/<language>.yaml` holds."""
    return data.shipped(Explained, "explained", language)


def sentence(key: str, value: Any, language: str) -> str:  # noqa: ANN401 - whatever kind a setting has
    """Return what the boundary `key` does while it is `value`."""
    known = load(language)
    listed = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    told = known.keys[key].format(value=listed or known.nothing)
    return f"{told} {known.reasons[key]}" if key in known.reasons else told
