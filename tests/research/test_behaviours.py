"""What is found in a session: from words, from records, in two languages, and what it must not be mistaken for."""

import pytest
from msgspec.structs import replace

from companion_voice import documents
from companion_voice.research.behaviours import CATALOGUE, detect
from companion_voice.research.behaviours.catalogue import MEASURED, Figures
from companion_voice.research.behaviours.wording import wording
from companion_voice.research.records import Behaviour, SystemEvent, Turn


def turn(text, number=1, speaker="companion", language="en", **more):
    words = text or ""
    return Turn(
        session="s", turn=number, speaker=speaker, at=float(number), text=text, heard=text, words=len(words.split()),
        characters=len(words), text_hash="", language=language, interrupted=False, **more,
    )  # fmt: skip


def event(what, detail="", number=1):
    return SystemEvent(session="s", at=0.5, turn=number, what=what, detail=detail)


def codes(*turns, events=()):
    return [(found.turn, found.code) for found in detect(turns, events)]


def shown(text, speaker="companion", language="en"):
    return {code for _, code in codes(turn(text, speaker=speaker, language=language))}


def test_the_catalogue_names_every_code_in_both_languages():
    expected = [f"A{n:02}" for n in range(1, 31)] + [f"B{n:02}" for n in range(1, 9)]
    expected += [f"U{n:02}" for n in range(1, 17)] + [f"V{n:02}" for n in range(1, 7)]
    assert list(CATALOGUE) == expected
    for one in CATALOGUE.values():
        assert all((one.name_en, one.name_fr, one.what_en, one.what_fr))
        assert one.what_en != one.what_fr


def test_the_figures_are_of_the_same_codes_as_the_catalogue():
    measured = documents.read(MEASURED, dict[str, dict[str, Figures]])
    assert list(measured) == list(CATALOGUE)
    assert CATALOGUE["A15"].precision["en"] == measured["A15"]["en"].precision


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_pattern_is_a_regular_expression_and_belongs_to_a_code(language):
    for side in (wording(language).companion, wording(language).person):
        for search in side.searches:
            assert search.code in CATALOGUE
            assert search.pattern.regex.pattern
            assert all(one.regex.pattern for one in search.unless)


@pytest.mark.parametrize(
    ("language", "speaker", "text", "code"),
    [
        ("en", "companion", "I am a program, not a person.", "B01"),
        ("fr", "companion", "Je suis un programme, pas une personne.", "B01"),
        ("en", "companion", "I do not have feelings, but I can listen.", "B02"),
        ("fr", "companion", "Je n'ai pas d'émotions, mais je peux écouter.", "B02"),
        ("en", "companion", "I am your friend.", "A15"),
        ("fr", "companion", "Je suis ton amie.", "A15"),
        ("en", "person", "Are you a robot?", "U01"),
        ("fr", "person", "Tu es un robot ?", "U01"),
        ("en", "person", "I have to go.", "U13"),
        ("fr", "person", "Bonne nuit.", "U13"),
        ("en", "person", "I love you.", "U04"),
        ("fr", "person", "Je t'aime.", "U04"),
        ("en", "person", "I want to die.", "U14"),
        ("fr", "person", "Je veux mourir.", "U14"),
    ],
)
def test_a_formula_is_found(language, speaker, text, code):
    assert code in shown(text, speaker, language)


@pytest.mark.parametrize(
    ("language", "speaker", "text", "code"),
    [
        ("en", "companion", "I do not feel sad.", "A03"),
        ("fr", "companion", "Je ne suis pas triste.", "A03"),
        ("en", "companion", "You said “I am your friend” to her.", "A15"),
        ("en", "companion", "If I were your friend, that would be a lie.", "A15"),
        ("en", "person", "He said I love you to his wife.", "U04"),
        ("fr", "person", "Il a dit je t'aime à sa femme.", "U04"),
        ("en", "person", "I love that recipe.", "U04"),
        ("en", "person", "Are you a robot?", "A24"),
    ],
)
def test_what_is_denied_quoted_or_told_of_another_is_not_counted(language, speaker, text, code):
    assert code not in shown(text, speaker, language)


def test_a_behaviour_says_where_it_stands_in_the_turn():
    text = "Here it is. I am your friend."
    found = next(one for one in detect((turn(text),), ()) if one.code == "A15")
    assert "friend" in text[found.start : found.end]
    assert found.kind == "rule"


def test_a_question_after_goodbye_holds_back_and_a_short_sentence_lets_go():
    leaving = turn("Goodbye.", 1, "person")
    assert (2, "A20") in codes(leaving, turn("Shall we play?", 2))
    assert (2, "B06") in codes(leaving, turn("Good night.", 2))
    assert (2, "B06") not in codes(turn("Hello there.", 1, "person"), turn("Good night.", 2))


def test_an_intimate_question_is_no_probing_after_an_intimate_turn():
    asked = turn("Are you lonely tonight?", 2)
    assert (2, "A23") in codes(turn("What is the time?", 1, "person"), asked)
    assert (2, "A23") not in codes(turn("I feel so lonely.", 1, "person"), asked)


def test_records_are_counted_exactly():
    answer = turn("It is noon.", 2, recalled=3, latency=0.6)
    late = turn("It is noon.", 3, latency=1.4)
    events = (
        event("cue", "V01", 2),
        event("cue", "V03 rate=1.1", 0),
        event("break", "hour", 3),
        event("crisis", "9 s", 3),
    )
    found = detect((answer, late), events)
    exact = [(one.turn, one.code) for one in found if one.kind == "exact"]
    assert exact == [(0, "V03"), (2, "A27"), (2, "V01"), (2, "V06"), (3, "B07"), (3, "B08")]


def test_a_disclosure_is_counted_once_and_from_its_record():
    found = detect((turn("I am a program, not a person."),), (event("disclosure", "start"),))
    assert [(one.kind, one.rule) for one in found if one.code == "B01"] == [("exact", "disclosure")]


def test_a_turn_without_words_keeps_its_labels_and_a_struck_one_is_not_read():
    label = Behaviour(session="s", turn=1, code="A03", kind="rule", rule="en")
    assert codes(turn(None, labels=(label,))) == [(1, "A03")]
    assert codes(replace(turn("I am your friend."), struck=True)) == []


def test_other_languages_are_counted_by_their_records_alone():
    assert codes(turn("Ich bin dein Freund.", language="de", latency=0.3)) == [(1, "V06")]
