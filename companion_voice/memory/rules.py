"""What is never to be remembered: "never remember anything about my health". Kept before anything is stored.

Knows which topics a person named; what a text touches is known by `topics`.
"""

from collections.abc import Iterable

from sqlite_utils import Database

from companion_voice.memory import topics
from companion_voice.memory.records import Fact, Rule


def never(db: Database, person: str, words: str, now_us: int) -> Rule:
    """Add a rule for what `words` name and return it; a rule that is there is returned as it is."""
    topic = topics.named(words)
    db.execute("INSERT OR IGNORE INTO rules (person, topic, made_us) VALUES (?, ?, ?)", (person, topic, now_us))
    return next(rule for rule in of(db, person) if rule.topic == topic)


def allow(db: Database, person: str, words: str) -> bool:
    """Take the rule for what `words` name away; tell whether there was one."""
    return bool(db.execute("DELETE FROM rules WHERE person = ? AND topic = ?", (person, topics.named(words))).rowcount)


def of(db: Database, person: str) -> tuple[Rule, ...]:
    """Return a person's rules, oldest first."""
    rows = db.execute("SELECT id, person, topic, made_us FROM rules WHERE person = ? ORDER BY id", (person,))
    return tuple(Rule(*row) for row in rows)


def forbids(rules: Iterable[Rule], text: str) -> bool:
    """Tell whether `text` is about something never to be remembered."""
    return any(topics.concerns(text, rule.topic) for rule in rules)


def forbids_fact(rules: Iterable[Rule], fact: Fact) -> bool:
    """Tell whether a fact is about something never to be remembered."""
    kept = tuple(rules)
    told = f"{fact.subject} {fact.slot} {fact.value} {fact.quote}"
    return any(rule.topic == fact.sensitivity for rule in kept) or forbids(kept, told)
