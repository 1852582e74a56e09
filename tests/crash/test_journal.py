"""A program that is killed while it writes a journal: every event it had handed over stands, and the chain holds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from companion_voice.research import journal, sessions

ROOT = Path(__file__).parent.parent.parent
WRITER = """
import sys
from pathlib import Path
from companion_voice.research.journal import Journal
from tests.research import playing
from tests.scenarios import theatre

played = theatre.perform(playing.TALK)
written, count = playing.opened(Path(sys.argv[1]), played), 0
while True:
    for _, event, commands in played.log:
        written.observe(event, played.state, commands)
        count += 1
        print(count, flush=True)
"""


@pytest.mark.parametrize("after", [1, 500])
def test_what_was_handed_over_stands_after_kill_9(tmp_path, monkeypatch, after):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "home"))
    path = tmp_path / "journal.jsonl"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=ROOT) as writer:
        told = [int(next(writer.stdout)) for _ in range(after)][-1]
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        told = max([told, *(int(line) for line in writer.stdout)])
    found = journal.verify(path)
    assert found.lines - 1 >= told
    assert found.ending == "open"
    assert sessions.read(path).session.end == "open"
