"""The settings of one engine's own, given as text and typed by that engine. Knows no engine."""

from typing import TypeVar

import msgspec

from companion_voice import documents
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import ConfigurationError

T = TypeVar("T")


def typed(options: EngineOptions, kind: type[T]) -> T:
    """Return `options.tuning` as a `kind`. Raises `ConfigurationError` naming the key that does not fit."""
    try:
        return msgspec.convert(options.tuning, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"An engine's tuning cannot be used: {documents.explain(str(error), kind)}",
            "Mend `tuning` in `companion config edit`.",
        ) from error
