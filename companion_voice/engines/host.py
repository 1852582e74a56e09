"""The child's side: one engine in a process of its own, asked over a pipe.

    python -m companion_voice.engines.host KIND ENGINE FD

The options come first, then requests. Everything pending is read before the next piece of work begins and between
the pieces of a streaming one, so that a cancel is seen early. Knows nothing of conversations: it answers what it is
asked, in order.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, cast

import msgspec
import numpy as np

from companion_voice.engines import messages, registry
from companion_voice.engines.messages import (
    AnyAnswer,
    AnyRequest,
    Begin,
    Cancel,
    Extract,
    Extracted,
    Feed,
    Generate,
    Judge,
    Judged,
    Leave,
    Overhear,
    Overheard,
    Piece,
    PieceEnd,
    Ping,
    Pong,
    Prefill,
    Prefilled,
    Ready,
    Refused,
    Sound,
    Synthesise,
    Transcribe,
    Transcribed,
    Work,
    WorkFailed,
)
from companion_voice.engines.protocols import (
    Counting,
    Engine,
    EngineOptions,
    Extracting,
    LanguageModel,
    Overhearing,
    Prefilling,
    Timing,
    Transcriber,
    TurnDetector,
    Usage,
    Voice,
)
from companion_voice.errors import CompanionError, EngineLostError
from companion_voice.events import Transcript

if TYPE_CHECKING:
    from companion_voice.events import Kind

_NICE = {"stt": 1, "tts": 1, "turn": 10, "llm": 15}
"""How far each kind stands back where processors are few: behind the parent's sound; the end-of-turn detector behind
the recogniser, whose words are awaited longer; and a language model behind the voice, because the first clause is to
be heard while the rest is still being written."""
_OPTIONAL = (Prefill, Overhear, Extract)
"""What can be done without when other work waits; nobody is told when it failed."""
REFUSED = 78
"""The exit code after `Refused` (EX_CONFIG)."""
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Load the engine named on the command line and serve it until the parent is done. Return the exit code."""
    kind, name, descriptor = sys.argv[1:]
    _be_a_good_child()
    os.nice(_NICE[kind])
    with (
        Connection(int(descriptor)) as connection,
        contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError),
    ):
        options = msgspec.msgpack.decode(connection.recv_bytes(messages.LARGEST), type=EngineOptions)
        engine = _load(cast("Kind", kind), name, options)
        if isinstance(engine, Refused):
            connection.send_bytes(messages.encode(engine))
            return REFUSED
        connection.send_bytes(messages.encode(Ready(name, _details(engine, options))))
        serve(engine, connection)
    return 0


def _load(kind: "Kind", name: str, options: EngineOptions) -> Engine | Refused:
    try:
        return registry.load(kind, name)(options)
    except CompanionError as error:
        return Refused(error.code, error.sentence, error.hint)
    except Exception as error:  # noqa: BLE001 - the border of a process: native libraries raise anything on a broken file
        traceback.print_exc()  # into the log that the parent keeps
        if not options.model:
            return Refused("engine", f"{name} could not be loaded ({_brief(error)}).", "Install the program again.")
        return Refused(
            "model",
            f"The model {options.model} is damaged, or not one that {name} can read ({_brief(error)}).",
            "See what is here with `companion models list`, and fetch it again with `companion models pull`.",
        )


def serve(engine: Engine, connection: Connection) -> None:
    """Do what is asked until the parent is gone, or the engine cannot go on.

    Raises `BrokenPipeError` when the parent goes mid-answer.
    """
    inbox = Inbox(connection)
    desk = Desk(engine)
    while (request := inbox.next()) is not None:
        for answer in desk.answers(request):
            if answer is not None:
                connection.send_bytes(messages.encode(answer))
            if isinstance(answer, Refused):
                return
            inbox.collect()
            if inbox.stale(request):
                break  # dropping the generator closes the engine's own, which is how its work is cancelled


class Inbox:
    """What the parent asked for, in order, without what it cancelled."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[AnyRequest] = deque()
        self._oldest = 0
        self._form: Extract | None = None
        """The one that is wanted."""
        self._over = False

    def next(self) -> AnyRequest | None:
        """Wait for the next request that is still wanted; None when there will be no more."""
        while not self._over:
            if not self._waiting:
                self._take()
            self.collect()
            while self._waiting:
                request = self._waiting.popleft()
                if not self.stale(request):
                    return request
        return None

    def collect(self) -> None:
        """Read everything that has arrived, without waiting."""
        while not self._over and self._connection.poll(0):
            self._take()

    def stale(self, request: AnyRequest) -> bool:
        """Return whether nobody waits for the answer any more, or it can be done without and something else waits."""
        cancelled = isinstance(request, Work) and request.epoch < self._oldest
        left = isinstance(request, Extract) and request is not self._form
        return self._over or cancelled or left or (isinstance(request, _OPTIONAL) and self._busy())

    def _busy(self) -> bool:
        return any(isinstance(request, Work) for request in self._waiting)

    def _take(self) -> None:
        try:
            request = messages.decode_request(self._connection.recv_bytes(messages.LARGEST))
        except (EOFError, ConnectionResetError):
            self._over = True
            return
        match request:
            case Cancel(before=before):
                self._oldest = max(self._oldest, before)
                return
            case Extract():
                self._form = request
            case Leave():
                self._form = None
                return
            case Ping():
                self._connection.send_bytes(messages.encode(Pong()))
                return
        self._waiting.append(request)


class Desk:
    """One engine and the requests it understands."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._utterance = -1

    def answers(self, request: AnyRequest) -> Iterator[AnyAnswer | None]:
        """Yield what the engine has to say to a request, or None where it only stops to breathe.

        An engine that cannot even take sound is of no use, so such an error ends the process.
        """
        if not isinstance(request, Work | Extract):
            self._listen(request)
            return
        try:
            yield from self._extract(request) if isinstance(request, Extract) else self._work(request)
        except EngineLostError as error:
            yield Refused(error.code, error.sentence, error.hint)
        except CompanionError as error:
            yield from self._failure(request, error.sentence)
        except Exception as error:  # noqa: BLE001 - the border of a process: whatever a native library raises, one sentence crosses it
            traceback.print_exc()  # into the log that the parent keeps
            yield from self._failure(request, f"The engine could not do its work ({_brief(error)}).")

    def _failure(self, request: Work | Extract, sentence: str) -> Iterator[AnyAnswer]:
        if isinstance(request, Extract):
            yield Extracted(request.number, b"")
        elif not isinstance(request, _OPTIONAL):  # the work that they prepare will fail, if it must
            yield WorkFailed(request.epoch, sentence)

    def _listen(self, request: AnyRequest) -> None:
        ears = cast("Transcriber", self._engine)
        match request:
            case Begin(utterance=utterance):
                self._utterance = utterance
                ears.begin()
            case Feed(utterance=utterance, samples=samples) if utterance == self._utterance:
                ears.feed(np.frombuffer(samples, np.float32))

    def _work(self, request: Work) -> Iterator[AnyAnswer | None]:
        match request:
            case Transcribe(epoch=epoch, utterance=utterance):
                known = utterance == self._utterance
                yield Transcribed(epoch, cast("Transcriber", self._engine).transcript() if known else Transcript(""))
            case Overhear(utterance=utterance) if isinstance(self._engine, Overhearing):
                if utterance == self._utterance:
                    yield Overheard(utterance, self._engine.so_far())
            case Judge(epoch=epoch):
                yield Judged(epoch, cast("TurnDetector", self._engine).complete())
            case Generate():
                yield from self._write(request)
            case Prefill(epoch=epoch, prompt=prompt) if isinstance(self._engine, Prefilling):
                yield from self._engine.prefill(prompt)
                yield Prefilled(epoch)
            case Synthesise(epoch=epoch, index=index, text=text, language=language, role=role):
                voice = cast("Voice", self._engine)
                for samples in voice.speak(text, language=language, role=role):
                    sound = samples.astype(np.float32, copy=False).tobytes()
                    yield Sound(epoch, index, voice.sample_rate, sound, last=False)
                ends = voice.word_ends if isinstance(voice, Timing) else ()
                yield Sound(epoch, index, voice.sample_rate, b"", last=True, ends=ends)

    def _extract(self, request: Extract) -> Iterator[AnyAnswer | None]:
        if isinstance(self._engine, Extracting):
            form = bytearray()
            for piece in self._engine.extract(request.prompt, request.schema):
                form += piece
                yield None
            yield Extracted(request.number, bytes(form))

    def _write(self, request: Generate) -> Iterator[AnyAnswer | None]:
        for text in cast("LanguageModel", self._engine).reply(request.prompt):
            yield Piece(request.epoch, text) if text else None
        usage = self._engine.usage if isinstance(self._engine, Counting) else Usage()
        yield PieceEnd(request.epoch, usage.prompt, usage.cached)


def _be_a_good_child() -> None:
    """Die with the parent, leave Ctrl-C to it, and write no core dump of a private conversation."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _details(engine: Engine, options: EngineOptions) -> dict[str, str]:
    details = {"model": options.model} if options.model else {}
    rate = getattr(engine, "sample_rate", None)
    return details | ({"rate": str(rate)} if rate else {})


def _brief(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
