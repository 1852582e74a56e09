"""A server of the OpenAI kind, asked over HTTP. It is believed in nothing.

Every answer is bounded in size and in time: until it begins, between two pieces, and as a whole. No redirect is
followed, no proxy and no password out of the environment is used, and nothing compressed is unpacked. While an answer
is awaited, whoever asked is let breathe, so that a cancel closes the stream at once. Knows nothing of what is asked.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from companion_voice.engines.remote import access as accesses
from companion_voice.engines.remote import address
from companion_voice.engines.remote.access import Access
from companion_voice.errors import EngineError, EngineLostError

T = TypeVar("T")
_BREATH: Final = 0.05
"""Seconds after which whoever waits for an answer may change their mind."""
_REQUEST_AT_FAULT: Final = (400, 413, 422)
"""What a server says of a question that it cannot answer, though it can answer others."""
_NO_SUCH_PAGE: Final = (404, 405)
_LARGEST_EVENT: Final = 64 * 1024


class Ask(msgspec.Struct, frozen=True):
    """A question, and what its answer may be."""

    path: str
    """Below the address, such as `chat/completions`."""
    kinds: tuple[str, ...]
    """Beginnings of the content types that are an answer."""
    largest: int
    """Bytes of the longest answer."""
    json: dict[str, Any] | None = None
    data: dict[str, str] = {}
    """Fields of a form."""
    files: dict[str, tuple[str, bytes, str]] = {}
    """Files of a form: name, content, content type."""


def reached(access: Access) -> "Server":
    """Return a server that is there and takes the key. Raises `ConfigurationError` or `EngineLostError`."""
    server = Server(access)
    server.check()
    return server


class Server:
    """One server, and the connections to it that stay open."""

    def __init__(self, access: Access) -> None:
        """Prepare to ask; nothing is sent yet. Raises `ConfigurationError`."""
        self._access = access
        self._address = address.read(access.url)
        self._headers = {"Accept-Encoding": "identity", "User-Agent": "companion-voice"}
        if key := accesses.key(access):
            self._headers["Authorization"] = f"Bearer {key}"
        self._loop = asyncio.new_event_loop()
        transport = httpx2.AsyncHTTPTransport(
            uds=access.socket or self._address.socket or None,
            trust_env=False,
            limits=httpx2.Limits(max_connections=2, keepalive_expiry=30.0),
        )
        self._client = httpx2.AsyncClient(
            transport=transport, trust_env=False, timeout=httpx2.Timeout(None, connect=access.connect_timeout)
        )

    @property
    def name(self) -> str:
        """What a person reads."""
        return self._address.name

    def close(self) -> None:
        """Close the connections, as the end of the process does."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._client.aclose())
            self._loop.close()

    def check(self) -> None:
        """Find out whether the server is there and takes the key. Raises `EngineLostError`, and is closed then.

        Its list of models is asked for, which is not read: some servers have none, and some answer to any name.
        """
        try:
            for _ in self._driven(self._present(), self._access.connect_timeout + self._access.gap_timeout):
                pass
        except EngineLostError:
            self.close()
            raise

    def pieces(self, ask: Ask) -> Generator[bytes]:
        """Yield an answer as it comes; an empty piece is a moment to be cancelled in.

        Raises `EngineError` when this question cannot be answered, and `EngineLostError` when the server fails.
        """
        yield from (piece or b"" for piece in self._driven(self._answer(ask, _raw), self._access.first_timeout))

    def events(self, ask: Ask) -> Generator[str]:
        """Yield the data of each server-sent event as it comes; an empty one is a moment to be cancelled in.

        Raises as `pieces`.
        """
        yield from (piece or "" for piece in self._driven(self._answer(ask, _events), self._access.first_timeout))

    def lost(self, what: str) -> EngineLostError:
        """Return the error that says in a sentence what this server did."""
        return EngineLostError(f"The server at {self.name} {what}.", "See docs/remote.md.")

    def _driven(self, answer: "AsyncIterator[T]", first: float) -> Generator[T | None]:
        """Yield what arrives, and None while nothing does. Raises `EngineLostError` when that is too long."""
        over = time.monotonic() + self._access.whole_timeout
        wait = first
        coming: asyncio.Task[list[T]] | None = None
        try:
            while True:
                coming = self._loop.create_task(_next(answer))
                until = min(time.monotonic() + wait, over)
                while not coming.done():
                    if time.monotonic() >= until:
                        raise self.lost("did not answer in time")
                    self._loop.run_until_complete(asyncio.wait({coming}, timeout=_BREATH))
                    if not coming.done():
                        yield None
                arrived = coming.result()
                if not arrived:
                    return
                yield arrived[0]
                wait = self._access.gap_timeout
        finally:
            self._loop.run_until_complete(_left(coming, answer))

    async def _present(self) -> AsyncIterator[bytes]:
        async with self._exchange("GET", "models") as response:
            if not response.is_success and response.status_code not in _NO_SUCH_PAGE:
                raise self._refusal(response)
        yield b"there"

    async def _answer(self, ask: Ask, read: "Callable[[httpx2.Response], AsyncIterator[T]]") -> AsyncIterator[T]:
        content: dict[str, Any] = {"json": ask.json} if ask.json else {"data": ask.data, "files": ask.files}
        async with self._exchange("POST", ask.path, **content) as response:
            self._check(response, ask)
            async for piece in read(response):
                if response.num_bytes_downloaded > ask.largest:
                    raise self.lost("answered without end")
                yield piece

    @asynccontextmanager
    async def _exchange(self, method: str, path: str, **content: Any) -> AsyncIterator[httpx2.Response]:  # noqa: ANN401
        url = f"{self._address.base}/{path}"
        try:
            async with self._client.stream(method, url, headers=self._headers, **content) as response:
                yield response
        except httpx2.HTTPError as error:
            raise self.lost(_told(error)) from error

    def _check(self, response: httpx2.Response, ask: Ask) -> None:
        if response.status_code in _REQUEST_AT_FAULT:
            raise EngineError(f"The server at {self.name} cannot answer this (HTTP {response.status_code}).")
        if not response.is_success:
            raise self._refusal(response)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self.lost("answered in a form that was not asked for")
        if not response.headers.get("content-type", "").lower().startswith(ask.kinds):
            raise self.lost("answered with something that is no answer")

    def _refusal(self, response: httpx2.Response) -> EngineLostError:
        match response.status_code:
            case 401 | 403:
                return self.lost("does not take the key")
            case 404:
                return self.lost("has no such model, or no such service at this address")
            case status if response.is_redirect:
                return self.lost(f"sends elsewhere (HTTP {status}), which is not followed")
            case status:
                return self.lost(f"cannot work now (HTTP {status})")


async def _next(answer: AsyncIterator[T]) -> list[T]:
    """Return what comes next, or nothing after the last."""
    async for piece in answer:
        return [piece]
    return []


async def _left(coming: "asyncio.Task[list[T]] | None", answer: AsyncIterator[T]) -> None:
    """Leave an answer where it is, and close what it came through."""
    if coming is not None and not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
    if isinstance(answer, AsyncGenerator):
        await answer.aclose()


def _told(error: httpx2.HTTPError) -> str:
    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout():
            return "cannot be reached"
        case httpx2.SSEError():
            return "answered without end"
        case httpx2.RemoteProtocolError():
            return "broke off, or does not speak HTTP"
        case _:
            return "broke off in the middle of its answer"


async def _raw(response: httpx2.Response) -> AsyncIterator[bytes]:
    async for piece in response.aiter_raw():
        yield piece


async def _events(response: httpx2.Response) -> AsyncIterator[str]:
    response.encoding = "utf-8"
    async for event in httpx2.EventSource(response, _LARGEST_EVENT):
        yield event.data
