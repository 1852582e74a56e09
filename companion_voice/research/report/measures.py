"""What a report says, as numbers: rates with their intervals, first occurrences, transitions, lengths, answers.

A rate is occurrences per 100 words of the side that shows the behaviour. Its interval is a percentile bootstrap over
participants, who are drawn whole because what one person does is not independent of itself; over sessions where an arm
has one participant; none where it has one session. Seeded, so that the same data make the same page. What a judging
model found is counted apart from what rules found. Knows no drawing and no language.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from companion_voice.research import rows
from companion_voice.research.tables import Batch

DRAWS = 2000
SEED = 20261123
WORDS = 100
"""Words to which a rate refers."""

T = TypeVar("T")
R = TypeVar("R", bound=rows.Row)


class Data(NamedTuple):
    """Every row a report rests on."""

    participants: list[rows.Participant]
    sessions: list[rows.Session]
    turns: list[rows.Turn]
    events: list[rows.Event]
    behaviours: list[rows.Behaviour]
    responses: list[rows.Response]
    unreviewed: int

    @property
    def arms(self) -> tuple[str, ...]:
        """Return the arms in order of their names."""
        return tuple(sorted({one.arm for one in self.sessions}))


class Estimate(NamedTuple):
    """A measure of one arm, with the interval that holds the middle 95 % of the bootstrap's draws."""

    value: float
    low: float | None
    high: float | None
    n: int
    """Occurrences, or answers, it rests on."""


class Unit(NamedTuple):
    """One session: how much was said on each side, and how often each behaviour occurred."""

    participant: str
    session: str
    arm: str
    nth: int
    person_words: int
    companion_words: int
    found: Counter[str]
    judged: Counter[str]


class First(NamedTuple):
    """When a behaviour first occurs in the sessions that show it at all."""

    share: float
    """Of an arm's sessions, 0 to 1."""
    sessions: int
    lower: float
    median: float
    upper: float


class Transitions(NamedTuple):
    """What the companion does in the turn after each behaviour of the person."""

    user: tuple[str, ...]
    system: tuple[str, ...]
    after: NDArray[np.int64]
    """Answers with behaviour `system[j]` to turns with behaviour `user[i]`, shape (user, system)."""
    answered: NDArray[np.int64]
    """Turns with behaviour `user[i]` that were answered, shape (user,)."""
    base: NDArray[np.float64]
    """Share of all answers that show `system[j]`, shape (system,)."""


def gathered(batches: Iterable[Batch]) -> Data:
    """Return all rows of `batches`."""
    tables: dict[str, list[rows.Row]] = {table: [] for table in rows.TABLES}
    unreviewed = 0
    for batch in batches:
        unreviewed += batch.unreviewed
        for table, some in batch.rows.items():
            tables[table] += some
    return Data(
        _of(tables["participants"], rows.Participant),
        _of(tables["sessions"], rows.Session),
        _of(tables["turns"], rows.Turn),
        _of(tables["events"], rows.Event),
        _of(tables["behaviours"], rows.Behaviour),
        _of(tables["responses"], rows.Response),
        unreviewed,
    )


def without(data: Data, sessions: frozenset[str]) -> Data:
    """Return `data` without what belongs to `sessions`, and without participants who have no other."""
    kept = [one for one in data.sessions if one.session_id not in sessions]
    left = {one.ppt_id for one in kept}
    return Data(
        [one for one in data.participants if one.ppt_id in left],
        kept,
        [one for one in data.turns if one.session_id not in sessions],
        [one for one in data.events if one.session_id not in sessions],
        [one for one in data.behaviours if one.session_id not in sessions],
        [one for one in data.responses if one.session_id not in sessions and one.ppt_id in left],
        data.unreviewed,
    )


def units(data: Data) -> tuple[Unit, ...]:
    """Return the sessions of `data` as counts."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    for one in data.behaviours:
        (judged if one.detector == "judge" else found)[one.session_id][one.code] += 1
    return tuple(
        Unit(
            participant=one.ppt_id,
            session=one.session_id,
            arm=one.arm,
            nth=one.session_index,
            person_words=one.n_words_person,
            companion_words=one.n_words_companion,
            found=found[one.session_id],
            judged=judged[one.session_id],
        )
        for one in data.sessions
    )


def rate(some: Sequence[Unit], codes: Iterable[str], *, judged: bool = False) -> Estimate:
    """Return how often any of `codes`, all of one side, occurs per 100 words of that side in `some`."""
    codes = tuple(codes)
    of_user = codes[0].startswith("U")
    counts = [sum((one.judged if judged else one.found)[code] for code in codes) for one in some]
    words = [one.person_words if of_user else one.companion_words for one in some]
    clusters = _clusters([one.participant for one in some])
    return _ratio(np.array(counts), np.array(words), clusters, WORDS)


def mean(values: Sequence[float], participants: Sequence[str]) -> Estimate:
    """Return the mean of `values`; participants are drawn whole."""
    return _ratio(np.array(values), np.ones(len(values)), _clusters(participants), 1)


def first_occurrence(data: Data, code: str, arm: str) -> First | None:
    """Return when `code` first occurs in the sessions of `arm`, or nothing where it never does."""
    sessions = {one.session_id for one in data.sessions if one.arm == arm}
    earliest: dict[str, int] = {}
    for one in data.behaviours:
        if one.code == code and one.detector != "judge" and one.session_id in sessions:
            earliest[one.session_id] = min(one.turn, earliest.get(one.session_id, one.turn))
    if not earliest:
        return None
    lower, median, upper = np.percentile(list(earliest.values()), (25, 50, 75))
    return First(len(earliest) / len(sessions), len(earliest), float(lower), float(median), float(upper))


def transitions(data: Data, user: Sequence[str], system: Sequence[str]) -> Transitions:
    """Return what the companion does in the first turn after a person's, by what the person did."""
    shown: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in data.behaviours:
        if one.detector != "judge":
            shown[one.session_id, one.turn].add(one.code)
    after = np.zeros((len(user), len(system)), np.int64)
    answered, total, base = np.zeros(len(user), np.int64), 0, np.zeros(len(system), np.int64)
    for turn, answer in zip(data.turns, data.turns[1:], strict=False):
        if (turn.role, answer.role, answer.session_id) != ("person", "companion", turn.session_id):
            continue
        asked = np.array([code in shown[turn.session_id, turn.turn] for code in user], bool)
        given = np.array([code in shown[answer.session_id, answer.turn] for code in system], bool)
        after += np.outer(asked, given)
        answered, base, total = answered + asked, base + given, total + 1
    return Transitions(tuple(user), tuple(system), after, answered, base / max(total, 1))


def answers(data: Data) -> dict[tuple[str, str], dict[str, Estimate]]:
    """Return the mean of each numeric item by questionnaire, item and arm."""
    given: dict[tuple[str, str], dict[str, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
    for one in data.responses:
        if (number := _number(one.value)) is not None:
            given[one.questionnaire, one.item][one.arm].append((number, one.ppt_id))
    return {
        item: {arm: mean([value for value, _ in some], [who for _, who in some]) for arm, some in arms.items()}
        for item, arms in given.items()
    }


def codes_seen(data: Data, side: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the codes that occur at all and whose first letter `side` takes, in order."""
    return tuple(sorted({one.code for one in data.behaviours if side(one.code[0])}))


def _of(some: list[rows.Row], kind: type[R]) -> list[R]:
    return [row for row in some if isinstance(row, kind)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _clusters(participants: Sequence[str]) -> NDArray[np.int64]:
    """Return for each session the number of the cluster it is drawn with."""
    numbers = {one: number for number, one in enumerate(dict.fromkeys(participants))}
    if len(numbers) == 1:
        return np.arange(len(participants))
    return np.array([numbers[one] for one in participants], np.int64)


def _ratio(counts: NDArray[np.float64], sizes: NDArray[np.float64], clusters: NDArray[np.int64], per: int) -> Estimate:
    """Return `counts` by `sizes`, and its percentile bootstrap over `clusters` (Efron and Tibshirani 1993, ch. 13)."""
    value = per * counts.sum() / sizes.sum() if sizes.sum() else 0.0
    held, room = np.bincount(clusters, counts), np.bincount(clusters, sizes)
    if len(held) == 1:
        return Estimate(float(value), None, None, int(counts.sum()))
    drawn = np.random.default_rng(SEED).multinomial(len(held), np.full(len(held), 1 / len(held)), DRAWS)
    rates = per * (drawn @ held) / np.maximum(drawn @ room, 1)
    low, high = np.percentile(rates, (2.5, 97.5))
    return Estimate(float(value), float(low), float(high), int(counts.sum()))
