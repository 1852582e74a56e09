"""What earlier conversations were about: which turns are summed up for a conversation, a week and a month.

Knows the calendar; what a summary says is memory's to choose. Words come only from the person.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from companion_voice.memory import moments
from companion_voice.memory.chronicle import Summary
from companion_voice.memory.records import Turn
from companion_voice.memory.store import Memory
from companion_voice.memory.summaries import Level
from companion_voice.memory.transcript import Session

LEVELS: Final[tuple[Level, ...]] = ("session", "week", "month")
MOST: Final = 4_000
"""Turns, counted from the last, that a summary may be made of."""


def keep(memory: Memory, session: Session, level: Level) -> None:
    """Store what this conversation, week or month has been about so far. Raises `StoreError`."""
    if level == "session":
        turns = memory.turns(person=session.person, session=session.id, last=MOST)
    else:
        turns = _since(memory.turns(person=session.person, last=MOST), _start(moments.now().date(), level))
    memory.summarise(turns, level)


def last_talk(memory: Memory, session: Session, level: Level) -> Summary | None:
    """Return what was talked about before this conversation: the last time, or in the week or month before.

    Where nothing was said in the week or month before, the present one counts. Raises `StoreError`.
    """
    turns = [turn for turn in memory.turns(person=session.person, last=MOST) if turn.session != session.id]
    if level == "session":
        earlier = dict.fromkeys(turn.session for turn in reversed(turns))
        talks: Sequence[Sequence[Turn]] = [[turn for turn in turns if turn.session == one] for one in [*earlier][:3]]
    else:
        this = _start(moments.now().date(), level)
        before = _start(this - timedelta(days=1), level)
        talks = [_since(turns, before, until=this), _since(turns, this)]
    return next((summary for talk in talks if (summary := memory.summarise(talk, level))), None)


def _since(turns: Sequence[Turn], start: date, until: date = date.max) -> tuple[Turn, ...]:
    return tuple(turn for turn in turns if start <= moments.read(turn.time).date() < until)


def _start(day: date, level: Level) -> date:
    """Return the first day of the week or month of `day`."""
    return day.replace(day=1) if level == "month" else day - timedelta(days=day.weekday())
