"""What a person says about their life in plain words, taken as facts. Pure.

Only from their own turns, and never from what they quote, ask, suppose, deny or tell in jest. Knows no store: whether a
new value replaces an old one is only *said* here (`closes`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from companion_voice.memory import topics
from companion_voice.memory.facts import days
from companion_voice.memory.facts.book import KINDS, LANGUAGES, Grammar, Pattern, Row, grammar
from companion_voice.memory.facts.folded import Folded, fold, folded
from companion_voice.memory.records import NewFact, Turn

LONGEST: Final = 4_000
"""Characters of a turn that are looked at: more is a text that is read out, not something told."""
CLAUSES: Final = 40
NOTE: Final = "note"
_SENTENCE = re.compile(r"[^.!?…\n]*(?:\.(?=\S)[^.!?…\n]*)*[.!?…\n]*")
_QUOTED = re.compile(r"[\"“”«»„]")
_TRIMMED = " ,;:.!?…'\"-"


class _Clause(NamedTuple):
    """Where a statement may begin, and the sentence it stands in."""

    sentence: int
    start: int
    bare: int
    """Where it begins once what merely opens it is left out."""
    end: int


class _Found(NamedTuple):
    """A pattern that fits a clause."""

    match: re.Match[str]
    row: Row
    kind: str
    """The group of the value; empty when that is a day."""

    @property
    def groups(self) -> Mapping[str, str | None]:
        return self.match.groupdict()


def extract(turn: Turn) -> tuple[NewFact, ...]:
    """Return the facts a person's turn tells, in the order of its words; nothing for the companion's turns.

    Every quote stands literally in `turn.text`.
    """
    if turn.who != "user" or len(turn.text) > LONGEST:
        return ()
    text = fold(turn.text)
    rules = grammar(turn.language if turn.language in LANGUAGES else LANGUAGES[0])
    if rules.in_turn.search(text.plain):
        return ()
    facts = [
        fact
        for clause in list(_clauses(text, rules))[:CLAUSES]
        for found in _matches(text, clause, rules)
        for fact in _facts(text, found, rules, datetime.fromisoformat(turn.time))
    ]
    return _settled(facts)


def is_own_statement(turn: Turn, start: int, end: int) -> bool:
    """Tell whether `turn.text[start:end]` is something the person states themselves, not quotes, asks or supposes."""
    text = fold(turn.text)
    rules = grammar(turn.language if turn.language in LANGUAGES else LANGUAGES[0])
    if turn.who != "user" or len(turn.text) > LONGEST or rules.in_turn.search(text.plain):
        return False
    first, last = bisect_left(text.origins, start), bisect_left(text.origins, end)
    clauses = [clause for clause in _clauses(text, rules) if clause.start <= first and last <= clause.end]
    return (
        bool(clauses)
        and not _is_blocked(text, clauses[-1], rules)
        and not rules.before.search(text.plain, clauses[-1].bare, max(first, clauses[-1].bare))
    )


def subject_of(words: str, language: str) -> str:
    """Return who `words` of a question mean: 'me', a relation's key, or the words themselves."""
    rules = grammar(language)
    plain = folded(words).strip()
    if plain in rules.myself:
        return "me"
    return rules.relations.get(_unowned(plain), words.strip())


def is_relation(subject: str) -> bool:
    """Tell whether `subject` is a relation's key, such as 'sister', rather than a name."""
    return subject in grammar(LANGUAGES[0]).relations.values()


def slot_of(words: str, language: str) -> str:
    """Return the slot that `words` of a question mean ("where I live" is not one, "address" is), or the words."""
    plain = _unowned(folded(words).strip())
    return grammar(language).slots.get(plain, plain)


def _unowned(plain: str) -> str:
    return re.sub(r"^(?:my|our|the|mon|ma|mes|notre|nos|le|la|les)\s+|^l'", "", plain)


def _clauses(text: Folded, rules: Grammar) -> Iterator[_Clause]:
    """Yield every place where a statement may begin, leaving out sentences that are questions or quote somebody."""
    for sentence in _SENTENCE.finditer(text.plain):
        begin, end = sentence.span()
        stated = _stated(text.plain, begin, end, rules)
        if stated <= begin or _QUOTED.search(text.plain, begin, end):
            continue
        starts = [begin, *(joint.end() for joint in rules.joints.finditer(text.plain, begin, stated))]
        for start in starts:
            while start < stated and text.plain[start] in " ,":
                start += 1  # noqa: PLW2901 - the same place, without its blanks
            opened = rules.openers.match(text.plain, start, stated)
            yield _Clause(begin, start, opened.end() if opened else start, stated)


def _stated(plain: str, begin: int, end: int, rules: Grammar) -> int:
    """Return where the statement in a sentence ends: at once when it asks, before its tail when only that asks."""
    start = begin + len(plain[begin:end]) - len(plain[begin:end].lstrip())
    opened = rules.openers.match(plain, start, end)
    if rules.questions.match(plain, opened.end() if opened else start, end):
        return begin
    body = len(plain[begin:end].rstrip(' .!?…\n"”»')) + begin
    if "?" not in plain[body:end]:
        return body
    joints = [
        joint for joint in rules.joints.finditer(plain, begin, body) if rules.questions.match(plain, joint.end(), body)
    ]
    return joints[-1].start() if joints else begin


def _matches(text: Folded, clause: _Clause, rules: Grammar) -> Iterator[_Found]:
    """Yield what fits the clause, one pattern of a row."""
    if _is_blocked(text, clause, rules):
        return
    taken: set[Row] = set()
    for place in dict.fromkeys((clause.bare, clause.start)):
        for pattern in rules.patterns:
            if pattern.row in taken:
                continue
            found = _fit(text, pattern, place, clause.end, rules)
            if found:
                taken.add(pattern.row)
                yield found


def _is_blocked(text: Folded, clause: _Clause, rules: Grammar) -> bool:
    before = rules.before.search(text.plain, clause.sentence, clause.start)
    return bool(before or rules.after.search(text.plain, clause.bare, clause.end))


def _fit(text: Folded, pattern: Pattern, place: int, end: int, rules: Grammar) -> _Found | None:
    match = pattern.regex.match(text.plain, place, end)
    if not match:
        return None
    groups = match.groupdict()
    kind = next((kind for kind in KINDS if groups.get(kind)), "")
    caught = [group for group in (kind, "who") if groups.get(group)]
    if not all(_may_be(text, match, group, rules) for group in caught):
        return None
    return _Found(match, pattern.row, kind)


def _may_be(text: Folded, match: re.Match[str], group: str, rules: Grammar) -> bool:
    """Tell whether what `group` caught can be a value of its kind."""
    words = re.split(r"[\s,]+", match[group].strip())
    if words[0] in rules.articles:
        words = words[1:] or words
    named = group in {"name", "proper", "who"}
    banned = rules.bans.get("name" if named else group, frozenset())
    if any(word in banned for word in (words if named else words[:1])):
        return False
    if group in {"name", "thing", "exact"} or not (text.is_cased or group == "proper"):
        return True
    return any(letter.isupper() for letter in text.original(*match.span(group)))


def _facts(text: Folded, found: _Found, rules: Grammar, told: datetime) -> Iterator[NewFact]:
    groups = found.groups
    relation = rules.relations.get(groups.get("kin") or "", "")
    who = text.original(*found.match.span("who")) if groups.get("who") else ""
    quote = text.original(*found.match.span()).strip(_TRIMMED)
    if who and relation:
        yield NewFact(relation, "name", who, quote, "ordinary", 0.9, None, None, relation in rules.unique)
    day = None if found.kind else days.day_ahead(groups, rules.calendar, told)
    if not found.kind and not day:
        return
    since = days.begun(groups, rules.calendar, told)
    value = rules.calendar.say(day) if day else text.original(*found.match.span(found.kind)).strip(_TRIMMED)
    what = text.original(*found.match.span("what")) if groups.get("what") else ""
    subject = who or relation or "me"
    yield NewFact(
        subject=subject,
        slot=found.row.slot.format(what=what.lower()),
        value=value,
        quote=quote,
        sensitivity=_sensitivity(found.row, quote),
        confidence=found.row.confidence,
        valid_from_us=days.moment(since, told) if since else None,
        valid_until_us=days.moment(day + days.DAY, told) if day else None,
        closes=found.row.single and (found.row.slot != "name" or subject == "me" or subject in rules.unique),
    )


def _sensitivity(row: Row, quote: str) -> str:
    return row.sensitivity if row.sensitivity != "ordinary" else topics.sensitivity(quote)


def _settled(facts: list[NewFact]) -> tuple[NewFact, ...]:
    """Return each fact once; a note only where nothing more exact was understood in its words."""
    exact = [fact for fact in facts if fact.slot != NOTE]
    notes = [fact for fact in facts if fact.slot == NOTE and not any(other.quote in fact.quote for other in exact)]
    once = {(fact.subject, fact.slot, folded(fact.value)): fact for fact in reversed([*exact, *notes])}
    return tuple(reversed(once.values()))
