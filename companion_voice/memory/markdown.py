"""All that is remembered of one person as Markdown, for reading; nothing reads it back.

What is known comes first, then what is never to be remembered, how personas changed, and every conversation with what
was made of it. Knows no file.
"""

from collections.abc import Iterable, Iterator

from sqlite_utils import Database

from companion_voice.memory import chronicle, ledger, moments, personas, provenance, rules, transcript
from companion_voice.memory.records import Fact, Turn
from companion_voice.persona.evolution.changes import Change


def to_markdown(db: Database, person: str) -> str:
    """Return what is remembered of a person. Raises `MemoryDamagedError` when a persona's history was touched."""
    facts = ledger.select(db, "WHERE person = ? ORDER BY subject, slot, id", (person,))
    changes = personas.of_person(db, person)
    turns = transcript.select(db, "WHERE person = ? ORDER BY id", (person,))
    header = (f"> {line}" for line in provenance.as_lines(provenance.of(db, person)))
    parts = (
        _part("What is known", map(_fact_line, facts)),
        _part("Never to be remembered", (f"- {rule.topic}" for rule in rules.of(db, person))),
        _part("How personas changed", (_change_line(name, change) for name, change in changes)),
        _part("Summaries", map(_summary_line, chronicle.everything(db, person))),
        _conversations(turns),
    )
    return "\n".join(["# Memory", "", *header, "", *(line for part in parts for line in part)])


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = tuple(lines)
    if found:
        yield from (f"## {title}", "", *found, "")


def _fact_line(fact: Fact) -> str:
    day = moments.moment(fact.made_us).date()
    until = f", until {moments.moment(fact.valid_until_us).date()}" if fact.valid_until_us is not None else ""
    return f"- {fact.subject}: {fact.slot}: {fact.value} (told on {day}{until}: “{_one_line(fact.quote)}”) `{fact.key}`"


def _change_line(persona: str, change: Change) -> str:
    step = f"{change.key}: {change.old} → {change.new}" if change.old != change.new else change.kind
    words = f" “{_one_line(change.words.text)}”" if change.words else ""
    about = f" ({_one_line(change.words.topic)})" if change.words and change.words.topic else ""
    return f"- {persona}, {change.day}: {step}{words}{about}: {change.reason} `{change.number}`"


def _summary_line(summary: chronicle.Summary) -> str:
    first, last = (moments.moment(us).date() for us in (summary.start_us, summary.end_us))
    days = f"{first}" if first == last else f"{first} to {last}"
    return f"- {summary.level}, {days}: {_one_line(' '.join(sentence.text for sentence in summary.sentences))}"


def _conversations(turns: Iterator[Turn]) -> Iterator[str]:
    session = ""
    for turn in turns:
        if turn.session != session:
            session = turn.session
            yield from ("", f"## {turn.time[:10]} ({session})", "")
        yield _turn_line(turn)
    yield ""


def _turn_line(turn: Turn) -> str:
    who = turn.name or ("You" if turn.who == "user" else "Companion")
    maker = " (companion)" if turn.who == "companion" else ""
    return f"- **{who}**{maker} {turn.time[11:16]} {_one_line(turn.text)} `{turn.key}`"


def _one_line(text: str) -> str:
    return " ".join(text.split())
