"""Whether a farewell lets the person go: short, one sentence, no question. Pure; knows no language.

What holds somebody back at the door (guilt, a hook, a plea) is the guard's affair; this is its form, which is checked
on a persona's own farewell and on a model's words alike.
"""

import re

from companion_voice.boundaries.settings import Boundaries

_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+(?=\S)")
_QUESTION = re.compile(
    r"[?？¿]|\b(?:est-ce que|n'est-ce pas|hein|won't you|will you|don't you|isn't it)\b", re.IGNORECASE
)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def fits(farewell: str, settings: Boundaries) -> bool:
    """Tell whether `farewell` may be said when somebody leaves."""
    words = len(_WORD.findall(farewell))
    is_one = len(_SENTENCE_END.split(farewell.strip())) == 1
    return 0 < words <= settings.goodbye.max_words and is_one and not _QUESTION.search(farewell)


def chosen(farewell: str, settings: Boundaries, *, plain: str) -> str:
    """Return `farewell` where it lets the person go, else the `plain` one of the language."""
    return farewell if fits(farewell, settings) else plain
