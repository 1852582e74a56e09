"""Who may leave in an export: the door between what is kept and what goes out, a session at a time.

A participant who withdrew is not in the source; a session that was not reviewed is passed over; text goes as far as the
lowest of three levels: the journal's, the participant's consent, the level asked for. Knows no format, and of a study
only the few questions in `Source`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from companion_voice.errors import ExportError
from companion_voice.research import deriving, records, rows, sessions
from companion_voice.research.behaviours import detect
from companion_voice.research.deriving import Place
from companion_voice.research.records import LEVELS, Level

OWN_STUDY = "own"
"""What stands for the study where somebody exports their own journals."""

SELF = "self"
"""What stands for the participant there, unless they choose a pseudonym."""


class Source(Protocol):
    """What an export asks of a study; `Journals` answers it for journals outside of any."""

    def participants(self) -> Sequence[str]:
        """Return the pseudonyms of those who take part; who withdrew is not among them."""

    def sessions(self, participant: str) -> Sequence[Path]:
        """Return the journals of `participant`, the oldest first; the stem of a file is its session's id."""

    def struck(self, session: str) -> frozenset[int]:
        """Return the turns that the participant struck."""

    def judged(self, session: str) -> Sequence[records.Behaviour]:
        """Return what a model judged of `session`, if one was asked."""

    def shift(self, participant: str) -> int:
        """Return the days by which every date of `participant` is moved."""

    def allowed(self, participant: str) -> Level | None:
        """Return how much `participant` consents to; None where they have taken it all back."""

    def responses(self, participant: str) -> Sequence[records.Response]:
        """Return the answers of `participant` to questionnaires."""

    def exportable(self, session: str) -> bool:
        """Return whether the participant has reviewed `session`."""

    def simulated(self, participant: str) -> bool:
        """Return whether `participant` is a program."""

    def excluded(self) -> Mapping[str, frozenset[str]]:
        """Return the sessions that meet each exclusion rule."""


class Batch(NamedTuple):
    """Rows of one participant, by table."""

    rows: dict[str, list[rows.Row]]
    unreviewed: int = 0
    """Sessions passed over because their participant has not reviewed them."""
    refused: int = 0
    """Sessions passed over because their participant has taken all consent back."""


class Journals:
    """Somebody's own journals, outside of any study: dates stay, and to ask for the export is to have reviewed."""

    def __init__(self, files: Iterable[Path], *, pseudonym: str = SELF) -> None:
        self._files = tuple(sorted(files))
        self._pseudonym = pseudonym

    def participants(self) -> Sequence[str]:
        """Return the one pseudonym there is."""
        return (self._pseudonym,)

    def sessions(self, participant: str) -> Sequence[Path]:  # noqa: ARG002 - there is one
        """Return every journal."""
        return self._files

    def struck(self, session: str) -> frozenset[int]:  # noqa: ARG002
        """Return none: what was struck says so in the journal itself."""
        return frozenset()

    def judged(self, session: str) -> Sequence[records.Behaviour]:  # noqa: ARG002
        """Return nothing: only studies are judged."""
        return ()

    def shift(self, participant: str) -> int:  # noqa: ARG002
        """Return 0."""
        return 0

    def allowed(self, participant: str) -> Level | None:  # noqa: ARG002
        """Return the widest: each journal has its own."""
        return LEVELS[-1]

    def responses(self, participant: str) -> Sequence[records.Response]:  # noqa: ARG002
        """Return none."""
        return ()

    def exportable(self, session: str) -> bool:  # noqa: ARG002
        """Return true."""
        return True

    def simulated(self, participant: str) -> bool:  # noqa: ARG002
        """Return false."""
        return False

    def excluded(self) -> Mapping[str, frozenset[str]]:
        """Return none: own journals have no rules."""
        return {}


def batches(source: Source, study: str, *, most: Level = "text") -> Iterator[Batch]:
    """Yield the rows of `source`, a session at a time, with no more than level `most` of what was said.

    Raises `JournalError` for a journal that cannot be read, and `ExportError` for one that belongs elsewhere.
    """
    excluded = source.excluded()
    for participant in source.participants():
        yield from _of_participant(source, study, participant, most, excluded)


def _of_participant(
    source: Source, study: str, participant: str, most: Level, excluded: Mapping[str, frozenset[str]]
) -> Iterator[Batch]:
    allowed = source.allowed(participant)
    if allowed is None:
        yield Batch({}, refused=len(source.sessions(participant)))
        return
    level = deriving.lowest(allowed, most)
    shift, simulated = source.shift(participant), source.simulated(participant)
    reviewed = [path for path in source.sessions(participant) if source.exportable(path.stem)]
    first: records.Session | None = None
    for nth, path in enumerate(reviewed, start=1):
        recorded = sessions.read(path)
        _refuse_stranger(recorded.session, study, path)
        first = first or recorded.session
        rules = () if simulated else tuple(name for name, some in excluded.items() if path.stem in some)
        place = Place(
            study=study,
            participant=participant,
            nth=nth,
            first=first.started,
            shift=shift,
            level=deriving.lowest(recorded.session.level, level),
            struck=source.struck(path.stem),
            simulated=simulated,
            excluded_by=rules,
        )
        yield Batch(rows_of(recorded, place, source.judged(path.stem)))
    unreviewed = len(source.sessions(participant)) - len(reviewed)
    yield Batch(_of_person(source, study, participant, first, len(reviewed), level) if first else {}, unreviewed)


def rows_of(
    recorded: sessions.Recorded, place: Place, judged: Sequence[records.Behaviour] = ()
) -> dict[str, list[rows.Row]]:
    """Return the rows of one session, by table. Behaviours are found in the words as kept, before any is taken away.

    `judged`: what a model found, which stands beside what rules found, and never in its place.
    """
    one, turns, events = recorded
    arm, kept = one.condition, one.level
    struck = deriving.struck_turns(turns, place)
    return {
        "sessions": [deriving.session(one, turns, events, place)],
        "turns": [deriving.turn(turn, arm, kept, place) for turn in turns],
        "events": [deriving.event(event, arm, place) for event in events],
        "behaviours": [*deriving.behaviours([*_found(recorded), *judged], arm, kept, place, struck)],
    }


def _found(recorded: sessions.Recorded) -> list[records.Behaviour]:
    """Return the behaviours of a session: those found now, and those its journal kept when it let the words go."""
    now = detect(recorded.turns, recorded.events)
    known = {(one.turn, one.code) for one in now}
    kept = [one for turn in recorded.turns for one in turn.labels if (one.turn, one.code) not in known]
    return sorted([*now, *kept], key=lambda one: one.turn)


def _of_person(
    source: Source, study: str, participant: str, first: records.Session, count: int, level: Level
) -> dict[str, list[rows.Row]]:
    arm = first.condition
    who = rows.Participant(
        study_id=study,
        ppt_id=participant,
        arm=arm,
        consent_level=level,
        lang=first.language,
        simulated=source.simulated(participant),
        n_sessions=count,
    )
    answers = source.responses(participant)
    return {"participants": [who], "responses": [deriving.response(one, arm, study, participant) for one in answers]}


def _refuse_stranger(session: records.Session, study: str, path: Path) -> None:
    """Refuse a study's journal outside of its study: there, nobody knows who withdrew."""
    belongs = session.study or OWN_STUDY
    if belongs != study:
        raise ExportError(
            f"{path.name} belongs to the study {belongs}, not to {study}.",
            "Only its own study knows who withdrew and what was struck: export that study.",
        )
