"""Journals of whole conversations: on by choice, told when they cannot be kept, and never in the way."""

import json
import resource

import pytest

from companion_voice.boundaries import phrases
from companion_voice.conversation.state import begin
from companion_voice.conversation.turns import step
from companion_voice.events import JournalFailed, Show
from companion_voice.research import journal
from companion_voice.research.journal import Journal, begun
from companion_voice.runtime import logbook
from companion_voice.runtime.build import Companion
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.logbook import Logbook
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings
from tests.runtime.conftest import home_in
from tests.scenarios import theatre

SECRET = "the treasure lies under the oak"


@pytest.fixture
def journals(tmp_path):
    return home_in(tmp_path) / "data" / "journals"


def wanted(journals, level):
    (journals.parent.parent / "config" / "log.yaml").write_text(f"journals: on\nlevel: {level}\n")


@pytest.fixture
def wired(tmp_path, journals, monkeypatch):
    """Return a conversation that has not begun."""
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(home_in(tmp_path)))
    return lambda: Companion(Settings(), Way(typed=True, mute=True))


def test_nothing_is_kept_by_default(wired, journals):
    assert wired()._logbook(Inbox(), Clock()) is None
    assert not journals.exists()


def test_a_conversation_is_kept_once_that_is_wanted_and_replays(companion, journals):
    wanted(journals, "text")
    companion(
        "talk", "--text", "--mute", typed=f"hello\nthis is off the record\n{SECRET}\nback on the record\ngoodbye\n"
    )
    [path] = journals.iterdir()
    assert SECRET not in path.read_text()
    assert "off_record" in path.read_text()
    assert journal.verify(path).ending == "closed"
    assert journal.replay(path).differences == ()
    heading = json.loads(path.read_text().splitlines()[0])
    assert heading["engines"] == {"llm": "rules"}


def test_a_journal_that_cannot_be_begun_is_said_and_the_conversation_goes_on(wired, journals):
    wanted(journals, "metrics")
    journals.parent.mkdir(parents=True, exist_ok=True)
    journals.write_text("in the way")
    companion, inbox = wired(), Inbox()
    assert companion._logbook(inbox, Clock()) is None
    _, told = inbox.take(timeout=0)
    state, commands = step(begin(companion.setup), told)
    assert next(one.text for one in commands if isinstance(one, Show)).startswith("From here on no journal")
    assert not state.ended


def test_a_disk_that_is_too_slow_ends_the_journal_and_is_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr(logbook, "MOST_WAITING", 3)
    state = begin(theatre.setup(phrases={"en": phrases.load("en")}))
    inbox, path = Inbox(), tmp_path / "journal.jsonl"
    book = Logbook(Journal(path, begun(state.setup, started=theatre.WALL)), inbox, Clock())
    for _ in range(6):
        book.observe(theatre.Started(at=0.0), state, ())
    book.close()
    book.run()
    _, told = inbox.take(timeout=0)
    assert isinstance(told, JournalFailed)
    assert inbox.take(timeout=0) is None
    assert journal.verify(path).ending == "open"


def test_a_full_disk_ends_the_journal_and_is_told_once(tmp_path):
    state = begin(theatre.setup())
    inbox, path = Inbox(), tmp_path / "journal.jsonl"
    book = Logbook(Journal(path, begun(state.setup, started=theatre.WALL)), inbox, Clock())
    for _ in range(100):
        book.observe(theatre.Started(at=0.0), state, ())
    book.close()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 1000, before[1]))
    try:
        book.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    _, told = inbox.take(timeout=0)
    assert "cannot be written" in told.reason
    assert inbox.take(timeout=0) is None
    assert 1 < journal.verify(path).lines < 100
