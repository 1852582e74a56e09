"""A real language model in its child process reads what was said; what it makes up is not kept."""

import threading

from companion_voice.audio.recording import FileSpeaker
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import EngineReady
from companion_voice.memory.store import Memory
from companion_voice.runtime import lulls
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.reader import Reader
from companion_voice.runtime.supervisor import Supervisor
from tests.runtime.test_archive import PATIENCE, Talk


def test_a_real_model_reads_a_turn_and_what_it_makes_up_is_not_kept(micro_llama, tmp_path, monkeypatch):
    monkeypatch.setattr(lulls, "IDLE", 0.01)
    inbox, forms, came = Inbox(), [], threading.Event()
    options = {("llm", "llama-cpp"): EngineOptions(model=str(micro_llama), threads=1)}
    supervisor = Supervisor(options, FileSpeaker(), inbox, Clock(), tmp_path / "logs")
    talk = Talk(tmp_path / "memory", reader=Reader(supervisor))

    def extracted(number, form):
        forms.append(form)
        talk.archive.extracted(number, form)
        came.set()

    supervisor.extracted = extracted
    supervisor.start("llm", "llama-cpp")
    try:
        assert isinstance(inbox.take(PATIENCE)[1], EngineReady)
        talk.person("Well, my sister welds ships.")
        assert came.wait(PATIENCE)
        assert talk.end() == []
    finally:
        supervisor.close()
    assert forms[0].startswith(b"{")
    with Memory.open(tmp_path / "memory", read_only=True) as memory:
        assert memory.unread() is None
        assert memory.facts() == ()
