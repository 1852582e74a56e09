"""Talking by typing: the whole program, with the engines it carries."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests import synthetic_models
from tests.runtime.conftest import NO_SOUND


def test_the_first_command_of_the_readme_prints_the_replies(companion):
    done = companion("talk", "--text", "--mute", typed="hello\nwhat are you?\n")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0] == "I am a program, not a person. What you say is stored on this computer, under your control."
    assert lines[1].startswith("Ada: ")
    assert lines[2] == "You: hello"
    assert lines[3].startswith("Ada: ")
    assert lines[4:] == [
        "You: what are you?",
        "Ada: I am Ada, a program. I am not a human.",
    ]


def test_one_line_says_what_was_taken_and_how_to_get_better(companion):
    done = companion("talk", "--text", "--mute", typed="")
    assert done.stderr.splitlines() == ["answering: rules — better ones: companion models pull"]


def test_it_remembers_within_the_conversation(companion):
    done = companion("talk", "--text", "--mute", typed="my name is Anna\nwhat is my name?\n")
    assert "Anna" in done.stdout.splitlines()[-1]


def test_a_french_persona_speaks_french_from_its_first_word(companion):
    done = companion("talk", "--text", "--mute", "--persona", "colette", typed="bonjour\nau revoir\n")
    assert done.returncode == 0
    assert done.stdout.startswith("Je suis un programme, pas une personne.")
    assert done.stdout.splitlines()[-1] == "Colette: Au revoir, et bonne continuation."


def test_auto_follows_the_language_that_is_typed(companion):
    done = companion("talk", "--text", "--mute", "--lang", "auto", typed="qui es-tu ?\nwhat are you?\n")
    assert "Ada: Je m'appelle Ada, je suis un programme" in done.stdout
    assert "Ada: I am Ada, a program." in done.stdout


def test_goodbye_ends_it_whatever_is_still_typed(companion):
    done = companion("talk", "--text", "--mute", typed="goodbye\nare you still there\n")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "Ada: Goodbye, take care."


@pytest.mark.parametrize("line", ["🎉🎉🎉", "word " * 10_000, "     ", "\x00\x1b[2J\ufffd", "🙂 " * 3000, "привет"])
def test_anything_typed_gets_a_sentence_and_breaks_nothing(companion, line):
    done = companion("talk", "--text", "--mute", typed=f"{line}\nwhat are you?\n")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stdout.rstrip().endswith("I am Ada, a program. I am not a human.")


def test_events_for_programs_say_what_happens(talk):
    conversation = talk("--text", "--mute")
    start = conversation.wait_for("disclosure", kind="start")
    ready = conversation.wait_for("ready")
    conversation.say("hello")
    heard = conversation.wait_for("heard", text="hello")
    reply = conversation.wait_for("reply_sentence")
    assert 0 <= start["t"] <= ready["t"] <= heard["t"] <= reply["t"]
    assert conversation.finish() == 0


def test_ctrl_c_ends_it_in_order(talk):
    conversation = talk("--text", "--mute")
    conversation.wait_for("ready")
    conversation.interrupt()
    assert conversation.finish() == 0
    assert "Traceback" not in conversation.process.stderr.read()


def test_companion_stop_ends_it(talk, companion):
    conversation = talk("--text", "--mute")
    conversation.wait_for("ready")
    assert companion("stop").returncode == 0
    assert conversation.process.wait(20) == 0
    again = companion("stop")
    assert (again.returncode, again.stderr) == (1, "No companion is talking.\n")


def test_no_engine_outlives_a_companion_that_is_killed(talk):
    conversation = talk("--text", "--mute")
    conversation.wait_for("ready")
    children = conversation.children()
    assert children.keys() == {"llm"}
    conversation.process.kill()
    conversation.process.wait()
    deadline = time.monotonic() + 20
    while any(_lives(pid) for pid in children.values()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_model_that_is_killed_is_said_and_started_again(talk):
    conversation = talk("--text", "--mute")
    conversation.wait_for("ready")
    os.kill(conversation.children()["llm"], signal.SIGKILL)
    conversation.wait_for("notice", text="I lost my thread for a moment. Here I am again.")
    conversation.say("my name is Anna")
    conversation.wait_for("reply_sentence")
    assert conversation.finish() == 0


def test_without_a_speaker_it_answers_in_writing(talk):
    conversation = talk("--text", environment=NO_SOUND)
    conversation.wait_for("notice", text="The speaker is gone. I keep trying, and answer in writing.")
    conversation.say("what are you?")
    conversation.wait_for("disclosure", kind="identity")
    assert conversation.finish() == 0


def test_a_language_model_answers_through_the_real_library(companion, micro_llama):
    done = companion("talk", "--text", "--mute", "--llm", f"llama-cpp:{micro_llama}", typed="tell me about Paris\n")
    assert done.stdout.splitlines()[-1] == f"Ada: {synthetic_models.REPLY}"


def test_a_journal_replays_to_the_same_commands(companion, tmp_path):
    journal = tmp_path / "journal.jsonl"
    companion("talk", "--text", "--mute", "--journal", str(journal), typed="hello\nwhat are you?\ngoodbye\n")
    done = companion("log", "replay", str(journal))
    assert done.returncode == 0
    assert done.stdout.endswith("events replayed, 0 differences.\n")
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_journal_that_was_changed_is_told_apart(companion, tmp_path):
    journal = tmp_path / "journal.jsonl"
    companion("talk", "--text", "--mute", "--journal", str(journal), typed="hello\n")
    journal.write_text(journal.read_text().replace('"text":"hello"', '"text":"goodbye"', 1))
    assert companion("log", "replay", str(journal)).returncode == 1
    journal.write_text("not a journal\n")
    refused = companion("log", "replay", str(journal))
    assert refused.returncode == 1
    assert "line 1 is not a line of a journal" in refused.stderr


def _lives(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
