"""What opens an encrypted memory: a key made from a passphrase, and SQLCipher, which encrypts every page with it.

Beside the memory lies a salt and what tells the right passphrase from a wrong one; never the passphrase or the key.
Knows no SQL beyond how a key is said.
"""

import hashlib
import hmac
import os
import secrets
import sqlite3
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import msgspec

from companion_voice import paths
from companion_voice.errors import MemoryLockedError, StoreError
from companion_voice.memory.places import Place

KEY_FILE: Final = "COMPANION_VOICE_KEY_FILE"
"""The variable that names a file with the passphrase, which must lie on another device than the memory."""
CREDENTIAL: Final = "companion-memory"
"""What systemd calls it when it hands the passphrase to a service (LoadCredentialEncrypted=)."""
SHORTEST: Final = 8
_DRIVER: Final = "sqlcipher3.dbapi2"
_PLAIN: Final = b"SQLite format 3\0"
_COST: Final = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26, "dklen": 32}
"""scrypt as RFC 7914 has it: 32 MiB and a tenth of a second a guess."""


class _Lockbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lies beside an encrypted memory."""

    salt: bytes
    proof: bytes
    """What the right key makes of a known word."""


def is_encrypted(place: Place) -> bool:
    """Tell whether the memory needs a passphrase. While a change is half done, what the file itself says counts."""
    if not place.lockbox.exists():
        return False
    try:
        with place.file.open("rb") as stream:
            return stream.read(len(_PLAIN)) != _PLAIN
    except FileNotFoundError:
        return True


def unlock(place: Place, passphrase: str | None) -> None:
    """Give the place its key, from `passphrase` or the file that holds it; nothing happens where none is needed.

    Raises `MemoryLockedError` when it is missing or wrong.
    """
    if not is_encrypted(place):
        return
    passphrase = passphrase if passphrase is not None else found(place)
    if passphrase is None:
        raise MemoryLockedError(
            "The memory is encrypted, and its passphrase was not given.",
            f"Start in a terminal, where it is asked for, or name a file on another device in {KEY_FILE}.",
        )
    box = paths.read_private(place.lockbox, _Lockbox)
    key = _key(passphrase, box.salt)
    if not hmac.compare_digest(_proof(key), box.proof):
        raise MemoryLockedError("That is not the passphrase of this memory.", "Nothing was changed. Try again.")
    place.key = key


def found(place: Place) -> str | None:
    """Return the passphrase that lies in a file on another device, or None. Raises `MemoryLockedError`."""
    named, credentials = os.environ.get(KEY_FILE), os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials) / CREDENTIAL if credentials else None
    file = Path(named) if named else credential if credential and credential.exists() else None
    if file is None:
        return None
    try:
        text = file.read_text(encoding="utf-8")
        beside = file.stat().st_dev == _device(place.folder)
    except (OSError, UnicodeDecodeError) as error:
        raise MemoryLockedError(f"The passphrase cannot be read from {file}.", "Look after that file.") from error
    if beside:
        raise MemoryLockedError(
            f"{file} lies on the same device as the memory, where a passphrase protects nothing.",
            "Put it on another one: a stick, or what systemd hands to a service.",
        )
    return text.rstrip("\r\n")


def lock(place: Place, passphrase: str) -> None:
    """Make a key from a new passphrase, put its proof beside the memory and give the place the key.

    Raises `MemoryLockedError` for a passphrase that is too short.
    """
    if len(passphrase) < SHORTEST:
        raise MemoryLockedError(f"A passphrase has {SHORTEST} characters at least.", "Several words are best.")
    salt = secrets.token_bytes(16)
    place.key = _key(passphrase, salt)
    paths.write_private(place.lockbox, msgspec.json.encode(_Lockbox(salt, _proof(place.key))))


def connect(file: str, key: bytes, **options: Any) -> Any:  # noqa: ANN401 - a connection of SQLCipher's, as sqlite3's
    """Return a connection through SQLCipher that has been told the key. Raises `StoreError` where it is missing."""
    connection = driver().connect(file, **options)
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f'PRAGMA key = "{said(key)}"')
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def said(key: bytes) -> str:
    """Return a key as SQLCipher reads it: as it is, not as a passphrase of its own."""
    return f"x'{key.hex()}'"


def driver() -> ModuleType:
    """Return SQLCipher's own sqlite3. Raises `StoreError` where it is not installed."""
    try:
        return import_module(_DRIVER)
    except ImportError as error:
        raise StoreError(
            "Encryption needs SQLCipher, which is not installed.", "Install it: pip install sqlcipher3"
        ) from error


def failures(*names: str) -> tuple[type[Exception], ...]:
    """Return the exceptions of those `names` that a connection may raise, SQLCipher's too once it is used."""
    modules = (sqlite3, sys.modules.get(_DRIVER))
    return tuple(getattr(module, name) for module in modules if module for name in names or ("DatabaseError",))


def _device(folder: Path) -> int:
    return next(place for place in (folder, *folder.parents) if place.exists()).stat().st_dev


def _key(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode("utf-8", "surrogatepass"), salt=salt, **_COST)


def _proof(key: bytes) -> bytes:
    return hmac.digest(key, b"the memory of a companion", "sha256")
