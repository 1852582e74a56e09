"""What a report is made of: the measured study, and the sections and parts it becomes. Knows no HTML."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from companion_voice.research import codebook
from companion_voice.research.report import measures, plots
from companion_voice.research.report.measures import Data, Unit
from companion_voice.research.report.wording import Wording


class Part(NamedTuple):
    """A piece of a section: a heading, a picture, a table, a text, each where it has one."""

    heading: str = ""
    svg: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    head: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = ()
    words: frozenset[int] = frozenset()
    """Columns of the table that hold words."""
    text: str = ""


class Section(NamedTuple):
    """One section."""

    anchor: str
    title: str
    texts: tuple[str, ...]
    parts: tuple[Part, ...]


class Measured(NamedTuple):
    """What sections are made of."""

    data: Data
    units: tuple[Unit, ...]
    say: Wording
    detectors: Mapping[str, codebook.BehaviourEntry]
    """Each behaviour, named in the language of the page."""
    quality: Mapping[str, Mapping[str, codebook.BehaviourEntry]]
    """Each behaviour by language of the talks, with what its detector was measured at in that language."""
    excluded: Mapping[str, int]
    """Sessions left out by each exclusion rule that was met."""

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the arms."""
        return self.data.arms

    def of(self, arm: str) -> list[Unit]:
        """Return the sessions of `arm`."""
        return [one for one in self.units if one.arm == arm]

    def arm(self, arm: str) -> str:
        """Return what `arm` is called on the page."""
        return arm or self.say["all"]

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Return the mark and the name of each arm; none where there is one arm."""
        many = len(self.arms) > 1
        return tuple((plots.key(arm, self.arms), self.arm(arm)) for arm in self.arms) if many else ()

    def label(self, code: str) -> str:
        """Return code and name of a behaviour."""
        return f"{code}  {self.detectors[code].name}" if code in self.detectors else code

    def codes(self, sides: str) -> tuple[str, ...]:
        """Return the behaviours that occur, of the sides named by their letters."""
        return measures.codes_seen(self.data, lambda letter: letter in sides)


def measured(data: Data, say: Wording, excluded: Mapping[str, int]) -> Measured:
    """Return all that sections are made of."""
    named = {one.code: one for one in codebook.behaviours(say.language)}
    spoken = sorted({one.lang for one in data.sessions})
    quality = {tongue: {one.code: one for one in codebook.behaviours(tongue)} for tongue in spoken}
    return Measured(data, measures.units(data), say, named, quality, excluded)
