"""Where a study lies and who takes part: the folder of one study, read and added to.

A participant's whole life in a study lies in one folder, memory and journals included, so that one deletion takes all
of it. Knows neither terminals nor how a session is held.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from companion_voice import documents, paths
from companion_voice.errors import StudyError
from companion_voice.research import sessions
from companion_voice.research.journal import strike
from companion_voice.research.records import LEVELS, Behaviour, Level, Response
from companion_voice.research.study import allocation, consent, exclusion, freezing, pseudonyms
from companion_voice.research.study.judging import Judged
from companion_voice.research.study.schema import Plan, Tongue


class Enrolment(msgspec.Struct, frozen=True):
    """What a study knows of a participant besides what they said."""

    participant: str
    arm: str
    stratum: str
    language: Tongue
    simulated: bool = False


class Kept(msgspec.Struct, frozen=True):
    """What the participant decided about one session."""

    struck: tuple[int, ...] = ()
    reviewed: bool = False


_Kept = dict[str, Kept]


class Study:
    """One study on this computer."""

    def __init__(self, name: str, folder: Path) -> None:
        """Open the study in `folder`. Raises `DocumentError` where its file is not a study."""
        self.name = name
        self.folder = folder
        self.plan = documents.read(folder / "study.yaml", Plan)

    @property
    def digest(self) -> str:
        """SHA-256 of the study file."""
        return freezing.file_digest(self.folder / "study.yaml")

    def frozen(self) -> freezing.Frozen:
        """Return what was recorded when it was frozen. Raises `StudyError` where it was not."""
        return freezing.read(self.folder)

    # --- who takes part ----------------------------------------------------------------------------------------------

    def participants(self) -> tuple[str, ...]:
        """Return the pseudonyms of those who take part, in the order of the alphabet; who withdrew is not there."""
        return tuple(sorted(file.parent.name for file in self._people.glob("*/enrolment.json")))

    def enrolment(self, participant: str) -> Enrolment:
        """Return what is known of a participant. Raises `StudyError` where nobody has that pseudonym."""
        if not pseudonyms.is_pseudonym(participant):
            raise StudyError(
                "That is not a pseudonym, and nothing else is ever kept of who somebody is.",
                f"`companion study enrol {self.name}` gives one; it begins with `p-`.",
            )
        file = self._of(participant) / "enrolment.json"
        if not file.exists():
            raise StudyError(f"Nobody called {participant} takes part in {self.name}.", "They may have withdrawn.")
        return msgspec.json.decode(file.read_bytes(), type=Enrolment)

    def simulated(self, participant: str) -> bool:
        """Return whether a participant is a program."""
        return self.enrolment(participant).simulated

    def shift(self, participant: str) -> int:
        """Return the days by which every date of a participant is moved."""
        return pseudonyms.shift(pseudonyms.key(self.name), participant)

    def allowed(self, participant: str) -> Level | None:
        """Return how much a participant allows; None where they have taken it all back."""
        return consent.level(consent.read(self._of(participant) / "consent.jsonl"))

    def level(self, participant: str) -> Level:
        """Return how much a participant allows. Raises `StudyError` where they allow nothing."""
        found = self.allowed(participant)
        if found is None:
            raise StudyError(f"{participant} allows nothing to be kept.", "Without consent there is no session.")
        return found

    def enrol(
        self,
        code: str,
        facets: dict[str, str],
        answers: dict[Level, bool],
        *,
        at: str,
        how: Literal["written", "spoken", "simulated"] = "written",
    ) -> Enrolment:
        """Take somebody in and return what is kept of them; `code` is turned into the pseudonym and not kept.

        `facets`: `language` and one value of each of the study's strata. Raises `StudyError` where the study is not
        frozen, is full, or they allow nothing.
        """
        simulated = how == "simulated"
        participant = pseudonyms.pseudonym(pseudonyms.key(self.name), code, simulated=simulated)
        stratum = allocation.stratum(self.plan, facets)
        language: Tongue = "fr" if facets["language"] == "fr" else "en"
        folder = self._of(participant)
        if (folder / "enrolment.json").exists():
            raise StudyError(f"{participant} takes part already.", "Withdraw them first to begin anew.")
        if not answers.get(LEVELS[0]):
            raise StudyError("Who does not let even counts be kept cannot take part.", "Nothing was kept.")
        arm = self._next_arm(stratum, simulated=simulated)
        paths.private_folder(folder)
        one = Enrolment(participant, arm, stratum, language, simulated)
        consent.add(folder / "consent.jsonl", answers, language, how=how, at=at)
        paths.write_private(folder / "enrolment.json", msgspec.json.encode(one))
        return one

    # --- what they said ----------------------------------------------------------------------------------------------

    def home(self, participant: str) -> Path:
        """Return the folder in which a participant's companion lives."""
        return self._of(participant) / "home"

    def sessions(self, participant: str) -> tuple[Path, ...]:
        """Return the journals of a participant, the oldest first."""
        found = (self._journal(participant, session) for session in self._kept(participant))
        return tuple(path for path in found if path.exists())

    def begin_session(self, participant: str, session: str) -> Path:
        """Return where the journal of a new session goes. Raises `StudyError` where the plan has no more of them."""
        kept = self._kept(participant)
        if len(kept) >= self.plan.sessions.count:
            raise StudyError(f"{participant} has had all {self.plan.sessions.count} sessions of {self.name}.")
        self._keep(participant, {**kept, session: Kept()})
        path = self._journal(participant, session)
        paths.private_folder(path.parent)
        return path

    def struck(self, session: str) -> frozenset[int]:
        """Return the turns of a session that its participant struck."""
        return frozenset(self._decided(session).struck)

    def judged(self, session: str) -> tuple[Behaviour, ...]:
        """Return what a model judged of a session, if one was asked. Raises `StudyError`."""
        path = next((path for one in self.participants() for path in self.sessions(one) if path.stem == session), None)
        return Judged(path).found() if path else ()

    def exportable(self, session: str) -> bool:
        """Return whether its participant has reviewed a session."""
        return self._decided(session).reviewed

    def review(self, participant: str, session: str, turns: Sequence[int] = ()) -> int:
        """Strike turns of a session, which is reviewed with that, and return how many lines of its journal lost words.

        Raises `StudyError` for a turn or session that is not there, and `JournalError`.
        """
        kept = self._kept(participant)
        path = self._journal(participant, session)
        if session not in kept or not path.exists():
            raise StudyError(f"{participant} has no session {session}.")
        said = {turn.turn: turn.text for turn in sessions.read(path).turns}
        if unknown := sorted(set(turns) - said.keys()):
            raise StudyError(f"The session has no turn {unknown[0]}.", f"Its turns are 1 to {max(said, default=0)}.")
        texts = [text for turn in turns if (text := said[turn])]
        lines = strike(path, texts) if texts else 0
        Judged(path).strike(turns)
        every = tuple(sorted({*kept[session].struck, *turns}))
        self._keep(participant, {**kept, session: Kept(every, reviewed=True)})
        return lines

    def responses(self, participant: str) -> tuple[Response, ...]:
        """Return the answers of a participant to questionnaires."""
        file = self._of(participant) / "responses.jsonl"
        lines = file.read_bytes().splitlines() if file.exists() else []
        return tuple(msgspec.json.decode(line, type=Response) for line in lines)

    def answer(self, given: Sequence[Response]) -> None:
        """Keep answers. Raises `ConfigurationError` where the disk refuses."""
        for participant in {one.participant for one in given}:
            mine = (*self.responses(participant), *(one for one in given if one.participant == participant))
            data = b"".join(msgspec.json.encode(one) + b"\n" for one in mine)
            paths.write_private(self._of(participant) / "responses.jsonl", data)

    def excluded(self) -> dict[str, frozenset[str]]:
        """Return by exclusion rule the ids of the sessions it leaves out.

        Programs' sessions are never left out: their times are the machine's.
        """
        people = [one for one in self.participants() if not self.simulated(one)]
        talks = [sessions.read(path).session for one in people for path in self.sessions(one)]
        answers = [answer for one in people for answer in self.responses(one)]
        return exclusion.excluded(self.plan.exclude, talks, answers)

    def simulated_so_far(self) -> int:
        """Return how many programs ever took part, those included that are gone."""
        return sum(self._taken(simulated=True).values())

    # --- inside ------------------------------------------------------------------------------------------------------

    @property
    def _people(self) -> Path:
        return self.folder / "participants"

    def _of(self, participant: str) -> Path:
        return self._people / participant

    def _journal(self, participant: str, session: str) -> Path:
        return self.home(participant) / "data" / "journals" / f"{session}.jsonl"

    def _kept(self, participant: str) -> _Kept:
        return paths.read_private(self._of(participant) / "strikes.json", _Kept)

    def _keep(self, participant: str, kept: _Kept) -> None:
        paths.write_private(self._of(participant) / "strikes.json", msgspec.json.encode(kept))

    def _decided(self, session: str) -> Kept:
        every = (self._kept(one).get(session) for one in self.participants())
        return next((kept for kept in every if kept), Kept())

    def _next_arm(self, stratum: str, *, simulated: bool) -> str:
        """Take the next place in a stratum; those of programs are not those of people."""
        table = allocation.table(self.plan, salt="simulated") if simulated else freezing.sealed_table(self.folder)
        taken = self._taken(simulated=simulated)
        number = taken.get(stratum, 0)
        if number >= len(table.strata[stratum]):
            raise StudyError(f"The study is full in the stratum `{stratum}`.", "`allocation.places` says how many fit.")
        paths.write_private(self._places(simulated=simulated), msgspec.json.encode({**taken, stratum: number + 1}))
        condition = table.arms[table.strata[stratum][number]]
        named = allocation.table(self.plan).arms
        return next(arm for arm, name in named.items() if name == condition)

    def _taken(self, *, simulated: bool) -> dict[str, int]:
        return paths.read_private(self._places(simulated=simulated), dict[str, int])

    def _places(self, *, simulated: bool) -> Path:
        return self.folder / ("simulated-places.json" if simulated else "places.json")


def names() -> tuple[str, ...]:
    """Return the studies on this computer."""
    return tuple(sorted(file.parent.name for file in _folder().glob("*/study.yaml")))


def open_study(name: str) -> Study:
    """Return the study called `name`. Raises `StudyError` where there is none."""
    return Study(name, open_folder(name))


def open_folder(name: str) -> Path:
    """Return the folder of the study called `name`, whether or not its file can be used. Raises `StudyError`."""
    if name not in names():
        known = ", ".join(names())
        advice = f"There are: {known}." if known else f"Begin one: companion study new {name}"
        raise StudyError(f"There is no study called `{name}`.", advice)
    return _folder() / name


def begin(name: str, responsible: Mapping[str, str] | None = None) -> Path:
    """Write a commented file for a new study and return it; `responsible` is who answers for it, as far as known.

    Raises `StudyError` where the name cannot be one, or is taken.
    """
    if not freezing.is_name(name):
        raise StudyError(f"`{name}` cannot be the name of a study.", "Use small letters, digits and -.")
    file = _folder() / name / "study.yaml"
    if file.exists():
        raise StudyError(f"There is a study called `{name}` already: {file}.", "Take another name, or edit it.")
    text = Path(__file__).with_name("new.yaml").read_text(encoding="utf-8").replace("NAME", name)
    for key, value in (responsible or {}).items():
        text = text.replace(f'  {key}: ""', f"  {key}: {json.dumps(value, ensure_ascii=False)}", 1)
    paths.write_private(file, text.encode())
    pseudonyms.key(name, make=True)
    return file


def close(study: Study) -> None:
    """End a study, so that another may begin; nothing is deleted. Raises `StudyError` where it does not run."""
    if freezing.active(_folder()) != study.name:
        raise StudyError(f"The study {study.name} is not running.")
    freezing.deactivate(_folder())


def forget(study: Study, participant: str) -> None:
    """Delete the folder of a participant."""
    study.enrolment(participant)
    shutil.rmtree(study.folder / "participants" / participant)


def _folder() -> Path:
    return paths.data_folder() / "studies"
