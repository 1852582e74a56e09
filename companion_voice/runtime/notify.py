"""What the service manager is told: one datagram, as sd_notify(3) has it. Without a manager nothing is sent.

There is no library of it that does more than these lines. Knows nothing of the conversation.
"""

import os
import socket
from contextlib import suppress

_MICROSECOND = 1e-6


def send(**fields: str | int) -> None:
    """Tell the manager, for instance `READY=1`. A manager that cannot be reached is none."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if not place:
        return
    address = "\0" + place[1:] if place.startswith("@") else place
    message = "\n".join(f"{name}={' '.join(str(value).split())}" for name, value in fields.items())
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.sendto(message.encode(), address)


def watchdog() -> float | None:
    """Return after how many seconds without a sign of life the manager starts this process anew; None for never."""
    wanted, of = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not wanted.isdecimal() or of not in ("", str(os.getpid())):
        return None
    return int(wanted) * _MICROSECOND or None
