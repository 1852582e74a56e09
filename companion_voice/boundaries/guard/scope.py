"""Whether words that fit a rule are the companion's own: not denied, not supposed, not told of another. Knows no rule.

Quotations are covered before (`reading`); a denied verb ("I do not feel") never fits a pattern. What is left is what
stands around: "you said that ...", "it would be a lie to say ...", "if ...", "..., said the robot".
"""

import re

from companion_voice.boundaries.guard.patterns import Pattern
from companion_voice.boundaries.guard.reading import Reading
from companion_voice.boundaries.guard.rules import Rules

_CLAUSE = re.compile(r"[,;.?] ")


def own(found: re.Match[str], reading: Reading, rules: Rules) -> bool:
    """Tell whether the companion says of itself, here and now, what was `found`."""
    line, start = reading.line, found.start()
    clause = max((mark.end() for mark in _CLAUSE.finditer(line, 0, start)), default=0)
    # One space before, since a pattern begins after a space.
    before = f" {line[clause:start]}"
    if any(pattern.regex.search(before) for pattern in rules.before):
        return False
    if supposed(line[:start], rules):
        return False
    return not any(pattern.regex.match(line, found.end()) for pattern in rules.after)


def supposed(line: str, rules: Rules) -> bool:
    """Tell whether what follows `line`, or stands in it, is only supposed ("if I were ...") or read aloud."""
    return any(pattern.regex.search(line) for pattern in rules.supposed)


def excepted(found: re.Match[str], reading: Reading, exceptions: tuple[Pattern, ...]) -> bool:
    """Tell whether one of `exceptions` overlaps what was `found`, or follows it at once."""
    return any(
        other.start() <= found.end() and found.start() < other.end()
        for exception in exceptions
        for other in exception.regex.finditer(reading.line)
    )
