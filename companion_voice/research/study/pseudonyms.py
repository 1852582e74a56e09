"""Who somebody is in a study: a keyed hash, and days by which their dates are moved.

The key lies apart from the data; who has both and the code a person was enrolled with can tell who they are, nobody
else. Knows nothing of what people said.
"""

import base64
import hashlib
import hmac
import re
import secrets
from pathlib import Path

from companion_voice import paths
from companion_voice.errors import StudyError

_FORM = re.compile(r"(?:p|sim)-[a-z2-7]{12}")
_LETTERS = 12
_KEY_BYTES = 32
_WEEKS = 26


def key_file(study: str) -> Path:
    """Return where the key of a study lies."""
    return paths.configuration_folder() / "studies" / f"{study}.key"


def key(study: str, *, make: bool = False) -> bytes:
    """Return the key of a study, made where it is missing if that is wanted. Raises `StudyError`."""
    place = key_file(study)
    if make and not place.exists():
        paths.write_private(place, secrets.token_bytes(_KEY_BYTES))
    try:
        return place.read_bytes()
    except OSError as error:
        raise StudyError(
            f"The key of the study {study} cannot be read: {error.strerror}.", f"Put it back where it was: {place}"
        ) from error


def is_pseudonym(text: str) -> bool:
    """Tell whether `text` has the form of a pseudonym, and so of nobody's name."""
    return _FORM.fullmatch(text) is not None


def pseudonym(secret: bytes, code: str, *, simulated: bool = False) -> str:
    """Return the pseudonym for whatever the researcher knows somebody by (HMAC-SHA-256, 60 bits of it)."""
    digest = _hashed(secret, f"participant:{' '.join(code.casefold().split())}")
    return f"{'sim' if simulated else 'p'}-{base64.b32encode(digest).decode().lower()[:_LETTERS]}"


def shift(secret: bytes, participant: str) -> int:
    """Return the days by which every date of a participant is moved: whole weeks, so that weekdays stay."""
    weeks = int.from_bytes(_hashed(secret, f"shift:{participant}")[:4]) % (2 * _WEEKS) - _WEEKS
    return 7 * (weeks if weeks < 0 else weeks + 1)


def _hashed(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()
