"""Lets threads read typed documents: msgspec 0.22 crashes where two of them meet a type for the first time.

`msgspec.convert` learns what a `Struct` holds when it is first asked for one, and another thread that asks meanwhile
finds it half learnt. So all types are met before there are threads.
"""

from collections.abc import Iterator
from contextlib import suppress

import msgspec


def meet() -> None:
    """Have msgspec learn every type that is defined by now."""
    for kind in _kinds(msgspec.Struct):
        with suppress(TypeError):  # one that holds what no document can, and so is never read from one
            msgspec.json.Decoder(kind)


def _kinds(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)
