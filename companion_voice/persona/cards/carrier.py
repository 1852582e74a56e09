"""What carries a card: a JSON file, a PNG picture or a `.charx`. Finds the JSON in it; knows nothing of what it says.

Bounds are such that a hostile file costs a few MiB and milliseconds.
"""

import base64
import binascii
import codecs

from companion_voice.errors import CardError
from companion_voice.persona.cards import charx, png

LARGEST_FILE = 8 * 1024 * 1024
LARGEST_JSON = 1024 * 1024
MOST_VALUES = 50_000
"""Values in the JSON, counted by its commas: each becomes an object, which weighs 50 times its byte."""
KEYWORDS = {"v3": "ccv3", "v2": "chara"}
"""The PNG text of each version, the one that wins first."""
_LARGEST_BASE64 = LARGEST_JSON * 4 // 3 + 4
_PIECE = 64 * 1024


def payload(data: bytes) -> bytes:
    """Return the JSON that the file `data` carries, as it stands there. Raises `CardError` when there is none."""
    if len(data) > LARGEST_FILE:
        raise CardError(f"The card is larger than {LARGEST_FILE // 1024**2} MiB.", "Import its JSON by itself.")
    if data.startswith(png.SIGNATURE):
        return _checked(_of_picture(data))
    if data.startswith(charx.SIGNATURE):
        return _checked(charx.card_json(data, most=LARGEST_JSON))
    return _checked(data)


def in_picture(card: bytes, picture: bytes, version: str) -> bytes:
    """Return `picture` with `card` in it, in place of any it had. Raises `CardError` when it is no sound PNG."""
    return png.with_text(picture, KEYWORDS[version], base64.b64encode(card), without=tuple(KEYWORDS.values()))


def _of_picture(data: bytes) -> bytes:
    found = png.texts(data, tuple(KEYWORDS.values()), most=_LARGEST_BASE64)
    text = next((found[keyword] for keyword in KEYWORDS.values() if keyword in found), None)
    if text is None:
        raise CardError("The picture carries no character card.", "Some sites strip it; look for the original file.")
    text = b"".join(text.split())
    if text.startswith(b"{"):
        return found["ccv3" if "ccv3" in found else "chara"]
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise CardError("The card in the picture is damaged: it is not base64.") from error


def _checked(found: bytes) -> bytes:
    """Return `found`, which is text of a bearable size."""
    if len(found) > LARGEST_JSON:
        raise CardError(f"The card holds more than {LARGEST_JSON // 1024} KiB of text, which no character needs.")
    if found.count(b",") > MOST_VALUES:
        raise CardError(f"The card holds more than {MOST_VALUES} values, which no character needs.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(found), _PIECE):
            decoder.decode(found[start : start + _PIECE], final=start + _PIECE >= len(found))
    except UnicodeDecodeError as error:
        raise CardError("The card is not a character card: it is not text in UTF-8.") from error
    return found.removeprefix(codecs.BOM_UTF8)
