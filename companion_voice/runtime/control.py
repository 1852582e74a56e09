"""The control socket: how `companion status`, `hush` and the like reach a companion that runs.

One JSON line in, one out, then the connection ends. Only the same user is answered, one caller at a time; what is too
long, too slow or not understood is refused in one sentence. Knows nothing of the conversation: what a request means
is its owner's to say.
"""

import math
import os
import socket
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from companion_voice import paths
from companion_voice.errors import CompanionError, NotRunningError
from companion_voice.runtime.beats import Beat

LONGEST: Final = 16_384
"""Bytes of a request."""
LONGEST_TEXT: Final = 2_000
"""Characters that may be said at once."""
PATIENCE: Final = 1.0
"""Seconds that a caller has for its request and for taking the answer."""
WAITING: Final = 8
"""Callers that may wait; the kernel turns away more."""
ANSWERED_WITHIN: Final = PATIENCE * (WAITING + 2)
"""Seconds after which whoever asked gives up: all who wait before it are served by then."""
_LISTENED_TO: Final = 3
"""The first descriptor that a service manager hands over (sd_listen_fds(3))."""
_LOOK: Final = 1.0

Verb: TypeAlias = Literal["status", "hush", "mute", "unmute", "say", "stop"]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is wanted."""

    verb: Verb
    text: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)] = ""
    """What to say."""


class Status(msgspec.Struct, frozen=True):
    """How a companion does."""

    state: str
    """The phase of the conversation, or `muted`."""
    persona: str
    language: str
    engines: dict[str, str]
    """By kind of work, who does it; `(starting)` behind one that cannot yet."""
    microphone: Literal["listening", "muted", "lost", "closed", "none"]
    speaker: Literal["open", "lost", "none"]
    memory: Literal["on", "off the record", "off"]
    network: str
    """`closed`, `open for ` and the servers that remote engines need, or `open: ` and why it is."""
    uptime: float
    """Seconds."""
    pid: int
    profile: str
    responsible: str
    """Who answers for it; empty where that is the person."""
    stuck: tuple[str, ...] = ()
    """Workers that give no sign of life."""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request."""

    done: bool
    sentence: str = ""
    """Why not, where not."""
    status: Status | None = None


def place() -> Path:
    """Return where the socket is."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if os.environ.get(paths.HOME) or not runtime:
        return paths.data_folder().parent / "run" / "control"
    return Path(runtime) / paths.APPLICATION / "control"


def ask(request: Request) -> Answer:
    """Ask the companion that runs. Raises `NotRunningError` when there is none."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            _connect(line, place(), ANSWERED_WITHIN)
            line.sendall(msgspec.json.encode(request) + b"\n")
            with line.makefile("rb") as answered:
                return msgspec.json.decode(answered.readline(), type=Answer)
    except (OSError, msgspec.DecodeError) as error:
        raise NotRunningError(
            "No companion runs in the background.",
            "`companion run` starts one, or: systemctl --user start companion-voice",
        ) from error


class Control:
    """The door callers come through; `answer` says what becomes of a request."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        """Open the door. Raises `CompanionError` when it cannot be had."""
        self.beat = Beat()
        self._answer = answer
        self._closing = False
        self._handed = _handed_over()
        self._door = self._handed or _bind(place())
        self._door.settimeout(_LOOK)

    def close(self) -> None:
        """Let the thread end; nobody else is let in."""
        self._closing = True
        with suppress(OSError):  # it is not connected, which is what wakes up whoever waits at it
            self._door.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        """Answer until closed (the thread's body)."""
        with self._door:
            while not self._closing:
                self.beat.beat()
                with suppress(OSError):  # nobody came, or whoever came has gone again
                    caller, _ = self._door.accept()
                    with caller:
                        self._serve(caller)
        if not self._handed:
            place().unlink(missing_ok=True)

    def _serve(self, caller: socket.socket) -> None:
        if self._closing or not _is_same_user(caller):
            return
        deadline = time.monotonic() + PATIENCE
        answer = self._answered(_line(caller, deadline))
        caller.settimeout(max(0.01, deadline + PATIENCE - time.monotonic()))
        caller.sendall(msgspec.json.encode(answer) + b"\n")

    def _answered(self, line: bytes | None) -> Answer:
        if line is None:
            return Answer(done=False, sentence=f"A request is one line of at most {LONGEST} bytes, sent at once.")
        try:
            request = msgspec.json.decode(line, type=Request)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return Answer(done=False, sentence=f"This is not a request: {' '.join(str(error).split())[:200]}.")
        return self._answer(request)


def _line(caller: socket.socket, deadline: float) -> bytes | None:
    """Return the line a caller sends; None when it is too long or does not come in time."""
    got = bytearray()
    while b"\n" not in got:
        left = deadline - time.monotonic()
        if left <= 0 or len(got) > LONGEST:
            return None
        caller.settimeout(left)
        try:
            some = caller.recv(LONGEST)
        except TimeoutError:
            return None
        if not some:
            return bytes(got) or None
        got += some
    line = bytes(got).split(b"\n", 1)[0]
    return line if len(line) <= LONGEST else None


def _is_same_user(caller: socket.socket) -> bool:
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(user == os.getuid())


def _handed_over() -> socket.socket | None:
    """Return the listening socket that the service manager made; None where it made none."""
    mine = os.environ.pop("LISTEN_PID", "") == str(os.getpid())
    count = os.environ.pop("LISTEN_FDS", "")
    if not mine or count != "1" or not stat.S_ISSOCK(os.fstat(_LISTENED_TO).st_mode):
        return None
    os.set_inheritable(_LISTENED_TO, False)
    return socket.socket(fileno=_LISTENED_TO)


def _bind(where: Path) -> socket.socket:
    """Return a new listening socket, for the same user only (0600). A socket that nobody listens to is replaced."""
    folder = paths.private_folder(where.parent)
    folder.chmod(0o700)
    if _is_listened_to(where):
        raise CompanionError("A companion runs in the background already.", "`companion stop` ends it.")
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        where.unlink(missing_ok=True)
        door.bind(str(where))
    except OSError as error:
        door.close()
        raise CompanionError(
            f"The control socket {where} cannot be made: {error.strerror or error}.", "Look after its folder."
        ) from error
    finally:
        os.umask(before)
    door.listen(WAITING)
    return door


def _is_listened_to(where: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            _connect(line, where, PATIENCE)
        except BlockingIOError:
            return True  # so many wait at it that there is no room for one more
        except OSError:
            return False
        return True


def _connect(line: socket.socket, where: Path, patience: float) -> None:
    """Connect, waiting for a place among those who wait; every later step has `patience` seconds as well.

    Raises `OSError`: `BlockingIOError` where no place was to be had. A time limit of Python's own would not wait for
    one at all.
    """
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", math.ceil(patience), 0))
    line.connect(str(where))
    line.settimeout(patience)
