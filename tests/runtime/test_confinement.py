"""The network is closed to the companion and its engines, and the real engines work all the same."""

import subprocess
import sys

import pytest

from tests import synthetic_models

pytest.importorskip("pyseccomp", reason="needs libseccomp", exc_type=(ImportError, RuntimeError))

TRY = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
    try:
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_NETLINK else socket.SOCK_STREAM)
    except OSError as error:
        print(error.errno == 97)
socket.socketpair(); socket.socket(socket.AF_UNIX)
print("own")
"""
CONFINE = (
    "from companion_voice.runtime import confinement as c; print(c.is_confined(), repr(c.confine()), c.is_confined())"
)


def confined(code):
    """Return what a process prints that has closed the network to itself."""
    done = subprocess.run([sys.executable, "-c", f"{CONFINE}\n{code}"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_no_socket_to_elsewhere_can_be_opened_and_those_of_this_computer_can():
    assert confined(TRY) == ["False '' True", "True", "True", "True", "own"]


def test_threads_that_ran_before_and_children_are_confined_as_well():
    inherited = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {TRY!r}], check=True)
"""
    assert confined(inherited)[1:] == ["True", "True", "True", "own"]
    before = f"""
import threading
from companion_voice.runtime import confinement
go = threading.Event()
worker = threading.Thread(target=lambda: (go.wait(), exec({TRY!r})))
worker.start()
print(repr(confinement.confine()))
go.set()
worker.join()
"""
    done = subprocess.run([sys.executable, "-c", before], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["''", "True", "True", "True", "own"]


def test_doing_it_twice_is_doing_it_once():
    assert confined("print(repr(c.confine()), c.is_confined())")[1:] == ["'' True"]


def test_a_language_model_answers_behind_it(micro_llama):
    code = f"""
from companion_voice.engines.llm import llama_cpp
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import Message, Prompt
model = llama_cpp.load(EngineOptions(model={str(micro_llama)!r}))
prompt = Prompt(head="You are Ada.", messages=(Message("person", "hello"),), name="Ada", language="en", now="2026-01-01T10:00:00+00:00")
print("".join(piece for piece in model.reply(prompt) if isinstance(piece, str)))
"""
    assert confined(code)[-1].strip() == synthetic_models.REPLY.strip()


def test_a_recogniser_and_a_voice_work_behind_it(micro_whisper, micro_voice):
    code = f"""
import numpy as np
from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.stt import faster_whisper
from companion_voice.engines.tts import piper
ears = faster_whisper.load(EngineOptions(model={str(micro_whisper)!r}, languages=("en",)))
ears.begin()
time = np.arange(32_000) / 16_000
ears.feed((np.sin(2 * np.pi * 180 * time) * (np.sin(2 * np.pi * 2 * time) > 0)).astype(np.float32))
print(ears.transcript().text)
voice = piper.load(EngineOptions(model={str(micro_voice)!r}))
print(sum(len(samples) for samples in voice.speak("Hello.", language="en", role="persona")) > 1000)
"""
    assert confined(code)[-2:] == [synthetic_models.SENTENCE, "True"]
