"""The two books hold together: nothing they name is missing."""

import re

import pytest
from hassil.intents import SlotList, TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_sentence

from companion_voice.engines.llm.rules.book import Book, lines, open_book, words
from companion_voice.engines.llm.rules.phrases import formed
from companion_voice.engines.llm.rules.skills import SKILLS
from companion_voice.engines.llm.rules.understanding import Ear

ALWAYS = {"opinion", "knowledge", "said", "topic", "word", "person", "companion", "command"}
FOUND = {
    "recall": {"value", "fact"},
    "recall_all": {"values"},
    "know_me": {"quotes"},
    "search": {"quotes"},
    "last_said": {"quotes"},
    "repeat": {"last"},
    "again": {"again"},
    "accept": {"again"},
    "end_story": {"count"},
    **{day: {"clock", "weekday", "day", "month", "year"} for day in ("today", "tomorrow", "yesterday")},
    **{operation: {"result"} for operation in ("plus", "minus", "times", "divided")},
}
OWN_ACCORD = {
    "manner_asked",
    "own_opinion",
    "own_knowledge",
    "note_it",
    "weigh",
    "make_of",
    "story_turn",
    "reflect",
    "wonder_at",
    "encourage",
    "much",
    "beyond",
    "no_model",
    "blank",
    "foreign",
}
BOOKS = [open_book("en"), open_book("fr")]

books = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.language)


def slots(text: str) -> set[str]:
    return {slot.lower() for slot in re.findall(r"\{(?:\w+:)?(\w+)\}", text)}


def heard(book: Book, name: str) -> set[str]:
    """Return the slots a move's templates catch, those of the rules they use among them."""
    hears = book.moves[name].hears
    return slots(hears) | slots(" ".join(book.rules[rule] for rule in re.findall(r"<(\w+)>", hears)))


@books
def test_every_template_is_one(book: Book) -> None:
    for move in book.moves.values():
        for template in lines(move.hears):
            parse_sentence(template)
            assert set(re.findall(r"<(\w+)>", template)) <= set(book.rules), template


@books
def test_every_template_can_be_heard(book: Book) -> None:
    ear = Ear(book)
    entries = {name: lines(text)[0].partition("[")[0] for name, text in book.lists.items()} | {"number": "12"}
    rules = {name: parse_sentence(rule) for name, rule in book.rules.items()}
    for move in book.moves.values():
        for template in lines(move.hears):
            known = {slot: entries.get(slot, "zorglub") for slot in re.findall(r"\{(\w+)", template)}
            lists: dict[str, SlotList] = {
                slot: TextSlotList.from_strings([entry], name=slot) for slot, entry in known.items()
            }
            said = next(iter(sample_sentence(parse_sentence(template), lists, rules, language=book.language)))
            assert any(clause.move for clause in ear.understand(said, move.after)), (template, said)


@books
def test_every_slot_of_an_alternative_can_be_filled(book: Book) -> None:
    for name, move in book.moves.items():
        offers = {f"offer_{offer}" for offer in book.offers}
        known = ALWAYS | set(book.stock) | offers | heard(book, name)
        assert slots(move.says) <= known | FOUND.get(move.does, set()), name
        assert slots(move.otherwise) <= known, name


@books
def test_every_move_is_heard_or_made_of_its_own_accord(book: Book) -> None:
    assert {name for name, move in book.moves.items() if not move.hears} == OWN_ACCORD


@books
def test_every_skill_exists_and_is_used(book: Book) -> None:
    assert {move.does for move in book.moves.values() if move.does} == set(SKILLS)


@books
def test_every_fact_asked_for_is_told_somewhere(book: Book) -> None:
    kept = {move.keeps for move in book.moves.values() if move.keeps}
    assert {line for move in book.moves.values() for line in lines(move.recalls)} <= kept


@books
def test_every_offer_is_a_move(book: Book) -> None:
    assert set(book.offers) <= set(book.moves)


@books
@pytest.mark.parametrize("kind", ["first_line", "constraint", "odd_question"])
def test_there_are_a_dozen_sparks_of_each_kind(book: Book, kind: str) -> None:
    assert len(set(lines(book.stock[kind]))) >= 12


@books
def test_every_move_has_more_than_one_way_to_say_it(book: Book) -> None:
    for name, move in book.moves.items():
        if slots(move.says) and lines(move.says)[0].strip("{}") in {"again", "joke"}:
            continue
        assert len(lines(move.says)) > 1, name


@books
def test_every_rule_is_used(book: Book) -> None:
    assert set(book.rules) == {rule for move in book.moves.values() for rule in re.findall(r"<(\w+)>", move.hears)} | {
        rule for body in book.rules.values() for rule in re.findall(r"<(\w+)>", body)
    }


@books
def test_a_move_waits_for_a_question_that_is_asked(book: Book) -> None:
    spoken = [line for move in book.moves.values() for line in lines(move.says) + lines(move.otherwise)]
    assert {move.after for move in book.moves.values() if move.after} == set(book.asking)
    for question in book.asking.values():
        assert any(re.search(question, formed(line, familiar=True)) for line in spoken)
        assert any(re.search(question, formed(line, familiar=False)) for line in spoken)


@books
def test_no_alternative_claims_a_body_a_feeling_or_a_past(book: Book) -> None:
    claims = {
        "en": r"(?i)\bI(?:'m| am) (?:sorry|happy|sad|glad|proud|human|alive)\b|\bI (?:feel|miss|love|enjoy)\b",
        "fr": r"(?i)\bje suis (?:désolée?|heureu|triste|content|ravie?|humain)|\bje (?:ressens|t'aime|vous aime)\b",
    }[book.language]
    spoken = [line for move in book.moves.values() for line in lines(move.says) + lines(move.otherwise)]
    assert not [line for line in spoken if re.search(claims, line)]


def test_both_languages_have_the_same_moves_but_for_grammar() -> None:
    english, french = (set(book.moves) for book in BOOKS)
    assert english ^ french <= {"tell_like_to", "ask_favourite", "or"}


@books
def test_the_calendar_is_complete(book: Book) -> None:
    assert len(book.calendar.hours.split(",")) == 24
    assert len(words(book.calendar.weekdays)) == 7
    assert len(words(book.calendar.months)) == 12
    assert len(words(book.calendar.days)) == 31
    assert len(words(book.counting)) == 60
