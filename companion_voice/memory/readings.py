"""Which turns a language model has read, so that each is read once, also after a restart. Never a word of them.

Works inside the caller's transaction. Knows no model: what it may say is judged by `facts`.
"""

from collections.abc import Sequence
from typing import Final

from sqlite_utils import Database

from companion_voice.memory import facts, intake, ledger, rules, transcript
from companion_voice.memory.facts.folded import folded
from companion_voice.memory.keeping import Keeping
from companion_voice.memory.records import Fact, NewFact, Rule, Turn
from companion_voice.memory.schema import migrations

RECENT: Final = 400
"""A person's turns, counted from the last, among which unread ones are looked for: an import is not read for days."""


@migrations()
def m003_readings(db: Database) -> None:
    """Create the table of what has been read; a turn that is forgotten takes its mark along."""
    db.execute("CREATE TABLE readings (turn INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE)")


def unread(db: Database, person: str, never: Sequence[Rule]) -> Turn | None:
    """Return the oldest of a person's recent turns that is still to be read and may be, as the rules `never` say."""
    recent = "SELECT id FROM turns WHERE person = ? AND who = 'user' ORDER BY id DESC LIMIT ?"
    clause = f"WHERE id IN ({recent}) AND id NOT IN (SELECT turn FROM readings) ORDER BY id"  # noqa: S608 - ours
    turns = transcript.select(db, clause, (person, RECENT))
    return next((turn for turn in turns if facts.may_tell(turn) and not rules.forbids(never, turn.text)), None)


def keep(db: Database, turn: Turn, form: bytes, keeping: Keeping) -> list[Fact]:
    """Note that a turn was read, and store what may be kept of the form about it that was not known from it already."""
    db.execute("INSERT OR IGNORE INTO readings VALUES (?)", (turn.id,))
    found = [new for new in facts.kept(form, turn) if not _is_known(db, turn, new)]
    return intake.tell(db, turn, found, "model", keeping, latest=False)


def _is_known(db: Database, turn: Turn, new: NewFact) -> bool:
    """Tell whether this was told already, or something is held that a model may not contradict."""
    clause = "WHERE person = ? AND subject = ? AND slot = ?"
    known = list(ledger.select(db, clause, (turn.person, new.subject, new.slot)))
    if facts.has_one_value(new.subject, new.slot) and any(fact.valid_until_us is None for fact in known):
        return True
    return any(fact.turn == turn.id or folded(fact.value) == folded(new.value) for fact in known)
