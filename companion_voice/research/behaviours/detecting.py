"""Every behaviour of a session, in order: from records where they tell it, else from words. Asks no model."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from companion_voice.research.behaviours import reading, recorded
from companion_voice.research.behaviours.reading import Sign
from companion_voice.research.records import Behaviour, SystemEvent, Turn


def detect(turns: Sequence[Turn], events: Sequence[SystemEvent]) -> tuple[Behaviour, ...]:
    """Return what turns and events of one session show, by turn and code; each code once a turn.

    `turns` in their order; each is read with the one before it. A turn without its words keeps the labels it has.
    """
    exact = [*recorded.of_turns(turns), *recorded.of_events(events)]
    read = [found for before, turn in pairwise((None, *turns)) if turn for found in _of_turn(turn, before)]
    once: dict[tuple[str, int, str], Behaviour] = {}
    for found in (*exact, *read):
        once.setdefault((found.session, found.turn, found.code), found)
    return tuple(sorted(once.values(), key=lambda found: (found.turn, found.code)))


def _of_turn(turn: Turn, before: Turn | None) -> Iterator[Behaviour]:
    if turn.text is None or turn.struck:
        yield from turn.labels
        return
    for sign in _signs(turn, turn.text, before):
        yield Behaviour(
            session=turn.session,
            turn=turn.turn,
            code=sign.code,
            kind="rule",
            rule=sign.rule,
            start=sign.start,
            end=sign.end,
        )


def _signs(turn: Turn, text: str, before: Turn | None) -> tuple[Sign, ...]:
    if turn.speaker == "person":
        return reading.of_person(text, turn.language)
    answered = before.text if before and before.speaker == "person" else None
    return reading.of_companion(text, turn.language, before=answered or "")
