"""Child processes: what they are asked, what they answer, and how they end."""

import os
import select
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from companion_voice.engines.child import Child
from companion_voice.engines.messages import (
    Begin,
    Cancel,
    Feed,
    Generate,
    Piece,
    PieceEnd,
    Prefill,
    Prefilled,
    Ready,
    Refused,
    Sound,
    Synthesise,
    Transcribe,
    Transcribed,
    WorkFailed,
)
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import EngineError
from companion_voice.events import Message, Prompt, Transcript
from tests import synthetic_models
from tests.engines.conftest import Start, sound_of

LONG = "These words go on for much longer than anybody would listen. " * 400
PROMPT = Prompt("You are Ada.", (Message("person", "Hello?"),), "Ada", "en", "2025-01-01T12:00:00+00:00")

PARENT = """
import sys
from pathlib import Path
from companion_voice.engines.child import Child
from companion_voice.engines.protocols import EngineOptions

child = Child("tts", "espeak", EngineOptions(), Path(sys.argv[1]))
child.start()
child.receive()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_voice_answers_with_sound_and_says_which_is_the_last(ready: Start) -> None:
    sound, rate = sound_of(ready("tts", "espeak"), Synthesise(1, 0, "Good morning.", "en", "persona"))
    assert rate == 22050
    assert sound.size > rate // 2


def test_a_recogniser_answers_for_its_utterance_and_knows_nothing_of_another(ready: Start, micro_whisper: Path) -> None:
    child = ready("stt", "faster-whisper", model=str(micro_whisper))
    voice = ready("tts", "espeak")
    sound, _ = sound_of(voice, Synthesise(1, 0, "Any words at all.", "en", "persona"))
    child.send(Begin(7))
    child.send(Feed(6, sound.tobytes()))
    child.send(Transcribe(1, 7))
    child.send(Feed(7, sound.tobytes()))
    child.send(Transcribe(2, 7))
    child.send(Transcribe(3, 6))
    answers = [child.receive() for _ in range(3)]
    assert [answer.epoch for answer in answers if isinstance(answer, Transcribed)] == [1, 2, 3]
    texts = [answer.transcript.text for answer in answers if isinstance(answer, Transcribed)]
    assert texts == ["", synthetic_models.SENTENCE, ""]


def test_a_language_model_answers_piece_by_piece(ready: Start, micro_llama: Path) -> None:
    child = ready("llm", "llama-cpp", model=str(micro_llama))
    child.send(Generate(4, PROMPT))
    pieces = []
    while isinstance(answer := child.receive(), Piece):
        pieces.append(answer.text)
    assert isinstance(answer, PieceEnd)
    assert (answer.epoch, answer.cached_tokens) == (4, 0)
    assert "".join(pieces) == synthetic_models.REPLY
    assert len(pieces) > 20


def test_a_language_model_that_was_prepared_has_only_the_new_words_to_compute(
    ready: Start, micro_llama: Path, tmp_path: Path
) -> None:
    options = {"model": str(micro_llama), "cache": str(tmp_path / "cache")}
    for _ in range(2):  # a cold start and a warm one
        child = ready("llm", "llama-cpp", **options)
        child.send(Prefill(1, replace(PROMPT, head="You are Ada. " * 50, messages=())))
        assert child.receive() == Prefilled(1)
        child.send(Generate(1, replace(PROMPT, head="You are Ada. " * 50)))
        while isinstance(answer := child.receive(), Piece):
            pass
        assert isinstance(answer, PieceEnd)
        assert answer.cached_tokens >= 0.9 * answer.prompt_tokens > 90
        child.close()


def test_work_that_was_cancelled_in_the_middle_is_left_and_the_next_is_done(ready: Start) -> None:
    child = ready("tts", "espeak")
    child.send(Synthesise(1, 0, LONG, "en", "persona"))
    first = child.receive()
    assert isinstance(first, Sound)
    child.send(Cancel(2))
    child.send(Synthesise(1, 1, "Too late.", "en", "persona"))
    child.send(Synthesise(2, 0, "Yes.", "en", "persona"))
    answers = [first]
    while not (isinstance(answer := child.receive(), Sound) and answer.epoch == 2 and answer.last):
        assert isinstance(answer, Sound)
        answers.append(answer)
    assert not any(answer.last for answer in answers)
    assert {answer.index for answer in answers if answer.epoch == 1} == {0}


def test_work_that_cannot_be_done_is_one_sentence_and_the_engine_goes_on(ready: Start, micro_llama: Path) -> None:
    child = ready("llm", "llama-cpp", model=str(micro_llama), tuning={"context": "512", "max_tokens": "64"})
    endless = Prompt("", (Message("person", "word " * 10_000),), "Ada", "en", "")
    child.send(Generate(1, endless))
    assert child.receive() == WorkFailed(1, "That is more than the language model can take in at once.")
    child.send(Generate(2, PROMPT))
    assert isinstance(child.receive(), Piece)


def test_a_child_killed_while_it_speaks_is_gone_and_says_so(ready: Start) -> None:
    child = ready("tts", "espeak")
    child.send(Synthesise(1, 0, LONG, "en", "persona"))
    assert isinstance(child.receive(), Sound)
    os.kill(child.pid, signal.SIGKILL)
    while child.receive() is not None:
        pass
    assert child.epitaph() == "espeak was killed (signal 9)."
    with pytest.raises(EngineError, match="no longer running"):
        child.send(Cancel(2))


def test_a_child_killed_while_it_writes_is_gone_and_says_so(ready: Start, micro_llama: Path) -> None:
    child = ready("llm", "llama-cpp", model=str(micro_llama))
    child.send(Generate(1, PROMPT))
    assert isinstance(child.receive(), Piece)
    os.kill(child.pid, signal.SIGKILL)
    while child.receive() is not None:
        pass
    assert child.epitaph() == "llama-cpp was killed (signal 9)."


def test_an_engine_that_does_not_exist_is_refused_with_the_nearest_name(start: Start) -> None:
    child = start("tts", "espeek")
    assert isinstance(child.receive(), Refused)
    assert child.receive() is None
    assert child.epitaph() == "There is no tts engine called “espeek”; did you mean “espeak”?"


def test_control_c_in_the_terminal_does_not_reach_a_child(ready: Start) -> None:
    child = ready("tts", "espeak")
    assert os.getpgid(child.pid) != os.getpgrp()
    os.kill(child.pid, signal.SIGINT)
    assert sound_of(child, Synthesise(1, 0, "Still here.", "en", "persona"))[0].size


def test_what_a_child_prints_goes_into_a_log_for_its_owner_only(ready: Start, tmp_path: Path) -> None:
    ready("tts", "espeak")
    log = tmp_path / "logs" / "tts.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    log.write_text("the last words")
    ready("tts", "espeak")
    assert log.with_name("tts.log.1").read_text() == "the last words"


def test_a_child_not_started_yet_says_so(tmp_path: Path) -> None:
    child = Child("tts", "espeak", EngineOptions(), tmp_path / "log")
    assert child.receive() is None
    child.close()
    with pytest.raises(EngineError, match="not running"):
        child.send(Begin(1))


def test_no_child_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        process = os.pidfd_open(pid)
        os.kill(pid, signal.SIGSTOP)  # it can neither see its pipe close nor leave by itself
        parent.kill()
        ended, _, _ = select.select([process], [], [], 30)
        os.close(process)
    assert ended


def test_a_model_on_which_llama_cpp_aborts_ends_only_the_child(start: Start, tmp_path: Path) -> None:
    model = synthetic_models.llama(tmp_path / "twice.gguf", repeated_token=True)
    child = start("llm", "llama-cpp", model=str(model))
    assert child.receive() is None
    assert child.epitaph() == "llama-cpp aborted (signal 6) while it was loading."


def test_the_details_of_an_engine_say_what_it_loaded(start: Start, micro_voice: Path) -> None:
    child = start("tts", "piper", model=str(micro_voice))
    assert child.receive() == Ready("piper", {"model": str(micro_voice), "rate": "22050"})


def test_a_transcript_crosses_the_pipe_unchanged(ready: Start) -> None:
    child = ready("stt", "pocketsphinx")
    child.send(Begin(1))
    child.send(Transcribe(9, 1))
    assert child.receive() == Transcribed(9, Transcript("", language="en"))
