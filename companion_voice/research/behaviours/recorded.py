"""What the program's own records show: exact, since nothing is read from words."""

from collections.abc import Iterable, Iterator
from typing import Final

from companion_voice.research.records import Behaviour, SystemEvent, Turn

HUMAN_GAP: Final = 1.0
"""Seconds: the longest silence between turns that people let pass as usual (Jefferson 1989, the "standard maximum")."""
_SHOWN: Final = {"disclosure": "B01", "break": "B07", "cap": "B07", "crisis": "B08"}
_CUES: Final = frozenset({"V01", "V02", "V03", "V04", "V05", "V06"})


def of_turns(turns: Iterable[Turn]) -> Iterator[Behaviour]:
    """Yield what the numbers of turns show: memories given to an answer, and answers as quick as a person's."""
    for turn in turns:
        if turn.speaker == "companion" and turn.recalled:
            yield _exact(turn.session, turn.turn, "A27", "recalled")
        if turn.latency is not None and turn.latency <= HUMAN_GAP:
            yield _exact(turn.session, turn.turn, "V06", "latency")


def of_events(events: Iterable[SystemEvent]) -> Iterator[Behaviour]:
    """Yield what events show: disclosures, breaks, referrals and cues of the voice."""
    for event in events:
        detail = event.detail.split()[0] if event.detail else ""
        if event.what == "cue" and detail in _CUES:
            yield _exact(event.session, event.turn, detail, "cue")
        elif event.what in _SHOWN:
            yield _exact(event.session, event.turn, _SHOWN[event.what], event.what)


def _exact(session: str, turn: int, code: str, rule: str) -> Behaviour:
    return Behaviour(session=session, turn=turn, code=code, kind="exact", rule=rule)
