"""Bytes that are no request: each is refused in one sentence, and the next caller is served."""

import json
import random
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion_voice.runtime import control
from companion_voice.runtime.control import LONGEST, Answer, Control, Request
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.workers import Worker

HOSTILE = {
    "nothing": b"\n",
    "no JSON": b"hello\n",
    "another type": b"[]\n",
    "no verb": b"{}\n",
    "unknown verb": b'{"verb":"shutdown"}\n',
    "unknown field": b'{"verb":"hush","force":true}\n',
    "number for text": b'{"verb":"say","text":1}\n',
    "too much text": b'{"verb":"say","text":"' + b"a" * 2001 + b'"}\n',
    "not UTF-8": b'{"verb":"say","text":"\xff\xfe"}\n',
    "half a surrogate": b'{"verb":"say","text":"\\ud800"}\n',
    "zeros": b"\0" * 100 + b"\n",
    "depth": b"[" * 16_000 + b"\n",
    "deep unknown": b'{"verb":"hush","x":' + b"[" * 16_000 + b"\n",
    "too long": b"a" * (LONGEST + 1) + b"\n",
    "far too long": b'{"verb":"say","text":"' + b"a" * 1_000_000,
    "two verbs": b'{"verb":"hush"}{"verb":"stop"}\n',
    "HTTP": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "escape codes": b"\x1b]0;title\x07\n",
}


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    """Serve a control socket whose owner must never be asked for anything but `hush`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPANION_VOICE_HOME", str(tmp_path_factory.mktemp("home")))

        def answer(request):
            assert request == Request("hush")
            return Answer(done=True)

        one = Control(answer)
        worker = Worker("control", one.run, Inbox())
        yield
        one.close()
        worker.join(5)


def refusal(sent):
    """Return what a caller is told that sends these bytes; None when it is only hung up on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(20)
        line.connect(str(control.place()))
        try:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            told = line.makefile("rb").readline()
        except (BrokenPipeError, ConnectionResetError):
            return None
    return json.loads(told) if told else None


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE.keys())
def test_it_is_refused_in_one_sentence_and_the_next_is_served(door, sent):
    told = refusal(sent)
    if told is not None:
        assert told.keys() == {"done", "sentence"}
        assert told["done"] is False
        assert "\n" not in told["sentence"]
        assert len(told["sentence"]) < 300
    else:
        assert len(sent) > LONGEST
    assert control.ask(Request("hush")).done


def test_three_hundred_random_and_broken_requests_are_refused(door):
    dice = random.Random(8)
    good = b'{"verb":"status"}'
    for _ in range(300):
        spoilt = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            spoilt[dice.randrange(len(good))] = dice.randrange(256)
        sent = bytes(spoilt) if dice.random() < 0.5 else dice.randbytes(dice.randint(1, 400))
        if sent != good:
            told = refusal(sent + b"\n")
            assert told is None or told["done"] is False
    assert control.ask(Request("hush")).done


def test_one_that_says_nothing_is_left_after_its_time_and_those_behind_it_are_served(door):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.connect(str(control.place()))
        assert control.ask(Request("hush")).done
        silent.settimeout(20)
        assert b"at most" in silent.makefile("rb").readline()


def test_one_that_hangs_up_without_a_word_harms_nobody(door):
    for _ in range(20):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(control.place()))
    assert control.ask(Request("hush")).done


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_answered_or_refused(door, sent):
    told = refusal(sent.replace(b"\n", b" ") + b"\n")
    assert told is not None
    assert told["done"] is False
