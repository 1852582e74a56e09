"""A stand-in for a server of the OpenAI kind, on this machine alone: it says, byte for byte, what a test wants said."""

import io
import json
import socketserver
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

Send = Callable[[bytes], None]


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class StandIn:
    """What the server says, by path, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.says: dict[str, Callable[[Asked, Send], None]] = {"/v1/models": body(b'{"data": []}')}
        self.url = ""
        self.over = threading.Event()
        """Set when the test is over: whoever drips or waits stops."""
        self.left = threading.Event()
        """Set when somebody closed a connection while they were being answered."""


def head(kind: str = "application/json", status: str = "200 OK", **more: str) -> bytes:
    fields = {
        "Content-Type": kind,
        "Connection": "close",
        **{name.replace("_", "-"): text for name, text in more.items()},
    }
    lines = (f"HTTP/1.1 {status}", *(f"{name}: {text}" for name, text in fields.items()), "", "")
    return "\r\n".join(lines).encode()


def body(content: bytes, kind: str = "application/json", status: str = "200 OK") -> Callable[[Asked, Send], None]:
    return lambda _asked, send: send(head(kind, status) + content)


def event(content: object) -> bytes:
    return f"data: {json.dumps(content)}\n\n".encode()


def words(*pieces: str) -> bytes:
    """Return a streamed reply as such servers send it."""
    said = b"".join(event({"choices": [{"delta": {"content": piece}}]}) for piece in pieces)
    spent = {"choices": [], "usage": {"prompt_tokens": 40, "prompt_tokens_details": {"cached_tokens": 30}}}
    return event({"choices": [{"delta": {"role": "assistant"}}]}) + said + event(spent) + b"data: [DONE]\n\n"


def wav(rate: int = 22_050, frames: int = 2_205, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\x00\x40" * frames * channels)
    return file.getvalue()


@contextmanager
def serving(socket: Path | None = None) -> Iterator[StandIn]:
    """Serve on a free port of the loopback, or on a socket of files, until the block ends."""
    stand_in = StandIn()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            line = self.rfile.readline()
            headers = {}
            while (text := self.rfile.readline().strip()) != b"":
                name, _, value = text.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            if not line:
                return
            asked = Asked(line.split()[1].decode(), headers, self.rfile.read(int(headers.get("content-length", 0))))
            stand_in.asked.append(asked)
            try:
                stand_in.says.get(asked.path, body(b"{}", status="404 Not Found"))(asked, self.wfile.write)
            except OSError:
                stand_in.left.set()

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer if socket else socketserver.TCPServer):
        block_on_close = True
        daemon_threads = True
        allow_reuse_address = True

    with Server(str(socket) if socket else ("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"unix:{socket}" if socket else f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=lambda: server.serve_forever(0.02))
        thread.start()
        try:
            yield stand_in
        finally:
            stand_in.over.set()
            server.shutdown()
            thread.join()
