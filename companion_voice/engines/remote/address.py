"""Where a server is, and whether what is sent there leaves this computer. Pure: it reads a text and resolves no name.

`http://host:port/v1`, `https://host/v1`, or `unix:/path/of/socket` for a server that listens on a socket of files.
"""

import ipaddress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from companion_voice.errors import ConfigurationError

_PORTS: Final = {"http": 80, "https": 443}
_UNIX: Final = "unix:"
_HINT: Final = "It looks like `http://host:8000/v1`, `https://host/v1` or `unix:/path/of/socket`."


class Address(NamedTuple):
    """A server."""

    base: str
    """What every path is appended to."""
    host: str
    """Empty for a socket of files."""
    port: int
    socket: str
    """The path of that socket, empty for a host."""

    @property
    def away(self) -> bool:
        """Whether what is sent there leaves this computer. A name is believed to, unless it is `localhost`."""
        return bool(self.host) and not _is_here(self.host)

    @property
    def name(self) -> str:
        """What a person reads: the host and its port, or the socket."""
        return f"{self.host}:{self.port}" if self.host else self.socket


def read(url: str) -> Address:
    """Return the address in a setting. Raises `ConfigurationError`; what it quotes holds no password."""
    if url.startswith(_UNIX):
        path = url.removeprefix(_UNIX)
        if not path.startswith("/"):
            raise ConfigurationError("The `url` of a remote engine names no whole path after `unix:`.", _HINT)
        return Address("http://localhost/v1", "", 0, path)
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ConfigurationError("The `url` of a remote engine cannot be read.", _HINT) from error
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "The `url` of a remote engine holds a name or a password.",
            "A key comes from a variable (`key_env`) or from a file that only you can read (`key_file`).",
        )
    if not port or not parts.hostname or parts.query or parts.fragment or not url.isascii() or not url.isprintable():
        raise ConfigurationError("The `url` of a remote engine is no address of a server.", _HINT)
    return Address(url.rstrip("/"), parts.hostname, port, "")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
