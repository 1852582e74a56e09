"""The network closed: the process and the engines it starts open no sockets but those of this computer (AF_UNIX).

The service unit does so through systemd; anywhere else the process does it to itself with the same rule, through
libseccomp. Once done it cannot be undone. Whether it holds is always found out by trying. Knows nothing of who wants
it.
"""

import errno
import socket
from typing import Final

_REFUSED: Final = (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
_PASSES_BY: Final = "io_uring_setup"
"""A ring of the kernel's opens sockets without `socket(2)`, which the rule would not see."""


def confine() -> str:
    """Close the network to this process and its children; return why that cannot be, empty when it is closed."""
    if is_confined():
        return ""
    try:
        import pyseccomp  # noqa: PLC0415 - it looks for libseccomp when it is imported, and raises where there is none
    except (ImportError, RuntimeError):
        return "libseccomp is missing"
    try:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        rules.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)  # libraries have started threads already
        other = pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX)
        rules.add_rule(pyseccomp.ERRNO(errno.EAFNOSUPPORT), "socket", other)
        rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), _PASSES_BY)
        rules.load()
    except OSError as error:
        return f"this kernel does not allow it: {error.strerror}"
    return "" if is_confined() else "the rule was set, and yet a socket could be opened"


def is_confined() -> bool:
    """Tell, by trying, whether no socket to another computer can be opened."""
    return not any(_opens(family) for family in _REFUSED)


def _opens(family: int) -> bool:
    try:
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_NETLINK else socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True
