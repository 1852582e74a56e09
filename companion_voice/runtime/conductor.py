"""The conductor: the one thread in which everything about the conversation is decided and set going.

It takes events from the inbox, lets `conversation.turns.step` decide, and hands each command to the room it is for.
It knows no reasons.
"""

import heapq
from collections import deque
from collections.abc import Sequence
from typing import Protocol

from companion_voice.audio.speaker import Speaker
from companion_voice.conversation.state import State
from companion_voice.conversation.turns import step
from companion_voice.engines import messages
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    AskMemory,
    Become,
    CloseMicrophone,
    ConsiderChange,
    DecideChange,
    End,
    EndAfter,
    Generate,
    Held,
    Hold,
    Hush,
    Judge,
    Meet,
    OpenMicrophone,
    OpenSpeaker,
    Overhear,
    Prepare,
    Recall,
    Record,
    Release,
    Speak,
    Started,
    StartEngine,
    StopRequested,
    Transcribe,
    WakeAt,
    Woke,
)
from companion_voice.runtime.archive import Archive
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.casting import Casting
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.ears import Ears
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.mouth import Mouth
from companion_voice.runtime.supervisor import Supervisor


class Observer(Protocol):
    """Somebody who watches the conversation: a terminal, a journal."""

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Take note of an event, the state it led to and the commands it gave."""


class Conductor:
    """Runs one conversation."""

    def __init__(
        self,
        state: State,
        *,
        inbox: Inbox,
        clock: Clock,
        supervisor: Supervisor,
        speaker: Speaker,
        mouth: Mouth | None,
        ears: Ears | None,
        archive: Archive | None,
        casting: Casting | None = None,
        observers: Sequence[Observer],
    ) -> None:
        self.state = state
        self.beat = Beat()
        self._inbox = inbox
        self._clock = clock
        self._supervisor = supervisor
        self._speaker = speaker
        self._mouth = mouth
        self._ears = ears
        self._archive = archive
        self._casting = casting
        self._observers = observers
        self._at_once: deque[AnyEvent] = deque()
        """What commands themselves caused; it comes before anything that is waiting."""
        self._alarms: list[float] = []

    def run(self) -> End:
        """Hold the conversation and return how it ended. Raises what a worker died of."""
        end = self._handle(Started(at=self._clock.now()))
        while end is None:
            try:
                end = self._next()
            except KeyboardInterrupt:
                end = self._handle(StopRequested(at=self._clock.now()))
        self._inbox.close()
        return end

    def _next(self) -> End | None:
        if self._alarms and self._alarms[0] <= self._clock.now():
            heapq.heappop(self._alarms)
            return self._handle(Woke(at=self._clock.now()))
        self.beat.rest()
        taken = self._inbox.take(max(0.0, self._alarms[0] - self._clock.now()) if self._alarms else None)
        self.beat.beat()
        if taken is None:
            return None
        number, event = taken
        before = self.state.resting
        end = self._handle(event)
        if self.state.resting and not before:
            self._supervisor.recycle()
        self._inbox.handled(number, resting=self.state.resting)
        return end

    def _handle(self, event: AnyEvent) -> End | None:
        self._at_once.append(event)
        while self._at_once:
            event = self._at_once.popleft()
            self.state, commands = step(self.state, event)
            for command in commands:
                self._perform(command)
            for observer in self._observers:
                observer.observe(event, self.state, commands)
            if ends := [command for command in commands if isinstance(command, End)]:
                return ends[0]
        return None

    def _perform(self, command: AnyCommand) -> None:  # noqa: C901, PLR0912 - one line a command
        match command:
            case StartEngine(kind=kind, engine=engine):
                self._supervisor.start(kind, engine)
            case OpenMicrophone() if self._ears:
                self._ears.open()
            case CloseMicrophone() if self._ears:
                self._ears.mute()
            case OpenSpeaker() if self._mouth:
                self._mouth.open()
            case Transcribe(epoch=epoch, utterance=utterance):
                self._supervisor.ask("stt", messages.Transcribe(epoch, utterance))
            case Overhear(utterance=utterance):
                self._supervisor.ask("stt", messages.Overhear(self.state.epoch, utterance))
            case Judge(epoch=epoch, utterance=utterance):
                self._supervisor.ask("turn", messages.Judge(epoch, utterance))
            case EndAfter(utterance=utterance, silence=silence) if self._ears:
                self._ears.end_after(utterance, silence)
            case Prepare(prompt=prompt):
                self._supervisor.ask("llm", messages.Prefill(self.state.epoch, prompt))
            case Become() if self._casting:
                self._casting.become(command)
            case Recall() if self._archive:
                self._archive.recall(command)
            case AskMemory() if self._archive:
                self._archive.ask(command)
            case Meet() | ConsiderChange() | DecideChange() if self._archive:
                self._archive.grow(command)
            case Record() if self._archive:
                self._archive.record(command)
            case Generate(epoch=epoch, prompt=prompt):
                self._supervisor.ask("llm", messages.Generate(epoch, prompt))
            case Speak(epoch=epoch, index=index, text=text, language=language, role=role):
                self._supervisor.ask("tts", messages.Synthesise(epoch, index, text, language, role))
            case Release(epoch=epoch):
                self._speaker.release(epoch)
            case Hold(epoch=epoch):
                self._hold(epoch)
            case Hush(epoch=epoch):
                self._speaker.hush(epoch)
                self._supervisor.cancel(epoch)
            case WakeAt(at=at):
                heapq.heappush(self._alarms, at)
            case _:
                pass  # for those who watch, or for a room that is not there

    def _hold(self, epoch: int) -> None:
        """Hold the speaker and let the conversation know where it stopped before anything else happens."""
        where = self._speaker.hold(epoch)
        index, fraction = (where.index, where.fraction) if where else (None, 0.0)
        self._at_once.append(Held(at=self._clock.now(), epoch=epoch, index=index, fraction=fraction))
