"""Text in a PNG picture: read, put in, never a pixel looked at. Knows nothing of cards.

The format is that of the PNG specification (third edition), sections 5 and 11.3.3.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from companion_voice.errors import CardError
from companion_voice.persona.cards.inflate import inflated

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 10_000
_HEADER = struct.Struct(">I4s")
_FRAME = 12
"""Bytes of a chunk besides its data: length, type and CRC."""
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_LONGEST_KEYWORD = 79


class Chunk(NamedTuple):
    """A chunk of a picture, and where it stands in the file."""

    kind: bytes
    start: int
    end: int

    def data(self, picture: bytes) -> bytes:
        """Return what it holds. Raises `CardError` where its checksum says that it is not what was written."""
        body = picture[self.start + 8 : self.end - 4]
        if zlib.crc32(body, zlib.crc32(self.kind)) != int.from_bytes(picture[self.end - 4 : self.end]):
            raise CardError("The picture is damaged: the checksum of its text is wrong.")
        return body


def texts(picture: bytes, wanted: tuple[str, ...], *, most: int) -> dict[str, bytes]:
    """Return the text of each keyword of `wanted` that `picture` has; the first, where one stands twice.

    Raises `CardError` when the picture is damaged, or such a text is larger than `most` bytes.
    """
    found: dict[str, bytes] = {}
    for chunk in _chunks(picture):
        keyword = _keyword(chunk, picture)
        if keyword in wanted and keyword not in found:
            found[keyword] = _text(chunk.kind, chunk.data(picture), most)
    return found


def with_text(picture: bytes, keyword: str, text: bytes, *, without: tuple[str, ...]) -> bytes:
    """Return `picture` with `text` under `keyword`, and without the texts it had under those of `without`.

    Raises `CardError` when it is no picture, or a damaged one.
    """
    chunks = list(_chunks(picture))
    kept = [picture[chunk.start : chunk.end] for chunk in chunks if _keyword(chunk, picture) not in without]
    body = keyword.encode("latin-1") + b"\0" + text
    written = _HEADER.pack(len(body), b"tEXt") + body + zlib.crc32(body, zlib.crc32(b"tEXt")).to_bytes(4)
    return b"".join((SIGNATURE, *kept[:-1], written, kept[-1]))


def _chunks(picture: bytes) -> Iterator[Chunk]:
    """Yield the chunks of `picture`, from its header to its end."""
    if not picture.startswith(SIGNATURE):
        raise CardError("The picture is not a PNG.", "Only PNG pictures carry a card.")
    start = len(SIGNATURE)
    for number in range(MOST_CHUNKS):
        if start + _FRAME > len(picture):
            raise CardError("The picture is damaged: it ends too soon.")
        length, kind = _HEADER.unpack_from(picture, start)
        end = start + _FRAME + length
        if end > len(picture) or (kind == b"IHDR") != (number == 0):
            raise CardError(f"The picture is damaged at byte {start}.")
        yield Chunk(kind, start, end)
        if kind == b"IEND":
            return
        start = end
    raise CardError(f"The picture has more than {MOST_CHUNKS} parts, which no picture needs.")


def _keyword(chunk: Chunk, picture: bytes) -> str:
    if chunk.kind not in _TEXTS:
        return ""
    return picture[chunk.start + 8 : chunk.start + 9 + _LONGEST_KEYWORD].partition(b"\0")[0].decode("latin-1")


def _text(kind: bytes, body: bytes, most: int) -> bytes:
    text = body.partition(b"\0")[2]
    packed = kind == b"zTXt"
    if kind == b"iTXt":
        packed, text = text[:1] == b"\x01", text[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif packed:
        text = text[1:]
    if packed:
        return inflated(text, most=most, name="The picture")
    if len(text) > most:
        raise CardError(f"The picture holds more than {most // 1024} KiB of text, which no character needs.")
    return text
