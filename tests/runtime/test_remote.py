"""A remote engine in the whole program: said aloud and in every record, through one gate, and replaced when it fails."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from companion_voice.boundaries.disclosure import Server, about_servers
from companion_voice.conversation import duties
from companion_voice.conversation.state import begin
from companion_voice.conversation.turns import step
from companion_voice.errors import ConfigurationError
from companion_voice.events import EngineDied
from companion_voice.persona import files
from companion_voice.runtime import selection
from companion_voice.settings import Engine, Settings
from tests.remote_stand_in import Asked, Send, body, event, head, serving, words
from tests.runtime.conftest import PATIENCE, PROGRAM, home_in
from tests.scenarios import theatre

CHAT = "/v1/chat/completions"
PRESENT = Engine(engine="openai", url="http://10.0.0.5:8000/v1", model="m")


def settings_for(folder: Path, url: str, **more: str) -> Path:
    file = folder / "settings.yaml"
    file.write_text(json.dumps({"llm": {"engine": "openai", "url": url, "model": "tiny", **more}}))
    return file


def chosen(**engines: Engine) -> dict:
    kinds = ("stt", "llm", "tts")
    return selection.choose(kinds, Settings(**engines), files.load("ada"), ("en",))


def test_auto_never_takes_a_server_and_behind_each_server_stands_what_is_here():
    assert all(not selection.servers(chosen()).get(kind) for kind in ("stt", "llm", "tts"))
    several = chosen(llm=PRESENT, stt=PRESENT, tts=PRESENT)
    assert several["llm"][0].engine == "openai"
    assert [several[kind][-1].engine for kind in ("stt", "llm", "tts")] == ["pocketsphinx", "rules", "espeak"]
    assert selection.servers(several) == dict.fromkeys(("stt", "llm", "tts"), Server("openai", "10.0.0.5"))
    assert "your words leave this computer, to 10.0.0.5" in selection.describe(several)


@pytest.mark.parametrize(
    "engine",
    [
        Engine(engine="openai"),
        Engine(url="http://10.0.0.5:8000/v1"),
        Engine(engine="rules", url="http://10.0.0.5:8000/v1"),
        Engine(engine="openai", url="http://me:secret@10.0.0.5/v1"),
    ],
)
def test_what_is_half_said_is_refused_in_one_sentence(engine):
    with pytest.raises(ConfigurationError) as caught:
        chosen(llm=engine)
    assert caught.value.hint
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("language", "away", "here"),
    [
        ("en", "Your words leave this computer", "another program"),
        ("fr", "quittent cet ordinateur", "un autre programme"),
    ],
)
def test_where_words_go_is_said_in_both_languages(language, away, here):
    assert away in about_servers([Server("openai", "10.0.0.5")], language)
    assert "10.0.0.5" in about_servers([Server("openai", "10.0.0.5"), Server("openai", "")], language)
    assert here in about_servers([Server("openai", "")], language)
    assert about_servers([], language) == ""


def test_the_disclosure_says_it_before_anything_else_and_not_of_a_server_that_has_failed():
    setup = theatre.setup(engines={"llm": ("openai", "rules")}, servers={"llm": Server("openai", "10.0.0.5")})
    state = begin(setup)
    first, *_ = duties.due(state)
    assert (first.kind, first.text.endswith("Your words leave this computer, they go to 10.0.0.5.")) == (
        "disclosure",
        True,
    )
    state, _ = step(state, EngineDied(at=0.1, kind="llm", engine="openai", reason="gone", loaded=False))
    assert not any("leave this computer" in sentence.text for sentence in duties.due(state))


def test_a_conversation_through_a_server_says_so_and_its_record_as_well(companion, tmp_path, monkeypatch):
    monkeypatch.setenv("SERVER_KEY", "s3cret-of-the-test")
    with serving() as server:
        server.says[CHAT] = body(words("I am well."), "text/event-stream")
        config = settings_for(tmp_path, server.url, key_env="SERVER_KEY")
        journal = tmp_path / "journal.jsonl"
        done = companion(
            "talk", "--text", "--mute", "--config", str(config), "--journal", str(journal), typed="how do you do?\n"
        )
    assert done.stdout.splitlines()[0].endswith("Your words go to another program on this computer.")
    assert done.stdout.splitlines()[-1] == "Ada: I am well."
    heading = json.loads(journal.read_text().splitlines()[0])
    assert heading["engines"]["llm"] == f"openai (tiny at {server.url.removeprefix('http://').removesuffix('/v1')})"
    assert server.asked[-1].headers["authorization"] == "Bearer s3cret-of-the-test"
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"s3cret-of-the-test" in path.read_bytes()]
    assert kept == []


def test_a_server_that_fails_in_mid_conversation_is_replaced_aloud_and_the_question_is_answered(companion, tmp_path):
    with serving() as server:

        def fail(_asked: Asked, send: Send) -> None:
            server.says["/v1/models"] = body(b"{}", status="503 Service Unavailable")
            send(head("text/event-stream") + event({"error": "out of memory"}))

        server.says[CHAT] = fail
        config = settings_for(tmp_path, server.url)
        done = companion("talk", "--text", "--mute", "--config", str(config), typed="how do you do?\n")
    assert done.returncode == 0
    assert "could not go on with its answer" in done.stdout + done.stderr
    assert "so I answer with rules now." in done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("Ada: ")


def filters(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Seccomp_filters:"))


def children(pid: int) -> dict[str, int]:
    """Return the process ids of what a process started, by the module that it runs."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found[Path(f"/proc/{child}/cmdline").read_text().split("\0")[3]] = int(child)
    return found


def test_in_the_background_only_the_gate_has_a_network_and_status_names_the_server(companion, tmp_path):
    pytest.importorskip("pyseccomp", reason="needs libseccomp", exc_type=(ImportError, RuntimeError))
    with serving() as server:
        config = settings_for(tmp_path, server.url)
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "run", "--typed", "--mute", "--json", "--config", str(config)],
            env=os.environ | {"COMPANION_VOICE_HOME": str(home_in(tmp_path))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            assert any('"ready"' in line for line in process.stdout)
            status = json.loads(companion("status", "--json").stdout)
            found = children(process.pid)
            held = {name: filters(pid) for name, pid in found.items()} | {"": filters(process.pid)}
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)
    assert status["network"] == f"open for llm ({server.url}) alone"
    assert status["engines"] == {"llm": "openai"}
    assert held["companion_voice.engines.remote.forward"] < held["companion_voice.engines.host"] == held[""]
    assert [asked.path for asked in server.asked] == ["/v1/models"]
