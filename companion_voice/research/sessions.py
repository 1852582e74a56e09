"""A journal as records: one session, its turns, what the program did. Pure derivation from the lines."""

from bisect import bisect_right
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from companion_voice import paths
from companion_voice.errors import JournalError
from companion_voice.research import chain, levels
from companion_voice.research.following import Follower
from companion_voice.research.lines import Closed, Entry, Gap, Heading, Labels
from companion_voice.research.records import Behaviour, End, Session, SystemEvent, Turn

_ENDS: Final[dict[str, End]] = {"goodbye": "goodbye", "input": "stop", "stopped": "stop", "failed": "crash", "": "stop"}


class Recorded(NamedTuple):
    """All that one journal tells."""

    session: Session
    turns: tuple[Turn, ...]
    events: tuple[SystemEvent, ...]


def folder() -> Path:
    """Return the folder of this home's journals, which need not exist; who takes part in a study has a home apart."""
    return paths.data_folder() / "journals"


def files() -> tuple[Path, ...]:
    """Return this home's journals, the oldest first."""
    return tuple(sorted(folder().glob("*.jsonl")))


def place(started: str, session: str) -> Path:
    """Return where a new journal belongs, in its folder. Raises `ConfigurationError` where that cannot be made."""
    stamp = "".join(char for char in started[:19] if char.isalnum())
    return paths.private_folder(folder()) / f"{stamp}-{session}.jsonl"


def read(path: Path) -> Recorded:
    """Return what a journal tells. Raises `JournalError`, naming the line, where its chain does not hold."""
    heading = chain.heading(path)
    follower = Follower(heading, levels.key())
    turns: list[Turn] = []
    labels: dict[tuple[float, str], tuple[Behaviour, ...]] = {}
    first, last, closed = None, 0.0, None
    for line in chain.read(path):
        match line:
            case Entry(event=event):
                first, last = event.at if first is None else first, event.at
                turns += follower.take(line)
            case Gap(at=at, seconds=seconds):
                first, last = at if first is None else first, at + seconds
                turns += follower.pass_over(line)
            case Labels(at=at, speaker=speaker):
                labels[at, speaker] = _behaviours(heading, line)
            case Closed():
                closed = line
    turns += follower.finish()
    numbered = _numbered(turns, labels)
    end: End = _end(closed, chain.is_torn(path))
    session = _session(heading, duration=last - (first or 0.0), end=end)
    return Recorded(session, numbered, _placed(follower.events, numbered))


def _end(closed: Closed | None, torn: bool) -> End:
    if closed is None:
        return "crash" if torn else "open"
    return _ENDS[closed.end]


def _session(heading: Heading, *, duration: float, end: End) -> Session:
    if not heading.session:
        raise JournalError("A journal without a session's id is of no use for research.")
    return Session(
        session=heading.session,
        participant=heading.participant,
        study=heading.study,
        condition=heading.condition,
        started=heading.started,
        duration=round(duration, 3),
        end=end,
        level=heading.level,
        language=heading.language,
        persona=heading.persona,
        persona_hash=heading.persona_hash,
        condition_hash=heading.condition_hash,
        prompt_hash=heading.prompt_hash,
        settings_hash=heading.settings_hash,
        models_hash=heading.models_hash,
        software=heading.software,
        stt=heading.engines.get("stt", ""),
        llm=heading.engines.get("llm", ""),
        tts=heading.engines.get("tts", ""),
    )


def _numbered(turns: list[Turn], labels: dict[tuple[float, str], tuple[Behaviour, ...]]) -> tuple[Turn, ...]:
    """Return the turns in the order of their beginnings, counted from 1, with what was found in them."""
    in_order = sorted(turns, key=lambda turn: turn.at)
    return tuple(
        replace(
            turn,
            turn=number,
            labels=tuple(replace(one, turn=number) for one in labels.get((turn.at, turn.speaker), ())),
        )
        for number, turn in enumerate(in_order, 1)
    )


def _behaviours(heading: Heading, line: Labels) -> tuple[Behaviour, ...]:
    return tuple(
        Behaviour(session=heading.session, turn=0, code=one.code, kind=one.kind, rule=one.rule) for one in line.found
    )


def _placed(events: list[SystemEvent], turns: tuple[Turn, ...]) -> tuple[SystemEvent, ...]:
    """Return the events in their order, each with the turn during or after which it came."""
    begins = [turn.at for turn in turns]
    in_order = sorted(events, key=lambda event: event.at)
    return tuple(replace(event, turn=bisect_right(begins, event.at)) for event in in_order)
