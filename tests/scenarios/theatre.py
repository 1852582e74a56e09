"""A world in virtual time for the pure core: a person who speaks by the clock, engines and a speaker of known pace.

It plays a score (one YAML file) against `step` and keeps what a listener in the room would have heard. Nothing sleeps.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from companion_voice.boundaries import phrases
from companion_voice.boundaries.settings import Boundaries, Crisis, Disclosure
from companion_voice.conversation.addressing import Addressing
from companion_voice.conversation.state import Setup, State, begin, phase
from companion_voice.conversation.turns import step
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    AskMemory,
    End,
    EndAfter,
    EngineDied,
    EngineReady,
    Generate,
    Heard,
    HeardSoFar,
    Held,
    Hold,
    Hush,
    InputEnded,
    Judge,
    Judged,
    MemoryAnswered,
    MicrophoneFound,
    MicrophoneLost,
    OpenMicrophone,
    OpenSpeaker,
    Overhear,
    Prompt,
    Quotation,
    Recall,
    Recalled,
    Release,
    SentenceSpoken,
    SentenceStarted,
    Show,
    SilenceContinued,
    Speak,
    SpeakerFound,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    Started,
    StartEngine,
    Synthesised,
    Transcribe,
    Transcript,
    Typed,
    WakeAt,
    WakeWordHeard,
    Woke,
    WritingEnded,
    Written,
)

SOFT, HARD, COUNTING = 0.1, 1.6, 0.1
JUDGING = 0.05
RECALL = 0.01
LOADING, HEARING, FIRST_TOKEN, PER_WORD, SYNTHESIS, PER_LETTER = 0.5, 0.1, 0.1, 0.02, 0.05, 0.06
WALL = "2026-05-03T16:10:00+02:00"


@dataclass
class Sound:
    index: int
    text: str
    seconds: float
    played: float = 0.0


@dataclass
class Theatre:
    """The world around the core."""

    replies: list[str]
    state: State
    now: float = 0.0
    log: list[tuple[float, AnyEvent, tuple[AnyCommand, ...]]] = field(default_factory=list)
    sounding: list[tuple[float, str]] = field(default_factory=list)
    """When each sentence began to sound, and its text."""
    silences: list[float] = field(default_factory=list)
    """When the speaker fell silent in mid-sentence."""
    words: dict[int, str] = field(default_factory=dict)
    words_so_far: dict[int, str] = field(default_factory=dict)
    sounds: dict[int, list[float]] = field(default_factory=dict)
    """How finished each utterance sounds, each time somebody listens; the last stays."""
    thinking: float = FIRST_TOKEN
    remembered: tuple[Quotation, ...] = ()
    memory: list[dict[str, Any]] = field(default_factory=list)
    """What memory answers to each request."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)
    pausing: float | None = None
    """When the person was last heard, while they pause."""
    microphone: bool = True
    end: End | None = None
    _agenda: list[tuple[float, int, Any]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _lanes: dict[int, list[Sound]] = field(default_factory=dict)
    _open: int | None = None
    _oldest: int = 0
    _playing_since: float | None = None
    _work: int = 0

    def at(self, when: float, happening: Any) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), happening))

    def play(self, until: float) -> None:
        self._happen(Started(at=0.0))
        while self._agenda and self._agenda[0][0] <= until and self.end is None:
            self.now, _, happening = heapq.heappop(self._agenda)
            happening() if callable(happening) else self._happen(happening)
        self.now = until

    def _happen(self, event: AnyEvent) -> None:
        self.state, commands = step(self.state, event)
        self.log.append((self.now, event, commands))
        for command in commands:
            self._perform(command)

    def _perform(self, command: AnyCommand) -> None:
        now = self.now
        match command:
            case StartEngine(kind=kind, engine=engine):
                self.at(now + LOADING, EngineReady(at=now + LOADING, kind=kind, engine=engine))
            case OpenMicrophone():
                found = (
                    MicrophoneFound(at=now, name="test") if self.microphone else MicrophoneLost(at=now, reason="gone")
                )
                self.at(now, found)
            case OpenSpeaker():
                self.at(now, SpeakerFound(at=now, name="test"))
            case Transcribe(epoch=epoch, utterance=utterance):
                heard = Transcript(text=self.words.get(utterance, ""))
                self.at(now + HEARING, Heard(at=now + HEARING, epoch=epoch, transcript=heard, wall=WALL))
            case Judge(epoch=epoch, utterance=utterance):
                sounds = self.sounds.get(utterance, [0.0])
                complete = sounds.pop(0) if len(sounds) > 1 else sounds[0]
                self.at(now + JUDGING, Judged(at=now + JUDGING, epoch=epoch, complete=complete))
            case Overhear(utterance=utterance):
                heard = Transcript(text=self.words_so_far.get(utterance, ""))
                so_far = HeardSoFar(at=now + HEARING, utterance=utterance, transcript=heard)
                self.at(now + HEARING, so_far)
            case Recall(epoch=epoch):
                self.at(now + RECALL, Recalled(at=now + RECALL, epoch=epoch, items=self.remembered, sure=True))
            case AskMemory(epoch=epoch, request=request):
                self.asked.append(request)
                self._happen(MemoryAnswered(at=now, epoch=epoch, **self.memory.pop(0)))
            case EndAfter(utterance=utterance, silence=silence) if self.pausing:
                self._end_utterance(utterance, self.pausing + silence)
            case Generate(epoch=epoch, prompt=prompt):
                self.prompts.append(prompt)
                self._write(epoch, self.replies.pop(0))
            case Speak(epoch=epoch, index=index, text=text):
                self.at(now + SYNTHESIS, lambda: self._synthesised(epoch, index, text))
            case Release(epoch=epoch):
                self._open = epoch
                self._go_on()
            case Hold(epoch=epoch):
                sound = self._hold()
                index, fraction = (sound.index, sound.played / sound.seconds) if sound else (None, 0.0)
                self._happen(Held(at=now, epoch=epoch, index=index, fraction=fraction))
            case Hush(epoch=epoch):
                self._hold()
                self._oldest = epoch
            case Show(kind=kind, text=text):
                self.shown.append((kind, text))
            case WakeAt(at=at):
                self.at(at, Woke(at=at))
            case End():
                self.end = command

    def begin_to_pause(self, utterance: int, since: float) -> None:
        """The person was last heard at `since`."""
        self.pausing = since
        self._happen(SpeechPaused(at=self.now, utterance=utterance, silence=SOFT))
        self.at(self.now + COUNTING, lambda: self._still_silent(utterance, since))
        self._end_utterance(utterance, since + HARD)

    def _still_silent(self, utterance: int, since: float) -> None:
        if self.pausing == since:
            self._happen(SilenceContinued(at=self.now, utterance=utterance, silence=self.now - since))
            self.at(self.now + COUNTING, lambda: self._still_silent(utterance, since))

    def _end_utterance(self, utterance: int, at: float) -> None:
        since = self.pausing
        self.at(max(at, self.now), lambda: self._ended(utterance, since))

    def _ended(self, utterance: int, since: float | None) -> None:
        if since is not None and since == self.pausing:
            self.pausing = None
            self._happen(SpeechEnded(at=self.now, utterance=utterance, silence=self.now - since))

    def tell_so_far(self, utterance: int) -> None:
        """The person has been speaking for a while."""
        self._happen(SpeechContinued(at=self.now, utterance=utterance))

    def go_on(self, utterance: int) -> None:
        """The person speaks again before the pause has become an end."""
        silence = self.now - self.pausing if self.pausing else 0.0
        self.pausing = None
        self._happen(SpeechResumed(at=self.now, utterance=utterance, silence=silence))

    def _write(self, epoch: int, text: str) -> None:
        when = self.now + self.thinking
        for word in text.split(" "):
            self.at(when, Written(at=when, epoch=epoch, text=word + " "))
            when += PER_WORD
        self.at(when, WritingEnded(at=when, epoch=epoch))

    def _synthesised(self, epoch: int, index: int, text: str) -> None:
        if epoch < self._oldest:
            return
        self._lanes.setdefault(epoch, []).append(Sound(index, text, len(text) * PER_LETTER))
        self._happen(Synthesised(at=self.now, epoch=epoch, index=index))
        if self._playing_since is None:
            self._go_on()

    def _go_on(self) -> None:
        epoch = self._open
        if epoch is None or epoch < self._oldest or not self._lanes.get(epoch) or self._playing_since is not None:
            return
        sound = self._lanes[epoch][0]
        self._playing_since = self.now
        self._work += 1
        if not sound.played:
            self.sounding.append((self.now, sound.text))
            self._happen(SentenceStarted(at=self.now, epoch=epoch, index=sound.index))
        work = self._work
        self.at(self.now + sound.seconds - sound.played, lambda: self._sounded(work, epoch, sound))

    def _sounded(self, work: int, epoch: int, sound: Sound) -> None:
        if work != self._work or self._playing_since is None:
            return
        self._playing_since = None
        self._lanes[epoch].pop(0)
        self._happen(SentenceSpoken(at=self.now, epoch=epoch, index=sound.index))
        self._go_on()

    def _hold(self) -> Sound | None:
        sound = None
        if self._playing_since is not None and self._open is not None:
            sound = self._lanes[self._open][0]
            sound.played += self.now - self._playing_since
            self.silences.append(self.now)
        self._playing_since = self._open = None
        self._work += 1
        return sound


def setup(**changes: Any) -> Setup:
    english = phrases.load("en")
    plain = Setup(
        name="Ada",
        head="You are Ada.",
        greeting="Hello.",
        farewell="Goodbye.",
        language="en",
        languages=("en",),
        phrases={"en": english},
        boundaries=Boundaries(disclosure=Disclosure(wording="short")),
        wall=WALL,
        engines={"stt": ("ears",), "llm": ("mind", "spare"), "tts": ("voice",)},
    )
    return replace(plain, **changes)


def perform(score: dict[str, Any]) -> Theatre:
    """Play a score and return the theatre as it was left."""
    theatre = Theatre(
        replies=list(score.get("model", [])),
        state=begin(setup(**_setup_of(score))),
        thinking=float(score.get("thinking", FIRST_TOKEN)),
        remembered=tuple(Quotation(who="person", **one) for one in score.get("remembered", [])),
        memory=list(score.get("memory", [])),
    )
    utterance = 0
    for line in score["happens"]:
        at = float(line["at"])
        match line:
            case {"user": _}:
                utterance += 1
                theatre.at(at, SpeechStarted(at=at, utterance=utterance))
                _speak(theatre, utterance, line)
            case {"wake_word": _}:
                theatre.at(at, WakeWordHeard(at=at))
            case {"type": text}:
                theatre.at(at, Typed(at=at, text=text, wall=WALL))
            case {"kill": kind}:
                theatre.at(at, lambda at=at, kind=kind: _kill(theatre, kind, at))
            case {"microphone": "lost"}:
                theatre.at(at, lambda at=at: _lose_microphone(theatre, at))
            case {"microphone": "back"}:
                theatre.at(at, lambda: setattr(theatre, "microphone", True))
            case {"input": "ends"}:
                theatre.at(at, InputEnded(at=at))
    theatre.play(float(score.get("until", 60)))
    return theatre


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def what_was_said(theatre: Theatre) -> list[str]:
    return [f"{message.who}: {message.text}" for message in theatre.state.history]


def state_word(theatre: Theatre) -> str:
    return phase(theatre.state)


def _setup_of(score: dict[str, Any]) -> dict[str, Any]:
    changes = dict(score.get("setup", {}))
    if "country" in changes:
        changes["boundaries"] = Boundaries(
            disclosure=Disclosure(wording="short"), crisis=Crisis(country=changes.pop("country"))
        )
    if "addressing" in changes:
        changes["addressing"] = Addressing(**changes["addressing"])
    if "engines" in changes:
        changes["engines"] = {kind: tuple(names) for kind, names in changes["engines"].items()}
    return changes


def _speak(theatre: Theatre, utterance: int, line: dict[str, Any]) -> None:
    at, until = float(line["at"]), float(line["until"])
    theatre.at(at, lambda: _is_saying(theatre, utterance, line))
    theatre.at(until + SOFT, lambda: theatre.begin_to_pause(utterance, until))
    if more := line.get("goes_on"):
        theatre.at(float(more["at"]), lambda: theatre.go_on(utterance))
        _speak(theatre, utterance, more)


def _is_saying(theatre: Theatre, utterance: int, line: dict[str, Any]) -> None:
    theatre.words[utterance] = line["user"]
    if so_far := line.get("so_far"):
        theatre.words_so_far[utterance] = so_far["text"]
        theatre.at(float(so_far["at"]), lambda: theatre.tell_so_far(utterance))
    sounds = line.get("sounds", 0.0)
    theatre.sounds[utterance] = list(sounds) if isinstance(sounds, list) else [sounds]


def _kill(theatre: Theatre, kind: Any, at: float) -> None:
    engine = theatre.state.engines[kind].candidates[0]
    if kind == "llm":  # what it had not yet written never comes
        theatre._agenda = [a for a in theatre._agenda if not isinstance(a[2], Written | WritingEnded)]
        heapq.heapify(theatre._agenda)
    theatre._happen(
        EngineDied(at=at, kind=kind, engine=engine, reason="was killed", loaded=theatre.state.engines[kind].ready)
    )


def _lose_microphone(theatre: Theatre, at: float) -> None:
    theatre.microphone = False
    theatre._happen(MicrophoneLost(at=at, reason="it was unplugged"))
