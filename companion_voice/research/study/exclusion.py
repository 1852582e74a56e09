"""Which sessions an analysis leaves out, by rules that stand in the study file. Pure.

Columns are those of `records.Session` and `records.Response`. Nothing is deleted: a rule only says which and why.
"""

from collections.abc import Sequence

import msgspec

from companion_voice.research.records import Response, Session
from companion_voice.research.study.schema import Rule

KINDS: dict[str, type[msgspec.Struct]] = {"session": Session, "response": Response}


def excluded(
    rules: Sequence[Rule], sessions: Sequence[Session], responses: Sequence[Response]
) -> dict[str, frozenset[str]]:
    """Return by rule the ids of the sessions it leaves out."""
    return {
        rule.name: frozenset(
            one.session for one in (sessions if rule.of == "session" else responses) if _applies(rule, one)
        )
        for rule in rules
    }


def _applies(rule: Rule, one: Session | Response) -> bool:
    if rule.item and getattr(one, "item", "") != rule.item:
        return False
    found = str(getattr(one, rule.column))
    match rule.is_:
        case "equals":
            return found == rule.value
        case "differs":
            return found != rule.value
        case "less":
            return is_number(found) and float(found) < float(rule.value)
        case "more":
            return is_number(found) and float(found) > float(rule.value)


def is_number(text: str) -> bool:
    """Tell whether `text` can be compared by size."""
    return text.removeprefix("-").replace(".", "", 1).isdigit()
