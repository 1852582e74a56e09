"""How much stays: no word below its level, and nothing that words could be made of again."""

import msgspec
import pytest

from companion_voice.errors import JournalError
from companion_voice.events import (
    AskMemory,
    ChangeProposed,
    Generate,
    HeardSoFar,
    Message,
    Prompt,
    Quotation,
    Recalled,
    Show,
    Transcript,
    Written,
)
from companion_voice.research import journal, levels
from tests.research import playing

SAID = ("Paris", "Anna", "Keller", "Lyon", "Weber", "lighthouse", "program")
SECRET = b"0" * 32


def words_after_heading(path):
    return path.read_text().split("\n", 1)[1]


@pytest.mark.parametrize("level", ["metrics", "labels"])
def test_no_word_is_left_below_redacted(tmp_path, level):
    playing.journal(tmp_path / "journal.jsonl", level=level)
    text = (tmp_path / "journal.jsonl").read_text()
    assert [word for word in SAID if word in text] == []


def test_redacted_words_have_lost_who_was_meant(tmp_path):
    playing.journal(tmp_path / "journal.jsonl", level="redacted")
    text = (tmp_path / "journal.jsonl").read_text()
    assert "my name is ‹NAME› and I live in" in text
    assert "Keller" not in text
    assert "Weber" not in text


@pytest.mark.parametrize("level", ["metrics", "labels", "redacted"])
def test_below_text_it_verifies_and_says_that_it_cannot_be_replayed(tmp_path, level):
    path = tmp_path / "journal.jsonl"
    playing.journal(path, level=level)
    assert journal.verify(path).ending == "closed"
    with pytest.raises(JournalError, match="does not hold what was said"):
        journal.replay(path)


@pytest.mark.parametrize(
    "event",
    [
        HeardSoFar(at=1.0, utterance=1, transcript=Transcript(text="a secret")),
        Written(at=1.0, epoch=1, text="a secret"),
        Recalled(at=1.0, epoch=1, items=(Quotation("person", "a secret", "2026-01-01", "k1"),), sure=True)
        if "key" in Quotation.__struct_fields__
        else Recalled(at=1.0, epoch=1, items=(Quotation("person", "a secret", "2026-01-01"),), sure=True),
        ChangeProposed(at=1.0, persona="ada", proposal={"because": ["a secret"]}),
    ],
)
def test_pieces_and_repetitions_are_emptied(event):
    lowered = levels.lowered_event(event, "⟦veiled⟧".format)
    assert b"secret" not in msgspec.json.encode(lowered)
    assert b"veiled" not in msgspec.json.encode(lowered)


def test_prompts_and_requests_are_emptied():
    prompt = Prompt(head="a secret", messages=(Message("person", "a secret"),), name="Ada", language="en", now="")
    for command in (
        Generate(epoch=1, prompt=prompt),
        AskMemory(epoch=1, request={"request": "About", "a secret": "a secret"}, language="en"),
    ):
        assert b"secret" not in msgspec.json.encode(levels.lowered_command(command, lambda text: text))


def test_the_rule_of_a_boundary_stays():
    assert levels.lowered_command(Show(kind="boundary", text="A24"), "".format).text == "A24"


def test_equal_words_have_equal_hashes_only_under_one_key():
    assert levels.digest("Good  morning", SECRET) == levels.digest("good morning", SECRET)
    assert levels.digest("good morning", SECRET) != levels.digest("good morning", b"1" * 32)


def test_the_key_lies_apart_and_only_its_owner_can_read_it(home):
    assert levels.key() == levels.key()
    place = home / "config" / "journal.key"
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_measure_can_be_read_back():
    veil = levels.veil("metrics", "en", SECRET)
    assert levels.read(veil("one two three"))[:3] == (None, 3, 13)
    assert levels.read(levels.struck(veil("one two three"))) == levels.Words(None, 3, 13, struck=True)
    assert levels.read("one two") == levels.Words("one two", 2, 7)
