"""The companion without a terminal: what it tells the service manager, and what becomes of requests by other programs.

The conversation is the same as in a terminal. Everything a request changes enters it as an event, through its inbox.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Literal

from companion_voice.conversation.state import Phase, State, phase
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    End,
    HushRequested,
    MuteRequested,
    SayRequested,
    StopRequested,
)
from companion_voice.memory.places import Place
from companion_voice.runtime import notify
from companion_voice.runtime.beats import Beat, stuck
from companion_voice.runtime.build import Companion
from companion_voice.runtime.conductor import Observer
from companion_voice.runtime.control import Answer, Control, Request, Status
from companion_voice.runtime.inbox import Failure
from companion_voice.runtime.watchdog import Watchdog
from companion_voice.runtime.workers import Worker

_PATIENCE = 5.0
"""Seconds that the socket and the watchdog have to end."""


class Service:
    """A companion, one conversation after the other, reached through the control socket and looked after."""

    def __init__(self, companion: Companion, *, again: Callable[[], Companion], network: str) -> None:
        """Open the control socket. `network`: `closed`, or how far it is open.

        `again` makes a companion for the next conversation. Raises `CompanionError` when a companion is there already.
        """
        self._companion = companion
        self._again = again
        self._began = time.monotonic()
        self._network = network
        self._control = Control(self.answer)
        self._watchdog = Watchdog(self._beats, self.describe)

    def run(self, observers: Sequence[Observer] = ()) -> End:
        """Talk until the end and return how it came. A goodbye ends a conversation; then the next is waited for."""
        workers = [Worker("control", self._control.run, self), Worker("watchdog", self._watchdog.run, self)]
        watching = [Herald(self.describe), *observers]
        try:
            while (end := self._companion.run(watching)).reason == "goodbye":
                self._companion = self._again()
            return end
        finally:
            notify.send(STOPPING=1)
            self._control.close()
            self._watchdog.close()
            for worker in workers:
                worker.join(_PATIENCE)

    def post(self, death: Failure) -> int:
        """Let the conversation end with what the control socket or the watchdog died of."""
        return self._companion.inbox.post(death)

    def describe(self) -> str:
        """Return the one line that `systemctl status` shows."""
        state = self._companion.state
        return f"{self._companion.persona.name}: {phase(state) if state else 'starting'}; network {self._network}"

    def answer(self, request: Request) -> Answer:
        """Do what is requested (called in the thread of the control socket)."""
        match request.verb:
            case "status":
                return Answer(done=True, status=self.status())
            case "say" if not (text := " ".join(request.text.split())):
                return Answer(done=False, sentence="There is nothing to say.")
            case "say":
                self._companion.post(lambda at: SayRequested(at=at, text=text))
            case "hush":
                self._companion.post(lambda at: HushRequested(at=at))
            case "mute" | "unmute" as verb:
                self._companion.post(lambda at: MuteRequested(at=at, muted=verb == "mute"))
            case "stop":
                self._companion.post(lambda at: StopRequested(at=at))
        return Answer(done=True)

    def status(self) -> Status:
        """Return how it does."""
        companion, state = self._companion, self._companion.state
        profile = companion.setup.boundaries.profile
        return Status(
            state=phase(state) if state else "starting",
            persona=companion.persona.name,
            language=state.language if state else companion.setup.language,
            engines=_engines(state),
            microphone=_microphone(state),
            speaker=_speaker(state),
            memory=_memory(companion),
            network=self._network,
            uptime=round(time.monotonic() - self._began, 1),
            pid=os.getpid(),
            profile=profile.name,
            responsible=profile.responsible_entity,
            stuck=stuck(self._beats()),
        )

    def _beats(self) -> dict[str, Beat]:
        return {**self._companion.beats, "control": self._control.beat}


class Herald:
    """Tells the service manager that the companion is ready, and then each phase it comes to.

    Deaf is ready as well: it is said aloud and mended, and a restart would mend it no sooner.
    """

    def __init__(self, describe: Callable[[], str]) -> None:
        self._describe = describe
        self._phase: Phase = "starting"

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:  # noqa: ARG002
        """Take note of the state that an event led to."""
        now = phase(state)
        if now == self._phase or (self._phase == "starting" and now == "deaf" and not _settled(state)):
            return
        if self._phase == "starting":
            notify.send(READY=1)
        self._phase = now
        notify.send(STATUS=self._describe())


def _settled(state: State) -> bool:
    return all(engine.ready for engine in state.engines.values() if engine.candidates)


def _engines(state: State | None) -> dict[str, str]:
    if state is None:
        return {}
    working = {kind: engine for kind, engine in state.engines.items() if engine.candidates}
    return {kind: one.candidates[0] + ("" if one.ready else " (starting)") for kind, one in working.items()}


def _microphone(state: State | None) -> Literal["listening", "muted", "lost", "closed", "none"]:
    if state is None:
        return "closed"
    if not state.setup.listens:
        return "none"
    if state.muted:
        return "muted"
    if state.ears == "deaf":
        return "lost"
    return "closed" if state.ears == "closed" else "listening"


def _speaker(state: State | None) -> Literal["open", "lost", "none"]:
    if state is None or not state.setup.aloud:
        return "none"
    return "lost" if state.speaker_retry else "open"


def _memory(companion: Companion) -> Literal["on", "off the record", "off"]:
    if not companion.setup.remembers:
        return "off"
    return "off the record" if Place().off_the_record.exists() else "on"
