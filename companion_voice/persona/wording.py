"""How sliders and choices are told to a language model: the shape of `manners/` and `checks/`. Pure.

Knows no persona and reads nothing; `files.wording` does.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec

from companion_voice.persona.schema import TRAITS, Part, Role, TraitName, Traits

Levels: TypeAlias = Annotated[tuple[str, ...], msgspec.Meta(min_length=5, max_length=5)]


class Wordlist(Part, frozen=True):
    """What a persona file is checked with, in one language: `checks/{en,fr}.yaml`."""

    own: dict[str, str]
    """The second person and the first: what a persona is told of itself, as it would say it."""
    titles: str

    @property
    def all_titles(self) -> tuple[str, ...]:
        """Titles of professions."""
        return tuple(title.strip() for title in self.titles.split(","))


class Wording(Part, frozen=True):
    """All that is said of any persona in one language; `{}` are the places its own words take."""

    longest: int
    """Characters of a head after which no example is added to it: French costs more tokens each than English."""
    levels: dict[TraitName, Levels]
    manner: str
    roles: dict[Role, str]
    address: dict[Literal["tu", "vous"], str]
    calls_you: str
    quirks: str
    knows: str
    avoids: str
    example: str
    known: str
    opinion: str
    reminder: str

    def of(self, traits: Traits) -> tuple[str, ...]:
        """Return what the sliders say, without those in the middle."""
        said = (self.level(name, traits.of(name).baseline) for name in TRAITS)
        return tuple(words for words in said if words)

    def level(self, name: TraitName, value: float) -> str:
        """Return what one slider says at `value`, 0 to 1; empty about the middle."""
        levels = self.levels[name]
        return levels[min(len(levels) - 1, int(value * len(levels)))]
