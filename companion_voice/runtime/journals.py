"""Forgetting reaches the journals: what leaves the memory leaves every journal of the same home too.

Knows neither what was forgotten nor why; which lines hold the words is `research.striking`'s to find.
"""

from collections.abc import Sequence

from companion_voice.errors import JournalError
from companion_voice.memory.records import Struck
from companion_voice.research import sessions, striking


def strike(texts: Sequence[str]) -> Struck:
    """Take `texts` out of every journal, the one that is being written included.

    A journal whose chain does not hold, or that the disk does not let go, is left as it is and named.
    """
    lines, unstruck = 0, []
    for path in sessions.files() if texts else ():
        try:
            lines += striking.strike(path, texts)
        except JournalError:
            unstruck.append(str(path))
    return Struck(lines, tuple(unstruck))
