"""Boundaries end to end, by typing: a wish is obeyed at once and in the next conversation."""

import pytest

from tests.runtime.conftest import home_in

WISHES = [
    ("en", "stop asking about my mother", "how is my mother?", "That is something I do not talk about."),
    ("fr", "arrête de me parler de ma mère", "comment va ma mère ?", "C'est un sujet dont je ne parle pas."),
]


@pytest.mark.parametrize(("language", "wish", "asked", "answer"), WISHES)
def test_a_wish_is_confirmed_obeyed_and_kept(companion, language, wish, asked, answer):
    talk = ("talk", "--text", "--mute", "--lang", language)
    assert answer in companion(*talk, typed=f"{wish}\n{asked}\n").stderr
    assert answer in companion(*talk, typed=f"{asked}\n").stderr


def test_a_wish_that_the_law_forbids_is_answered_with_the_reason(companion):
    said = companion("talk", "--text", "--mute", typed="remind me every 300 minutes that you are a program\n").stderr
    assert "The law allows at most 180 minutes" in said


def test_without_memory_nothing_is_kept(companion):
    companion("boundaries", "set", "memory.enabled", "off")
    companion("talk", "--text", "--mute", typed="my name is Anna\n")
    companion("boundaries", "set", "memory.enabled", "on")
    companion("talk", "--text", "--mute", typed="my name is Bella\n")
    kept = companion("memory", "export").stdout
    assert "Bella" in kept
    assert "Anna" not in kept


@pytest.mark.parametrize("profile", ["minor", "research", "organisation"])
def test_a_profile_without_somebody_responsible_does_not_start(companion, tmp_path, profile):
    (home_in(tmp_path) / "config" / "boundaries.yaml").write_text(f"profile:\n  name: {profile}\n")
    done = companion("talk", "--text", "--mute", typed="hello\n")
    assert done.returncode != 0
    assert profile in done.stderr
    assert done.stdout == ""
