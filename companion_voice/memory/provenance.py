"""What every export says of itself: which program wrote it, and which of its words a program made.

Says when those words were made rather than when the file was, so that the same memory gives the same bytes. Knows no
format.
"""

from collections.abc import Iterator

import msgspec
from sqlite_utils import Database

from companion_voice import __version__

SYNTHETIC = {
    "en": "A program made the words of the companion; no human said them, unless they came in an imported file. Facts "
    "and summaries were taken by a program from the person's words.",
    "fr": "Les paroles du compagnon sont produites par un programme ; aucun être humain ne les a dites, sauf si elles "
    "viennent d'un fichier importé. Faits et résumés sont tirés par un programme des paroles de la personne.",
}


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the words of an export come from."""

    program: str
    personas: tuple[str, ...]
    """The personas in whose name the program spoke."""
    first: str | None
    """When it first spoke, ISO 8601; None where it never did."""
    last: str | None
    synthetic: dict[str, str] = msgspec.field(default_factory=SYNTHETIC.copy)


def of(db: Database, person: str | None = None) -> Provenance:
    """Return the provenance of everything that is remembered, or of what is remembered of one person."""
    whose = (person or "",)
    personas = db.execute(
        "SELECT DISTINCT sessions.persona FROM turns JOIN sessions ON sessions.id = turns.session "
        "WHERE turns.who = 'companion' AND ? IN (turns.person, '') ORDER BY sessions.persona",
        whose,
    )
    times = db.execute("SELECT time FROM turns WHERE who = 'companion' AND ? IN (person, '') ORDER BY time_us", whose)
    spoken = [row[0] for row in times]
    named = tuple(row[0] for row in personas if row[0])
    first, last = (spoken[0], spoken[-1]) if spoken else (None, None)
    return Provenance(program=f"Companion Voice {__version__}", personas=named, first=first, last=last)


def as_lines(provenance: Provenance) -> Iterator[str]:
    """Yield a provenance for reading, in both languages."""
    spoken = f", as {', '.join(provenance.personas)}" if provenance.personas else ""
    when = f" It spoke{spoken}, from {provenance.first} to {provenance.last}." if provenance.first else ""
    yield f"Written by {provenance.program}.{when}"
    yield from provenance.synthetic.values()
