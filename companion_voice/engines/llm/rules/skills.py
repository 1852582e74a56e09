"""What takes more than a phrase: recalling, searching, the clock, sums, saying it again.

A skill looks at the conversation and returns what it found as slots for the move's `says`, or None, and then the
move's `otherwise` is said. Knows no phrase and no language.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from companion_voice.engines.llm.rules import dates
from companion_voice.engines.llm.rules import text as texts
from companion_voice.engines.llm.rules.book import Move, lines, words
from companion_voice.engines.llm.rules.phrases import formed
from companion_voice.engines.llm.rules.talk import Heard, Talk
from companion_voice.engines.llm.rules.understanding import Clause

Slots: TypeAlias = Mapping[str, str]
Respond: TypeAlias = Callable[[Talk, Heard], str]
Skill: TypeAlias = Callable[[Talk, Move, Heard, Respond], Slots | None]

QUOTED = 2
"""Clauses quoted from earlier turns."""
TOLD = 4
"""Facts told in one breath."""
LAST_WORDS = 25
"""Words of the person's last turn that are given back."""
ALIKE = 5
"""Letters two words must share at their beginning to be taken for forms of one word."""


def recall(talk: Talk, move: Move, heard: Heard, _: Respond) -> Slots | None:
    """Find the newest fact that is asked for."""
    for asked_for in lines(move.recalls):
        for fact in talk.known(asked_for, heard.clause):
            return {"value": fact.value, "fact": talk.given_back(fact.clause)}
    # What is asked for was not told as such, but the person may have spoken of it.
    spoken_of = _spoken_of(talk, heard, heard.clause.slots.get("thing", ""))
    return _quotes(talk, spoken_of, "fact")


def recall_all(talk: Talk, move: Move, heard: Heard, _: Respond) -> Slots | None:
    """Find all facts of the kind that is asked for, the oldest first."""
    values = [talk.given_back(Clause(fact.value)) for fact in talk.known(move.recalls, heard.clause)]
    return {"values": ", ".join(dict.fromkeys(reversed(values)))} if values else None


def know_me(talk: Talk, _move: Move, _heard: Heard, _: Respond) -> Slots | None:
    """Find the newest facts about the person, one of each kind."""
    newest = {fact.key: fact for fact in talk.facts if not _is_request(talk, fact.clause)}
    return _quotes(talk, [fact.clause for fact in list(newest.values())[-TOLD:]])


def search(talk: Talk, _move: Move, heard: Heard, _: Respond) -> Slots | None:
    """Find what the person said that shares the most telling words with what is asked about."""
    return _quotes(talk, _spoken_of(talk, heard, heard.clause.slots["x"]))


def last_said(talk: Talk, _move: Move, _heard: Heard, _: Respond) -> Slots | None:
    """Find the person's words just before."""
    for earlier in talk.earlier():
        if last := texts.words(talk.prompt.messages[earlier.index].text):
            return {"quotes": talk.book.quoted.format(" ".join(last[:LAST_WORDS]))}
    return None


def repeat(talk: Talk, move: Move, heard: Heard, _: Respond) -> Slots | None:
    """Find the companion's last turn that was not itself a repetition."""
    for index in range(heard.index - 1, -1, -1):
        message = talk.prompt.messages[index]
        asked = talk.loudest(index - 1).clause.move if index else ""
        if message.who == "companion" and talk.book.moves.get(asked) != move:
            return {"last": message.text}
    return None


def again(talk: Talk, move: Move, _: Heard, respond: Respond) -> Slots | None:
    """Answer the person's earlier turn once more, which gives another alternative."""
    saying_again = {move.does, "repeat"}
    for earlier in talk.earlier():
        before = talk.book.moves.get(earlier.clause.move)
        if before is None or before.does not in saying_again:
            return {"again": respond(talk, earlier)}
    return None


def accept(talk: Talk, _move: Move, heard: Heard, respond: Respond) -> Slots | None:
    """Keep an offer that the companion's turn before the person's yes made."""
    said = talk.prompt.messages[heard.index - 1].text if heard.index > 0 else ""
    for name, offer in talk.book.offers.items():
        if formed(offer, familiar=talk.is_familiar) in said:
            return {"again": respond(talk, Heard(heard.index, Clause(heard.clause.text, name)))}
    return None


def end_story(talk: Talk, _move: Move, heard: Heard, _: Respond) -> Slots | None:
    """Count the person's turns of the story that runs, if they took any."""
    if talk.story_begun is None or talk.story_begun == heard.index - 1:
        return None
    numbers = words(talk.book.counting)
    turns = sum(message.who == "person" for message in talk.prompt.messages[talk.story_begun : heard.index])
    return {"count": numbers[turns] if turns < len(numbers) else str(turns)}


def today(talk: Talk, _move: Move, _heard: Heard, _: Respond) -> Slots | None:
    """Read the clock."""
    return _moment(talk, timedelta())


def tomorrow(talk: Talk, _move: Move, _heard: Heard, _: Respond) -> Slots | None:
    """Read the calendar one day on."""
    return _moment(talk, timedelta(days=1))


def yesterday(talk: Talk, _move: Move, _heard: Heard, _: Respond) -> Slots | None:
    """Read the calendar one day back."""
    return _moment(talk, timedelta(days=-1))


def sums(of: Callable[[int, int], int | None]) -> Skill:
    """Return the skill that does `of` with the slots `a` and `b`, unless it gives None."""

    def skill(talk: Talk, _move: Move, heard: Heard, _: Respond) -> Slots | None:
        a, b = (_number(talk, heard.clause.slots[slot]) for slot in ("a", "b"))
        result = of(a, b)
        return None if result is None else {"result": str(result), "a": str(a), "b": str(b)}

    return skill


SKILLS: Mapping[str, Skill] = {
    "recall": recall,
    "recall_all": recall_all,
    "know_me": know_me,
    "search": search,
    "last_said": last_said,
    "repeat": repeat,
    "again": again,
    "accept": accept,
    "end_story": end_story,
    "today": today,
    "tomorrow": tomorrow,
    "yesterday": yesterday,
    "plus": sums(lambda a, b: a + b),
    "minus": sums(lambda a, b: a - b),
    "times": sums(lambda a, b: a * b),
    "divided": sums(lambda a, b: a // b if b and a % b == 0 else None),
}


def _spoken_of(talk: Talk, heard: Heard, about: str) -> list[Clause]:
    asked = {texts.stem(word) for word in texts.words(about) if not talk.mirror.is_small(word)}
    told = [clause for clause in talk.clauses if not clause.is_question and clause.move != heard.clause.move]
    scores = {clause.text: _shared(asked, clause.text) for clause in told}
    best = max(scores.values(), default=0)
    return [clause for clause in told if best and scores[clause.text] == best][-QUOTED:]


def _quotes(talk: Talk, clauses: Iterable[Clause], slot: str = "quotes") -> Slots | None:
    quotes = talk.book.listed.join(dict.fromkeys(talk.given_back(_kept(talk, clause)) for clause in clauses))
    return {slot: quotes} if quotes else None


def _kept(talk: Talk, clause: Clause) -> Clause:
    """Return what a request to remember wanted kept, or the clause itself."""
    return Clause(clause.slots["value"]) if _is_request(talk, clause) else clause


def _is_request(talk: Talk, clause: Clause) -> bool:
    move = talk.book.moves.get(clause.move)
    return move is not None and bool(move.keeps) and move.rank == "ask"


def _shared(asked: set[str], text: str) -> int:
    stems = {texts.stem(word) for word in texts.words(text)}
    return sum(any(_are_alike(stem, word) for stem in stems) for word in asked)


def _are_alike(one: str, other: str) -> bool:
    return one == other or (one[:ALIKE] == other[:ALIKE] and min(len(one), len(other)) >= ALIKE)


def _moment(talk: Talk, later: timedelta) -> Slots | None:
    try:
        moment = datetime.fromisoformat(talk.prompt.now) + later
    except (ValueError, OverflowError):
        return None
    book = talk.book
    return dates.date_said(moment, book.calendar) | {
        "clock": dates.time_said(moment, book.calendar, book.counting),
    }


def _number(talk: Talk, said: str) -> int:
    numbers = [texts.fold(word) for word in words(talk.book.counting)]
    return int(said) if said.isdigit() else numbers.index(texts.fold(said))
