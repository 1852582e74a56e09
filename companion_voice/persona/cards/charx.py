"""`card.json` out of a `.charx`, which is a zip. Knows nothing of cards, and of zip only what that takes.

Not `zipfile`: it builds an object for every entry that the directory claims to have, and a few MiB can claim 200,000.
The format is that of PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from companion_voice.errors import CardError
from companion_voice.persona.cards.inflate import inflated

SIGNATURE = b"PK\x03\x04"
MOST_FILES = 2_000
WANTED = b"card.json"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LONGEST_COMMENT = 0xFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_ADVICE = "Take card.json out of it and import that."


class _Entry(NamedTuple):
    name: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    place: int


def card_json(data: bytes, *, most: int) -> bytes:
    """Return `card.json` of the zip `data`. Raises `CardError` when it has none, is damaged, or holds over `most`."""
    try:
        entry = next((entry for entry in _entries(data) if entry.name == WANTED), None)
        if entry is None:
            raise CardError("The .charx has no card.json at its root.")
        return _content(data, entry, most)
    except struct.error as error:
        raise CardError("The .charx is damaged.", _ADVICE) from error


def _entries(data: bytes) -> Iterator[_Entry]:
    """Yield what the central directory lists."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - _LONGEST_COMMENT - _END.size))
    if end < 0:
        raise CardError("The .charx is damaged: it has no directory.", _ADVICE)
    _, _, _, _, count, _, place, _ = _END.unpack_from(data, end)
    if count > MOST_FILES:
        raise CardError(f"The .charx claims to hold {count} files.", _ADVICE)
    for _ in range(count):
        (signature, _, _, flags, method, _, _, checksum, packed, size, name, extra, comment, _, _, _, local) = (
            _CENTRAL.unpack_from(data, place)
        )
        if signature != b"PK\x01\x02":
            raise CardError("The .charx is damaged: its directory is not where it says.", _ADVICE)
        begin = place + _CENTRAL.size
        yield _Entry(data[begin : begin + name], flags, method, checksum, packed, size, local)
        place = begin + name + extra + comment


def _content(data: bytes, entry: _Entry, most: int) -> bytes:
    signature, *_, name, extra = _LOCAL.unpack_from(data, entry.place)
    begin = entry.place + _LOCAL.size + name + extra
    packed = data[begin : begin + entry.packed]
    if signature != SIGNATURE or entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise CardError("The card.json in the .charx is encrypted, or packed in an unusual way.", _ADVICE)
    if entry.size > most or len(packed) > most:
        raise CardError(f"The card.json in the .charx is larger than {most // 1024} KiB, which no character needs.")
    found = inflated(packed, most=most, name="The .charx", window=-15) if entry.method == _DEFLATED else packed
    if len(found) != entry.size or zlib.crc32(found) != entry.checksum:
        raise CardError("The .charx is damaged: card.json is not what its checksum says.", _ADVICE)
    return found
