"""Engines at work: one child process a kind, one thread that sends to it and one that hears from it.

It decides nothing: what becomes of a child that died is the conversation's to say. Sound goes straight from the
voice's process to the speaker.
"""

import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from companion_voice.audio.speaker import Speaker
from companion_voice.engines import messages
from companion_voice.engines.child import Child
from companion_voice.engines.messages import (
    AnyAnswer,
    AnyRequest,
    Begin,
    Cancel,
    Feed,
    Piece,
    PieceEnd,
    Ping,
    Pong,
    Ready,
    Refused,
    Sound,
    Transcribed,
    Work,
    WorkFailed,
)
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import EngineError
from companion_voice.events import (
    EngineDied,
    EngineFailed,
    EngineReady,
    Heard,
    HeardSoFar,
    Judged,
    Kind,
    Prompt,
    Synthesised,
    WritingEnded,
    Written,
)
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.workers import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING = 2048
"""Requests that may wait for a child: a minute of sound. One that lets more pile up hangs, and is ended."""

MOST_SOUND = 120.0
"""Seconds of sound that may wait for the speaker."""

HANGS: Final = 60.0
"""Seconds that a child has for a sign of life once it is asked for one. Only one call of a library may take as long."""

IDLES: Final = 8.0
"""The same where it meanwhile uses no processor and reads no page: then no call of a library keeps it."""

LOADS: Final = 300.0
"""Seconds that a child has to load its model."""

MOST_GROWTH: Final = 1024.0
"""MiB of memory of its own that a child may come to have beyond what it had when it was first at rest."""

_LOOK: Final = 3.0
"""Seconds between two looks at a child that says nothing."""


_LISTENERS: tuple[Kind, ...] = ("stt", "turn")
"""Who is given the sound of the person."""


class Post:
    """One child and what it is being sent."""

    def __init__(self, child: Child, *, serves: bool = True) -> None:
        self.child = child
        self._serves = serves
        """It works itself, and does not wait for a server."""
        self.outbox: queue.Queue[AnyRequest | None] = queue.Queue(MOST_WAITING)
        self.loaded = False
        self.relieved = False
        """Ended on purpose: its death is no news."""
        self.rested: float | None = None
        """MiB it had when it was first at rest."""
        self._owes = False
        """It was asked for something since it was last heard."""
        self._silent_since = self._still_since = time.monotonic()
        self._worked = 0
        self._pinged = False

    def send(self, request: AnyRequest | None) -> None:
        """Queue a request; never waits."""
        self._owes = self._owes or isinstance(request, Work)
        try:
            self.outbox.put_nowait(request)
        except queue.Full:
            self.child.kill("took nothing that it was sent")

    def heard(self) -> None:
        """Note that it said something."""
        self._owes = self._pinged = False

    def wonder(self, now: float) -> None:
        """Ask one that owes an answer and says nothing whether it still lives; end one that does not even say that."""
        if not (self._pinged or self._owes or not self.loaded):
            self._silent_since = self._still_since = now
        elif now - self._silent_since > (HANGS if self.loaded else LOADS) or self._idles(now):
            self.child.kill("gave no sign of life")
        elif self.loaded and not self._pinged:
            self._pinged, self._silent_since, self._still_since = True, now, now
            self.send(Ping())

    def _idles(self, now: float) -> bool:
        """Tell whether one that was asked for a sign of life does nothing at all."""
        worked = self.child.worked()
        if worked != self._worked:
            self._worked, self._still_since = worked, now
        return self._serves and self._pinged and now - self._still_since > IDLES


class Supervisor:
    """Starts, feeds and ends the children."""

    def __init__(
        self, options: dict[tuple[Kind, str], EngineOptions], speaker: Speaker, inbox: Inbox, clock: Clock, logs: Path
    ) -> None:
        self._options = options
        self._speaker = speaker
        self._inbox = inbox
        self._clock = clock
        self._logs = logs
        self.extracted: Callable[[int, bytes], None] = lambda _number, _form: None
        """Who is given the forms that `extract` asked for, with their numbers."""
        self._posts: dict[Kind, Post] = {}

    def equip(self, options: dict[tuple[Kind, str], EngineOptions]) -> None:
        """Take what engines need that are started from now on."""
        self._options = self._options | options

    def start(self, kind: Kind, engine: str) -> None:
        """Start an engine in place of the one that stood there. Call it from the thread that outlives all others."""
        self._relieve(kind)
        options = self._options[kind, engine]
        child = Child(kind, engine, options, self._logs / f"{kind}.log")
        try:
            child.start()
        except EngineError as error:
            died = EngineDied(at=self._clock.now(), kind=kind, engine=engine, reason=error.sentence, loaded=False)
            self._inbox.post(died)
            return
        self._posts[kind] = post = Post(child, serves=not {"url", "socket"} & options.tuning.keys())
        Worker(f"to {engine}", lambda: self._send_all(post), self._inbox)
        Worker(f"from {engine}", lambda: self._receive_all(post), self._inbox)

    def ask(self, kind: Kind, request: AnyRequest) -> None:
        """Send a request to an engine; nothing happens where there is none, since its death has been told."""
        if post := self._posts.get(kind):
            post.send(request)

    def extract(self, number: int, prompt: Prompt, schema: str) -> None:
        """Have the language model fill in a form when it has nothing else to do; one that cannot never answers."""
        self.ask("llm", messages.Extract(number, prompt, schema))

    def leave(self) -> None:
        """Leave the form that is being filled in; it is not answered any more."""
        self.ask("llm", messages.Leave())

    def begin(self, utterance: int) -> None:
        """Start a new utterance (the listener calls this)."""
        for kind in _LISTENERS:
            self.ask(kind, Begin(utterance))

    def feed(self, utterance: int, samples: NDArray[np.float32]) -> None:
        """Pass on `float32[n] at 16 kHz` of an utterance (the listener calls this)."""
        fed = Feed(utterance, samples.astype(np.float32, copy=False).tobytes())
        for kind in _LISTENERS:
            self.ask(kind, fed)

    def cancel(self, before: int) -> None:
        """Drop the work of every epoch older than `before`."""
        for post in self._posts.values():
            post.send(Cancel(before))

    def close(self) -> None:
        """End every child."""
        for kind in tuple(self._posts):
            self._relieve(kind)

    def recycle(self, most: float = MOST_GROWTH) -> tuple[Kind, ...]:
        """Start anew every child that has grown by more than `most` MiB; return which. Call it between turns.

        Nobody need be told: what the child is asked from now on waits until the new one can do it.
        """
        grown = [kind for kind, post in self._posts.items() if post.loaded and _growth(post) > most]
        for kind in grown:
            self.start(kind, self._posts[kind].child.engine)
        return tuple(grown)

    def pids(self) -> dict[Kind, int]:
        """Return the process id of each child."""
        return {kind: post.child.pid for kind, post in self._posts.items()}

    def _relieve(self, kind: Kind) -> None:
        if post := self._posts.pop(kind, None):
            post.relieved = True
            post.send(None)
            post.child.close(0.5)

    def _send_all(self, post: Post) -> None:
        while (request := post.outbox.get()) is not None:
            try:
                post.child.send(request)
            except EngineError:
                return  # the receiving side sees the same end, and tells of it

    def _receive_all(self, post: Post) -> None:
        while (answer := self._next_answer(post)) is not None:
            self._pass_on(post, answer)
        post.send(None)
        if post.relieved:
            return
        kind, engine, reason = post.child.kind, post.child.engine, post.child.epitaph()
        self._inbox.post(EngineDied(at=self._clock.now(), kind=kind, engine=engine, reason=reason, loaded=post.loaded))

    def _next_answer(self, post: Post) -> AnyAnswer | None:
        """Wait for the next answer; None when the child is gone, or was ended because it hangs."""
        while not post.child.answers_within(_LOOK):
            post.wonder(time.monotonic())
        post.heard()
        return post.child.receive()

    def _pass_on(self, post: Post, answer: AnyAnswer) -> None:  # noqa: C901 - one line an answer
        now, kind = self._clock.now(), post.child.kind
        match answer:
            case Ready():
                post.loaded = True
                self._inbox.post(EngineReady(at=now, kind=kind, engine=post.child.engine))
            case Refused() | messages.Prefilled() | Pong():
                pass  # of a refusal the child ends now, and its epitaph says why
            case Transcribed(epoch=epoch, transcript=transcript):
                self._inbox.post(Heard(at=now, epoch=epoch, transcript=transcript, wall=self._clock.wall()))
            case messages.Overheard(utterance=utterance, transcript=transcript):
                self._inbox.post(HeardSoFar(at=now, utterance=utterance, transcript=transcript))
            case messages.Judged(epoch=epoch, complete=complete):
                self._inbox.post(Judged(at=now, epoch=epoch, complete=complete))
            case Piece(epoch=epoch, text=text):
                self._inbox.post(Written(at=now, epoch=epoch, text=text))
            case PieceEnd(epoch=epoch, prompt_tokens=tokens, cached_tokens=cached):
                ended = WritingEnded(at=now, epoch=epoch, prompt_tokens=tokens, cached_tokens=cached)
                self._inbox.post(ended)
            case messages.Extracted(number=number, form=form):
                self.extracted(number, form)
            case Sound():
                self._play(post, answer)
            case WorkFailed(epoch=epoch, sentence=sentence):
                self._inbox.post(EngineFailed(at=now, kind=kind, epoch=epoch, reason=sentence))

    def _play(self, post: Post, sound: Sound) -> None:
        while self._speaker.backlog() > MOST_SOUND and not post.relieved:
            time.sleep(0.05)  # the pipe fills up behind this, and the voice waits
        samples = np.frombuffer(sound.samples, np.float32)
        self._speaker.play(sound.epoch, sound.index, samples, sound.rate, last=sound.last)
        if sound.last:
            now = self._clock.now()
            self._inbox.post(Synthesised(at=now, epoch=sound.epoch, index=sound.index, ends=sound.ends))


def _growth(post: Post) -> float:
    """Return the MiB that a child has come to have since it was first at rest."""
    now = post.child.memory()
    post.rested = now if post.rested is None else post.rested
    return now - post.rested
