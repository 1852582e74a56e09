"""Sessions of a study: the real companion, in the participant's own home, as their condition has it.

People talk or type; programs type what a script says, one line after the answer to the one before, at the speed of the
machine. The journal is one of the observers. Knows nothing of how a study is kept (`research.study`).
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from pathlib import Path

from msgspec.structs import replace

from companion_voice import paths
from companion_voice.events import End
from companion_voice.research.behaviours import detect
from companion_voice.research.journal import Journal, begun
from companion_voice.research.records import LEVELS, Response
from companion_voice.research.study import conditions, freezing, questionnaires, scripted
from companion_voice.research.study.homes import furnish, session_setup
from companion_voice.research.study.schema import Plan
from companion_voice.research.study.store import Enrolment, Study
from companion_voice.runtime import selection
from companion_voice.runtime.build import Companion, LineReader
from companion_voice.runtime.conductor import Observer
from companion_voice.runtime.way import Way
from companion_voice.settings import Engine

Watching = Callable[[Companion], Sequence[Observer]]
"""Makes what watches a conversation, such as a terminal."""

_TYPED = Way(typed=True, mute=True)


def models(plan: Plan) -> dict[str, str]:
    """Return by condition, language and kind of work the engine and the SHA-256 of its model. Raises `CompanionError`.

    A kind of work that this computer cannot do is not there.
    """
    found = {}
    for (name, condition), language in product(plan.conditions.items(), plan.languages):
        one = conditions.overrides(condition, plan.responsible, language)
        chosen = selection.choose(("llm", "tts"), one.settings, one.persona, (language,))
        for kind, (first, *_) in chosen.items():
            found[f"{name}/{language}/{kind}"] = f"{first.engine} {_model_digest(Path(first.options.model))}".rstrip()
    return found


def present(study: Study) -> freezing.Frozen:
    """Return what a study is at this moment. Raises `CompanionError`."""
    return freezing.now(study.plan, study.folder / "study.yaml", models(study.plan), at=now())


def hold_session(
    study: Study,
    participant: str,
    way: Way,
    *,
    watching: Watching = lambda _: (),
    lines: LineReader | None = None,
    session: str = "",
    polite: bool = True,
) -> End:
    """Hold one session of a participant, journal it as far as they allow, and return how it ended.

    Raises `StudyError` where it may not take place, and `CompanionError`.
    """
    who, level, setup = study.enrolment(participant), study.level(participant), session_setup(study, participant)
    if who.simulated:
        setup = replace(setup, settings=replace(setup.settings, llm=Engine("rules")))
    home = furnish(study, participant, setup)
    session = session or secrets.token_hex(8)
    with living_in(home):
        companion = Companion(setup.settings, way)
        path = study.begin_session(participant, session)
        companion.setup = replace(companion.setup, cast={setup.key: setup.persona})
        heading = begun(
            companion.setup,
            started=now(),
            level=level,
            models=selection.described(companion.chosen),
            voice=companion.chosen["tts"][0].options.tuning if "tts" in companion.chosen else {},
            study=study.name,
            participant=participant,
            condition=who.arm,
            condition_hash=setup.digest,
            session=session,
        )
        journal = Journal(path, heading, detect)
        try:
            end = companion.run([journal, *watching(companion)], lines, polite=polite)
            journal.close()
        finally:
            journal.leave()
    return end


def simulate(study: Study, people: int, *, told: Callable[[str], None] = lambda _: None) -> tuple[Enrolment, ...]:
    """Enrol as many scripted participants, hold all their sessions, and return who they are. Raises `CompanionError`.

    The same study file gives the same words; times are the machine's.
    """
    strata = list(product(study.plan.languages, *study.plan.allocation.strata.values()))
    took = study.simulated_so_far()
    found = []
    for number in range(took, took + people):
        language, *values = strata[number % len(strata)]
        facets = {"language": language, **dict(zip(study.plan.allocation.strata, values, strict=True))}
        agreed = dict.fromkeys(LEVELS, True)
        one = study.enrol(f"simulated {number}", facets, agreed, at=now(), how="simulated")
        # as many as there are arms in each stratum say the same, so that the arms meet the same people
        _live(study, one, number, number // (len(study.plan.conditions) * len(strata)))
        found.append(one)
        told(f"{one.participant} {one.arm} {one.language}")
    return tuple(found)


def asked(study: Study, one: Enrolment, when: str, session: str, answers: dict[str, dict[str, int]]) -> None:
    """Keep the answers of a participant, by questionnaire and item. Raises `StudyError`."""
    study.answer(
        [
            Response(
                session=session,
                participant=one.participant,
                questionnaire=name,
                item=item,
                language=one.language,
                asked=asking.when,
                value=str(value),
                at=0.0,
            )
            for name, given in answers.items()
            for asking in study.plan.questionnaires
            if (asking.name, asking.when) == (name, when)
            for item, value in given.items()
        ]
    )


@contextmanager
def living_in(home: Path) -> Iterator[None]:
    """Let everything of this process happen in another home while the block runs."""
    before = os.environ.get(paths.HOME)
    os.environ[paths.HOME] = str(home)
    try:
        yield
    finally:
        if before is None:
            del os.environ[paths.HOME]
        else:
            os.environ[paths.HOME] = before


def now() -> str:
    """Return the local wall time, ISO 8601."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _live(study: Study, one: Enrolment, number: int, script: int) -> None:
    seed = study.plan.allocation.seed
    for count in range(study.plan.sessions.count):
        session = hashlib.sha256(f"{study.name}/{seed}/{one.participant}/{count}".encode()).hexdigest()[:16]
        said = scripted.lines(one.language, number=script, session=count, seed=seed)
        drawing = f"{seed}/{number}/{count}"
        for when in ("baseline", "before") if count == 0 else ("before",):
            _fill_in(study, one, when, session, drawing)
        hold_session(study, one.participant, _TYPED, lines=_typing(said), session=session)
        study.review(one.participant, session)
        for when in ("after", "end") if count + 1 == study.plan.sessions.count else ("after",):
            _fill_in(study, one, when, session, drawing)


def _typing(said: Sequence[str]) -> LineReader:
    left = iter(said)
    return lambda: next(left, None)


def _fill_in(study: Study, one: Enrolment, when: str, session: str, seed: str) -> None:
    names = [asking.name for asking in study.plan.questionnaires if asking.when == when]
    drawn = {name: scripted.answers(questionnaires.load(name), seed=f"{seed}/{name}/{when}") for name in names}
    asked(study, one, when, session, drawn)


def _model_digest(model: Path) -> str:
    """Return the SHA-256 of a model: of its file, or of what is in its folder; empty without one."""
    if model.is_file():
        return freezing.file_digest(model)
    if not str(model) or not model.is_dir() or model == Path():
        return ""
    every = sorted(file for file in model.rglob("*") if file.is_file())
    told = "\n".join(f"{file.relative_to(model)} {freezing.file_digest(file)}" for file in every)
    return hashlib.sha256(told.encode()).hexdigest()
