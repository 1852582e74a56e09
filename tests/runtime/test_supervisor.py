"""Children that grow and children that hang, as real processes."""

import os
import signal

import pytest

from companion_voice.audio.recording import FileSpeaker
from companion_voice.engines import messages
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import EngineDied, EngineReady, Prompt, WritingEnded
from companion_voice.runtime import supervisor as room
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.supervisor import Supervisor
from tests.runtime.conftest import PATIENCE

PROMPT = Prompt(head="You are Ada.", messages=(), name="Ada", language="en", now="2026-05-03T14:00:00+02:00")


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def supervisor(inbox, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_LOOK", 0.1)
    one = Supervisor({("llm", "rules"): EngineOptions()}, FileSpeaker(), inbox, Clock(), tmp_path)
    one.start("llm", "rules")
    assert isinstance(next_event(inbox), EngineReady)
    yield one
    one.close()


def next_event(inbox):
    taken = inbox.take(PATIENCE)
    assert taken is not None
    return taken[1]


def test_a_child_within_its_budget_is_left_alone(supervisor):
    before = supervisor.pids()
    assert supervisor.recycle() == ()
    assert supervisor.recycle() == ()
    assert supervisor.pids() == before


def test_one_beyond_its_budget_is_started_anew_and_nobody_takes_it_for_dead(supervisor, inbox):
    before = supervisor.pids()["llm"]
    assert supervisor.recycle(most=-1) == ("llm",)
    supervisor.ask("llm", messages.Generate(1, PROMPT))  # asked before it is ready, and answered once it is
    assert supervisor.pids()["llm"] != before
    assert isinstance(next_event(inbox), EngineReady)
    while not isinstance(event := next_event(inbox), WritingEnded):
        assert not isinstance(event, EngineDied)


def test_one_that_hangs_is_ended_and_this_is_told(supervisor, inbox, monkeypatch):
    monkeypatch.setattr(room, "HANGS", 0.2)
    os.kill(supervisor.pids()["llm"], signal.SIGSTOP)
    supervisor.ask("llm", messages.Generate(1, PROMPT))
    died = next_event(inbox)
    assert isinstance(died, EngineDied)
    assert died.reason == "rules gave no sign of life, so it was ended."


def test_one_that_does_nothing_at_all_is_ended_sooner_than_one_that_is_busy(supervisor):
    post = room.Post(supervisor._posts["llm"].child)
    post.loaded = post._owes = True
    os.kill(post.child.pid, signal.SIGSTOP)
    for seconds, is_ended in ((0, False), (1, False), (room.IDLES, False), (room.IDLES + 2, True)):
        post.wonder(seconds)
        assert ("gave no sign of life" in post.child.epitaph()) is is_ended


def test_one_that_waits_for_a_server_has_its_time(supervisor):
    post = room.Post(supervisor._posts["llm"].child, serves=False)
    post.loaded = post._owes = True
    for seconds in (0, 1, room.HANGS - 1):
        post.wonder(seconds)
    assert "gave no sign of life" not in post.child.epitaph()


def test_one_that_has_nothing_to_do_is_not_asked_for_a_sign_of_life(supervisor):
    post = supervisor._posts["llm"]
    for now in (1e6, 2e6, 3e6):
        post.wonder(now)
    assert post.outbox.empty()
