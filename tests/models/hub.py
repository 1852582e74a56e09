"""A stand-in for the hub on this machine: what it answers to HEAD and GET, its redirects, and its bad days."""

import contextlib
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
from huggingface_hub import close_session

from companion_voice import paths
from companion_voice.models.catalogue import Catalogue, Entry, File

REVISION = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "somebody/some-model"


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Hub:
    """Files by their path in the repository. Each GET of a body takes one fault, and without any is answered well."""

    address: str
    files: dict[str, bytes]
    status: int = 200
    """What a HEAD is answered with."""
    ranges: bool = True
    faults: deque["Fault"] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)
    sent: int = 0
    """Bytes of the last body without an end."""
    over: threading.Event = field(default_factory=threading.Event)

    def bodies(self) -> list[Request]:
        """Return the requests that asked for bytes."""
        return [r for r in self.requests if r.method == "GET" and r.path.startswith("/cdn/")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    @property
    def hub(self) -> Hub:
        return self.server.hub

    def do_HEAD(self) -> None:
        self._note()
        if self.hub.status != 200:
            self.empty(self.hub.status)
        else:
            self._redirect()

    def do_GET(self) -> None:
        self._note()
        if self.path.startswith("/cdn/"):
            fault = self.hub.faults.popleft() if self.hub.faults else well
            fault(self, self.hub.files[self.path.removeprefix("/cdn/")])
        else:
            self._redirect()

    def log_message(self, *_: object) -> None:
        pass

    def begin(self, body: bytes, length: int | None = None) -> bytes:
        """Send the head of an answer and return the bytes that were asked for."""
        asked = self.headers.get("Range")
        if asked and self.hub.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        return body

    def _note(self) -> None:
        self.hub.requests.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))

    def _redirect(self) -> None:
        """Answer as the hub does for a large file: what it is, and where its bytes are."""
        name = self.path.removeprefix(f"/{REPOSITORY}/resolve/{REVISION}/")
        if name not in self.hub.files:
            self.empty(404, {"X-Error-Code": "EntryNotFound"})
            return
        body = self.hub.files[name]
        self.empty(
            302,
            {
                # under another name, as the hub's files are: its client asks nobody else what a file is
                "Location": f"{self.hub.address}/cdn/{name}".replace("127.0.0.1", "localhost"),
                "X-Repo-Commit": REVISION,
                "X-Linked-Size": str(len(body)),
                "X-Linked-ETag": f'"{hashlib.sha256(body).hexdigest()}"',
            },
        )

    def empty(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()


Fault = Callable[[Handler, bytes], None]


def well(handler: Handler, body: bytes) -> None:
    handler.wfile.write(handler.begin(body))


def cut(after: int) -> Fault:
    """Promise everything, send `after` bytes and hang up."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.wfile.write(handler.begin(body)[:after])
        handler.close_connection = True

    return fault


def short(by: int) -> Fault:
    """Promise too little and keep that promise."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.wfile.write(handler.begin(body, len(body) - by)[:-by])

    return fault


def refuse(status: int) -> Fault:
    def fault(handler: Handler, _: bytes) -> None:
        handler.empty(status)

    return fault


def silent(after: int) -> Fault:
    """Send `after` bytes and then say nothing more until the end of the test."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.wfile.write(handler.begin(body)[:after])
        handler.wfile.flush()
        handler.hub.over.wait(20)
        handler.close_connection = True

    return fault


def endless(most: int) -> Fault:
    """Say nothing of a length and send until the other side hangs up, `most` bytes at most."""

    def fault(handler: Handler, body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        sent = 0
        with contextlib.suppress(OSError):
            while sent < most:
                sent += handler.wfile.write(body)
        handler.hub.sent = sent

    return fault


def elsewhere(address: str) -> Fault:
    """Send the client on to `address`; an empty one is where it is already."""

    def fault(handler: Handler, _: bytes) -> None:
        handler.empty(302, {"Location": address or handler.path})

    return fault


def dripping(pieces: int) -> Fault:
    """Send the body in small pieces, each on its own."""

    def fault(handler: Handler, body: bytes) -> None:
        rest = handler.begin(body)
        step = len(rest) // pieces + 1
        for start in range(0, len(rest), step):
            handler.wfile.write(rest[start : start + step])
            handler.wfile.flush()

    return fault


class Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that hung up is part of these tests."""


@contextlib.contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Hub]:
    """Serve `files` on a free port of this machine until the end of the block."""
    with Server(("127.0.0.1", 0), Handler) as server:
        hub = server.hub = Hub(f"http://127.0.0.1:{server.server_port}", files)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hub
        finally:
            hub.over.set()
            close_session()
            server.shutdown()
            thread.join(10)


def entry(files: dict[str, bytes], name: str = "some-model", engine: str = "llama-cpp") -> Entry:
    """Make the catalogue's entry for `files`."""
    pinned = tuple(File(path, len(body), hashlib.sha256(body).hexdigest()) for path, body in files.items())
    return Entry(
        name=name,
        kind="stt" if engine == "faster-whisper" else "tts" if engine == "piper" else "llm",
        engine=engine,
        repository=REPOSITORY,
        revision=REVISION,
        files=pinned,
        languages=("en",),
        licence="public domain",
        good_for="Tests.",
        tuning={"template": "chatml"} if engine == "llama-cpp" else {},
    )


def known(entry: Entry) -> None:
    """Make `entry` the person's own catalogue."""
    place = paths.private_folder(paths.configuration_folder()) / "models.yaml"
    place.write_bytes(msgspec.json.encode(Catalogue((entry,))))
