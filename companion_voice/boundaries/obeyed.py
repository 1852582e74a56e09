"""What obeys each boundary, so that none is stored and does nothing unsaid. Pure; obeys nothing itself."""

from functools import lru_cache

import msgspec

from companion_voice.boundaries import data


class Obeyed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What obeys a boundary."""

    code: str
    """Dotted name within the package."""
    test: str
    """The test that fails when it is not obeyed: file and name."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `obeyed/table.yaml` holds."""

    by: dict[str, Obeyed]
    fixed: dict[str, str]
    """Boundaries of a single value, and the test that keeps it."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `obeyed/<language>.yaml` holds."""

    by: str
    fixed: str


@lru_cache(maxsize=1)
def table() -> Table:
    """Return what obeys each boundary, and which are fixed."""
    return data.shipped(Table, "obeyed", "table")


@lru_cache(maxsize=2)
def words(language: str) -> Words:
    """Return what is said of it in `language`."""
    return data.shipped(Words, "obeyed", language)


def sentence(key: str, language: str) -> str:
    """Return what obeys the boundary `key`, or that it is fixed."""
    said, by = words(language), table().by
    return said.by.format(code=by[key].code) if key in by else said.fixed
