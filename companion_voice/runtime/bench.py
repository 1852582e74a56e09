"""How quick this machine is with these models: end of speech → first sound, split by stage, the wait included.

Prepared questions are spoken, in real time, into the companion as it really runs; only the sound card is left out.
"""

import os
import platform
import statistics
import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import soxr
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.audio.asking import AskingMicrophone
from companion_voice.audio.resample import HEARING_RATE, Samples
from companion_voice.conversation.state import State
from companion_voice.engines.child import Child
from companion_voice.engines.messages import Ready, Sound, Synthesise
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import EngineError
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    Generate,
    Heard,
    Kind,
    SentenceStarted,
    Speak,
    SpeechEnded,
    SpeechPaused,
    Written,
)
from companion_voice.models.catalogue import Tier
from companion_voice.models.catalogue import load as load_catalogue
from companion_voice.runtime.build import Companion
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings

QUESTIONS = {
    "en": ("What is the capital of France?", "How was your day so far?", "Tell me something about the sea."),
    "fr": ("Quelle est la capitale de la France ?", "Comment va la journée ?", "Parlez-moi un peu de la mer."),
}


LATE = 1200
"""Milliseconds after which an answer is late."""
PIECES = 8
"""Pieces of a first clause, the first one's longer wait included."""
TIERS: tuple[Tier, ...] = ("small", "medium", "large")
_SCALED: tuple[Kind, ...] = ("stt", "llm")


class Turn(msgspec.Struct):
    """When each stage of one answer happened, in seconds since the end of speech."""

    prepared: float = 0.0
    """The soft pause: work began."""
    heard: float = 0.0
    """The words were known."""
    first_token: float = 0.0
    first_clause: float = 0.0
    """Something could be spoken."""
    turn_taken: float = 0.0
    """It was decided that the person had finished."""
    first_sound: float = 0.0
    a_piece: float = 0.0
    """Between two pieces of the answer, about a token each; 0 where there was only one."""


class Result(msgspec.Struct, frozen=True):
    """What was measured."""

    turns: tuple[Turn, ...]
    models: dict[Kind, str]
    machine: dict[str, str]
    sizes: dict[Kind, int]
    """Bytes of the models that hear and answer, where they are files."""


class Stopwatch:
    """Watches the conversation and asks the next question when it has come to rest."""

    def __init__(self, microphone: AskingMicrophone, turns: int) -> None:
        self.turns: list[Turn] = []
        self.over = threading.Event()
        self._microphone = microphone
        self._wanted = turns
        self._asked: int | None = None
        self._moments: dict[str, float] = {}
        self._pieces: list[float] = []
        self._offset: float | None = None

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Note the moment, and go on."""
        if self._offset is None:
            self._offset = time.monotonic() - event.at
        self._note(event, commands)
        if not state.resting or state.ears != "quiet" or not all(engine.ready for engine in state.engines.values()):
            return
        if self._asked is not None and "first_sound" in self._moments:
            self._close_turn()
        if self._asked is None and not self.over.is_set():
            self._asked, self._moments = len(self.turns), {}
            self._microphone.ask(self._asked)

    def _note(self, event: AnyEvent, commands: Sequence[AnyCommand]) -> None:
        match event:
            case SpeechPaused():
                self._moments, self._pieces = {"prepared": event.at}, []
            case Heard():
                self._moments["heard"] = event.at
            case Written():
                self._moments.setdefault("first_token", event.at)
                self._pieces.append(event.at)
            case SpeechEnded():
                self._moments["turn_taken"] = event.at
            case SentenceStarted():
                self._moments.setdefault("first_sound", event.at)
        if any(isinstance(command, Speak) for command in commands):
            self._moments.setdefault("first_clause", event.at)
        if any(isinstance(command, Generate) for command in commands):
            self._moments.pop("first_clause", None)

    def _close_turn(self) -> None:
        over = self._microphone.over_at - (self._offset or 0.0)
        since = {name: at - over for name, at in self._moments.items() if name in Turn.__struct_fields__}
        gaps = [later - earlier for earlier, later in pairwise(self._pieces)]
        self.turns.append(Turn(**since, a_piece=statistics.median(gaps) if gaps else 0.0))
        self._asked = None
        if len(self.turns) >= self._wanted:
            self.over.set()


def measure(settings: Settings, turns: int) -> Result:
    """Hold `turns` turns and return what they took. Raises `CompanionError` when an engine cannot be had.

    No answer is begun before its words are certain, so that every stage has its place; in life some come sooner.
    """
    settings = replace(settings, turn=replace(settings.turn, eager=False))
    language = "fr" if settings.language == "fr" else "en"
    microphone = AskingMicrophone(_spoken(QUESTIONS[language], language))
    companion = Companion(settings, Way(), microphone=microphone)
    watch = Stopwatch(microphone, turns + 1)  # the first turn warms caches up and does not count
    companion.run([watch], until=watch.over)
    models = {kind: several[0].engine + _model(several[0].options) for kind, several in companion.chosen.items()}
    paths_ = {kind: Path(companion.chosen[kind][0].options.model) for kind in _SCALED}
    sizes = {kind: _size(path) for kind, path in paths_.items() if path.name}
    return Result(tuple(watch.turns[1:]), models, _machine(), sizes)


class Figures(msgspec.Struct, frozen=True):
    """A duration over all turns, in milliseconds."""

    p50: int
    p95: int
    n: int


class Summary(msgspec.Struct, frozen=True):
    """What `companion bench --json` prints. Stages are counted from the end of speech."""

    voice_to_voice_ms: Figures
    stages: dict[str, Figures]
    models: dict[Kind, str]
    machine: dict[str, str]
    tiers_ms: dict[str, int]
    """About how long each tier of models would take here, reckoned from what was measured and the sizes of the models;
    empty where they are not known."""


def summary(result: Result) -> Summary:
    """Return the figures of what was measured."""
    stages = {name: _figures([getattr(turn, name) for turn in result.turns]) for name in Turn.__struct_fields__}
    tiers = _tiers(stages, result.sizes) if len(result.sizes) == len(_SCALED) else {}
    del stages["a_piece"]
    return Summary(stages.pop("first_sound"), stages, result.models, result.machine, tiers)


def affordable(tiers_ms: dict[str, int]) -> str:
    """Return the largest tier that answers in time, or nothing."""
    return next((tier for tier in reversed(TIERS) if tiers_ms.get(tier, LATE + 1) <= LATE), "")


def _tiers(stages: dict[str, Figures], sizes: dict[Kind, int]) -> dict[str, int]:
    """Reckon the wait for each tier: hearing and each piece of a clause take as long as their model is large."""
    hearing = stages["heard"].p50 - stages["prepared"].p50
    speaking = stages["first_sound"].p50 - stages["first_clause"].p50
    found: dict[str, int] = {}
    for tier in TIERS:
        larger = {kind: _smallest(kind, tier) / sizes[kind] for kind in _SCALED}
        answer = stages["a_piece"].p50 * PIECES * larger["llm"]
        found[tier] = round(stages["prepared"].p50 + hearing * larger["stt"] + answer + speaking)
    return found


def _smallest(kind: Kind, tier: Tier) -> int:
    return min(one.size for one in load_catalogue().models if one.kind == kind and tier in one.tiers)


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size


def _figures(seconds: list[float]) -> Figures:
    cuts = statistics.quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else seconds * 19
    return Figures(round(cuts[9] * 1000), round(cuts[18] * 1000), len(seconds))


def _spoken(texts: Sequence[str], language: str) -> list[Samples]:
    """Return each text as `float32[n]` at 16 kHz, spoken by espeak-ng."""
    child = Child("tts", "espeak", EngineOptions(), paths.log_folder() / "bench.log")
    child.start()
    try:
        if not isinstance(child.receive(), Ready):
            raise EngineError(child.epitaph())
        return [_sound(child, index, text, language) for index, text in enumerate(texts)]
    finally:
        child.close()


def _sound(child: Child, index: int, text: str, language: str) -> Samples:
    child.send(Synthesise(0, index, text, language, "persona"))
    parts: list[Samples] = []
    while isinstance(answer := child.receive(), Sound):
        parts.append(np.frombuffer(answer.samples, np.float32))
        if answer.last:
            resampled: Samples = soxr.resample(np.concatenate(parts), answer.rate, HEARING_RATE)
            return resampled
    raise EngineError(child.epitaph())


def _model(options: EngineOptions) -> str:
    return f" ({options.model.rsplit('/', maxsplit=1)[-1]})" if options.model else ""


def _machine() -> dict[str, str]:
    return {"processor": platform.processor() or platform.machine(), "cores": str(os.cpu_count())}
