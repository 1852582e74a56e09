"""The judge: a language model on this computer that is asked what no rule can see. In batch, never in a conversation.

Its engine has a process of its own, as in a conversation. Knows nothing of how answers are kept (`research.study`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from companion_voice import paths
from companion_voice.engines import messages
from companion_voice.engines.child import Child
from companion_voice.engines.messages import Extract, Extracted, Ready
from companion_voice.errors import EngineError, StudyError
from companion_voice.events import Prompt
from companion_voice.persona import files
from companion_voice.research.behaviours import judge
from companion_voice.research.study import freezing
from companion_voice.research.study.judging import Judge, Judged, Judgement, wording
from companion_voice.research.study.store import Study
from companion_voice.runtime import selection
from companion_voice.runtime.selection import Candidate
from companion_voice.settings import Settings

LOADS, ANSWERS = 300.0, 120.0
"""Seconds that a model has to load, and for one answer."""


def judged(
    study: Study,
    settings: Settings,
    *,
    codes: Sequence[str] = judge.JUDGED,
    again: bool = False,
    told: Callable[[str], None] = lambda _: None,
) -> int:
    """Have every reviewed session judged that is not yet, and return how many answers came.

    `again`: also those that another model judged, whose answers are forgotten. Raises `StudyError` and `EngineError`;
    what was answered until then stays.
    """
    candidate = _local(settings)
    by = Judge(selection.label(candidate), freezing.file_digest(Path(candidate.options.model)), wording())
    paths_of = (path for who in study.participants() for path in study.sessions(who))
    waiting = [Judged(path) for path in paths_of if study.exportable(path.stem)]
    others = [one.by.model for one in waiting if one.by and one.by != by]
    if others and not again:
        raise StudyError(
            f"Sessions were judged by another model ({others[0]}), or asked otherwise.", "Judge them --again."
        )
    count = 0
    with _model(candidate) as ask:
        for number, one in enumerate(waiting, 1):
            one.begin(by)
            for turn, code, prompt in one.left(codes):
                found = judge.found(turn, code, ask(prompt), by.model)
                one.add(Judgement(turn.turn, code, applies=found is not None))
                count += 1
            told(f"{number} of {len(waiting)} sessions judged.")
    return count


def _local(settings: Settings) -> Candidate:
    """Return the language model that is set, which must be one on this computer."""
    persona = files.load(settings.persona)
    (first, *_) = selection.candidates("llm", settings, persona, selection.languages(settings, persona))
    if selection.server(first):
        raise StudyError(
            "The judge must be on this computer: participants agreed to nothing else.", "Set another `llm`."
        )
    if not first.options.model:
        raise StudyError(f"The engine `{first.engine}` cannot judge.", "Get a model: companion models pull")
    return first


@contextmanager
def _model(candidate: Candidate) -> Iterator[Callable[[Prompt], bytes]]:
    """Lend a function that has a form filled in as the answer to a prompt."""
    child = Child("llm", candidate.engine, candidate.options, paths.log_folder() / "judge.log")
    child.start()
    try:
        if not isinstance(_answer(child, LOADS), Ready):
            raise EngineError(child.epitaph())

        def ask(prompt: Prompt) -> bytes:
            child.send(Extract(1, prompt, judge.SCHEMA))
            answer = _answer(child, ANSWERS)
            if isinstance(answer, Extracted) and answer.form:
                return answer.form
            raise EngineError(f"{candidate.engine} gave no answer.", "Another model may be able to judge.")

        yield ask
    finally:
        child.close()


def _answer(child: Child, seconds: float) -> messages.AnyAnswer | None:
    if not child.answers_within(seconds):
        child.kill(f"gave no sign of life for {seconds:.0f} s")
    return child.receive()
