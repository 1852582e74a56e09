"""Inflating what may be a bomb. Knows no format."""

import zlib

from companion_voice.errors import CardError


def inflated(data: bytes, *, most: int, name: str, window: int = zlib.MAX_WBITS) -> bytes:
    """Return what the zlib stream `data` holds; a negative `window` means a bare deflate stream, as in a zip.

    Raises `CardError` when it is damaged or holds more than `most` bytes; no more than that is ever inflated.
    """
    stream = zlib.decompressobj(window)
    try:
        found = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise CardError(f"{name} is damaged: its compressed text cannot be read.") from error
    if len(found) > most:
        raise CardError(f"{name} holds more than {most // 1024} KiB of compressed text, which no character needs.")
    if not stream.eof:
        raise CardError(f"{name} is damaged: its compressed text ends too soon.")
    return found
