"""The gate's own process: what comes through a socket of files goes to one host, and nowhere else.

    python -P -m companion_voice.engines.remote.forward SOCKET HOST PORT

It says `open` when it listens, and ends with the process that holds its standard input. Where the server is asked with
https it sees nothing of what passes. Knows no engine and no key.
"""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Final

_MOST: Final = 8
"""Connections at once."""
_PIECE: Final = 64 * 1024
_PATIENCE: Final = 30.0
"""Seconds that a connection may take to be made; whoever waits for it may give up sooner."""


async def serve(path: str, host: str, port: int) -> None:
    """Forward until standard input ends."""
    over = asyncio.Event()
    free = asyncio.Semaphore(_MOST)

    async def forwarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with free:
            await _forward(reader, writer, host, port)

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), over.set)
    async with await asyncio.start_unix_server(forwarded, path):
        print("open", flush=True)  # noqa: T201 - said to whoever started it
        await over.wait()


async def _forward(near: asyncio.StreamReader, back: asyncio.StreamWriter, host: str, port: int) -> None:
    """Join a connection to one of its own; the end of either direction ends both."""
    try:
        far, on = await asyncio.wait_for(asyncio.open_connection(host, port), _PATIENCE)
    except OSError:  # and TimeoutError, which is one: a closed connection says it
        back.close()
        return
    ways = [asyncio.create_task(_copy(near, on)), asyncio.create_task(_copy(far, back))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    on.close()
    back.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()


def main() -> None:
    """Run as a program."""
    path, host, port = sys.argv[1:]
    os.umask(0o077)
    try:
        asyncio.run(serve(path, host, int(port)))
    finally:
        with suppress(FileNotFoundError):
            os.unlink(path)  # noqa: PTH108


if __name__ == "__main__":
    main()
