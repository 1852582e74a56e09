"""What was said is read by a language model in idle time, left at once when something happens, and judged by memory."""

import json
import queue

import pytest
from msgspec.structs import replace as changed

from companion_voice.conversation.state import begin as first_state
from companion_voice.events import SpeechStarted, Woke
from companion_voice.memory.store import Memory
from companion_voice.persona import files
from companion_voice.persona.evolution import drift
from companion_voice.runtime import lulls
from companion_voice.runtime.archive import Archive
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.reader import Reader
from tests.memory.facts.test_extraction import turn
from tests.runtime.test_archive import PATIENCE, Talk
from tests.scenarios.theatre import setup

SAID = "Well, my sister welds ships."
FORM = json.dumps(
    {"facts": [{"subject": "sister", "slot": "job", "value": "welds ships", "quote": "my sister welds ships"}]}
).encode()
INVENTED = json.dumps({"facts": [{"subject": "me", "slot": "job", "value": "pilot", "quote": "I am a pilot"}]}).encode()
QUIET = first_state(setup())
LISTENING = changed(QUIET, ears="hearing")


class Desk:
    """Somebody else's language model: it notes what it is asked, and answers when the test says so."""

    def __init__(self):
        self.asked = queue.Queue()
        self.left = 0

    def extract(self, number, prompt, schema):
        self.asked.put((number, prompt, schema))

    def leave(self):
        self.left += 1

    def next(self):
        return self.asked.get(timeout=PATIENCE)


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def reader(desk):
    return Reader(desk)


@pytest.fixture
def begin(tmp_path, reader, monkeypatch):
    """Return a function that begins a conversation in which there is idle time at once; all are ended after it."""
    monkeypatch.setattr(lulls, "IDLE", 0.01)
    begun = []

    def beginning():
        begun.append(Talk(tmp_path / "memory", reader=reader))
        return begun[-1]

    yield beginning
    for talk in begun:
        talk.end()


def facts(folder):
    with Memory.open(folder, read_only=True) as memory:
        return [(fact.subject, fact.value, fact.origin) for fact in memory.facts()]


def test_what_was_said_is_read_turn_by_turn_and_what_was_really_said_is_kept(begin, desk, tmp_path):
    talk = begin()
    talk.person(SAID)
    talk.companion("I am a pilot.")
    talk.person("It rains.")
    number, prompt, schema = desk.next()
    assert [message.text for message in prompt.messages] == [SAID]
    assert not prompt.recalled
    assert "enum" in schema
    talk.archive.extracted(number, FORM)
    number, prompt, _ = desk.next()
    assert [message.text for message in prompt.messages] == ["It rains."]
    talk.archive.extracted(number, INVENTED)
    assert talk.end() == []
    assert facts(tmp_path / "memory") == [("sister", "welds ships", "model")]


@pytest.mark.parametrize("form", [b"", b"x" * (1 << 20), b'{"facts": 7}', b"I am a pilot", INVENTED])
def test_a_form_of_no_use_is_not_asked_for_again(begin, desk, tmp_path, form):
    talk = begin()
    talk.person("It rains.")
    talk.person(SAID)
    talk.archive.extracted(desk.next()[0], form)
    talk.archive.extracted(desk.next()[0], form)
    assert talk.end() == []
    assert facts(tmp_path / "memory") == []
    with Memory.open(tmp_path / "memory", read_only=True) as memory:
        assert memory.unread() is None


def test_the_reading_is_left_when_something_happens_and_taken_up_again_at_rest(begin, desk, reader, tmp_path):
    talk = begin()
    talk.person(SAID)
    number = desk.next()[0]
    reader.observe(SpeechStarted(at=1.0, utterance=1), LISTENING, ())
    assert desk.left == 1
    talk.archive.extracted(number, FORM)
    talk.recall("anything")
    assert facts(tmp_path / "memory") == []
    assert desk.asked.empty()
    reader.observe(Woke(at=2.0), QUIET, ())
    again, prompt, _ = desk.next()
    assert again > number
    assert [message.text for message in prompt.messages] == [SAID]


def test_one_turn_is_read_at_a_time(reader, desk):
    for key in ("a", "b"):
        reader.read(changed(turn(SAID), key=key))
    assert desk.asked.qsize() == 1
    assert not reader.is_free
    assert reader.finished(99) == ""
    assert reader.finished(1) == "a"
    assert reader.is_free


def test_nothing_is_read_while_the_person_speaks(reader, desk):
    reader.observe(SpeechStarted(at=1.0, utterance=1), LISTENING, ())
    reader.read(changed(turn(SAID), key="a"))
    assert desk.asked.empty()
    assert desk.left == 0


def test_what_was_forgotten_meanwhile_is_not_learnt(begin, desk, tmp_path):
    talk = begin()
    talk.person(SAID)
    number = desk.next()[0]
    talk.ask("forget that")
    assert talk.ask("yes").forgot
    talk.archive.extracted(number, FORM)
    talk.recall("anything")
    assert facts(tmp_path / "memory") == []


def test_what_no_model_read_is_read_in_the_next_conversation(begin, desk):
    talk = begin()
    talk.person(SAID)
    desk.next()
    talk.end()
    later = Desk()
    other = Talk(talk.archive._folder, reader=Reader(later))
    assert [message.text for message in later.next()[1].messages] == [SAID]
    other.end()


def test_without_a_reader_nothing_is_read(tmp_path):
    archive = Archive(Inbox(), Clock(), persona="ada", cast={"ada": files.load("ada")}, folder=tmp_path)
    archive.extracted(1, FORM)
    archive.close()
    archive.run()
    assert facts(tmp_path) == []


def test_now_and_then_the_persona_is_asked_off_the_record_who_it_is(begin, desk, monkeypatch, tmp_path):
    monkeypatch.setattr(lulls, "PROBED", 2)
    talk = begin()
    for _ in range(2):
        talk.companion("Yes.")
    probes = drift.probes("en")
    for probe in probes:
        number, prompt, _ = desk.next()
        assert prompt.messages[-1].text == probe.asks
        talk.archive.extracted(number, json.dumps({"answer": "I am Ada, a program."}).encode())
    talk.end()
    with Memory.open(tmp_path / "memory", read_only=True) as memory:
        (counts,) = memory.personas.days("ada").values()
        assert not any("program" in turn.text for turn in memory.turns())
    assert counts.probed == len(probes)
    assert 0 < counts.passed <= counts.probed
