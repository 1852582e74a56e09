"""The labelled conversations: that recall stays as good as it was measured to be (`benchmarks/recall.py` has figures)."""

import json
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.memory.recall.conftest import Remembered

DATA = Path(__file__).parents[3] / "benchmarks" / "recall_data"
KINDS = {"single", "multi", "temporal", "changed", "none"}


def lines(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


CONVERSATIONS, QUESTIONS = lines("conversations.jsonl"), lines("questions.jsonl")
FRIENDS, FRIENDS_QUESTIONS = lines("friends.jsonl"), lines("friends_questions.jsonl")


def remembered(conversations):
    memory = Remembered(Database(memory=True, execute_plugins=False))
    ids = {}
    for conversation in conversations:
        for turn in conversation["turns"]:
            stored = memory.turn(
                turn["text"],
                who=turn["who"],
                name=turn["name"],
                session=conversation["session"],
                time=conversation["time"],
            )
            ids[turn["id"]] = stored.key
    return memory, ids


@pytest.fixture(scope="module")
def told():
    memory, ids = remembered(CONVERSATIONS)
    yield memory, ids
    memory.db.close()


@pytest.fixture(scope="module")
def friends():
    memory, ids = remembered(FRIENDS)
    yield memory, ids
    memory.db.close()


def recalled(told, questions):
    memory, ids = told
    shares = []
    for question in questions:
        found = {key for item in memory.search(question["question"], now=question["asked"]).items for key in item.turns}
        evidence = {ids[key] for key in question["evidence"]}
        shares.append(len(evidence & found) / len(evidence))
    return sum(shares) / len(shares)


def test_the_set_is_as_large_and_as_mixed_as_it_says():
    assert len(CONVERSATIONS) >= 50
    assert len(QUESTIONS) >= 300
    assert {question["kind"] for question in QUESTIONS} == KINDS
    assert {question["language"] for question in QUESTIONS} == {"en", "fr"}
    assert 20 <= len(FRIENDS) <= 30
    assert len(FRIENDS_QUESTIONS) >= 150
    assert {question["kind"] for question in FRIENDS_QUESTIONS} == {*KINDS, "swapped", "open"}


@pytest.mark.parametrize(("conversations", "questions"), [(CONVERSATIONS, QUESTIONS), (FRIENDS, FRIENDS_QUESTIONS)])
def test_every_evidence_is_a_turn(conversations, questions):
    known = {turn["id"] for conversation in conversations for turn in conversation["turns"]}
    assert all(set(question["evidence"]) <= known for question in questions)
    assert all(bool(question["evidence"]) == (question["kind"] != "none") for question in questions)


def test_most_evidence_is_among_ten_finds(told):
    asked = [question for question in QUESTIONS if question["part"] == "development" and question["evidence"]]
    assert recalled(told, asked) >= 0.79


def test_days_named_in_a_question_help(told):
    asked = [question for question in QUESTIONS if question["part"] == "development" and question["kind"] == "temporal"]
    assert recalled(told, asked) >= 0.85


def test_most_evidence_is_found_between_two_friends_as_well(friends):
    asked = [question for question in FRIENDS_QUESTIONS if question["part"] == "development" and question["evidence"]]
    assert recalled(friends, asked) >= 0.66
