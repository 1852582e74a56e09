"""A boundary that the person sets by saying so, and the one sentence that confirms it. Pure.

Patterns are a language's own (`commands/`) and must fit the whole of what was said, courtesies apart, so that talking
about such words sets nothing.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from companion_voice.boundaries import data, profiles
from companion_voice.boundaries.settings import Boundaries, flat
from companion_voice.boundaries.words import plain

LONGEST = 160
"""Characters beyond which an utterance is talk."""
LONGEST_LIST = 50
COUNTED = "minutes"
"""The table that knows any number written in digits."""


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One boundary and how people ask for it. `<name>` in a pattern is a part; the group `what` is what they name."""

    says: tuple[str, ...]
    key: str
    value: str
    """{what} stands for what was named."""
    confirms: str
    """{what} is what was named, {yours} the same seen from the companion ("your mother")."""
    adds: bool = False
    """The value joins a list instead of taking a place."""
    among: str = ""
    """The table in which what was named must be found, such as `countries`."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `commands/<language>.yaml` holds."""

    courtesy: str
    parts: dict[str, str]
    tables: dict[str, dict[str, str]]
    """What people say for what is stored."""
    yours: dict[str, str]
    """The person's words as the companion says them back: "my" for "your"."""
    commands: tuple[Command, ...]


class Change(msgspec.Struct, frozen=True):
    """What the person wants."""

    key: str
    value: str
    confirmation: str
    """One sentence, for the system's voice."""
    adds: bool = False


class _Ear:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._courtesy = re.compile(rf"^(?:{words.courtesy})+|(?:{words.courtesy})+$")
        self._patterns = tuple((re.compile("|".join(map(self._full, one.says))), one) for one in words.commands)

    def understand(self, said: str) -> Change | None:
        heard = self._courtesy.sub("", f" {plain(said)} ").strip()
        if len(heard) > LONGEST:
            return None
        found = ((pattern.fullmatch(heard), command) for pattern, command in self._patterns)
        return next((change for match, command in found if match and (change := self._change(match, command))), None)

    def _change(self, match: re.Match[str], command: Command) -> Change | None:
        what = next((group for group in match.groups() if group), "")
        table = self._words.tables.get(command.among, {})
        if command.among and what not in table and not (command.among == COUNTED and what.isdigit()):
            return None
        back = " ".join(self._words.yours.get(word, word) for word in what.split())
        return Change(
            key=command.key,
            value=command.value.format(what=table.get(what, what)),
            confirmation=command.confirms.format(what=what, yours=back),
            adds=command.adds,
        )

    def _full(self, pattern: str) -> str:
        return re.sub(r"<([a-z]+)>", lambda name: f"(?:{self._words.parts[name[1]]})", pattern)


def understand(said: str, language: str) -> Change | None:
    """Return the boundary that the person set by saying `said`, or None."""
    return _ear(language).understand(said)


def applied(settings: Boundaries, change: Change, *, language: str) -> Boundaries:
    """Return the boundaries after a change. Raises `BoundaryError` with the reason when it may not be made."""
    value = change.value
    if change.adds:
        before: list[Any] = list(flat(settings)[change.key])
        value = ",".join(dict.fromkeys([*before, value][-LONGEST_LIST:]))
    return profiles.moved(settings, change.key, value, language=language)


@lru_cache(maxsize=2)
def _ear(language: str) -> _Ear:
    return _Ear(data.shipped(Words, "commands", language))
