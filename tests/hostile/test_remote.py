"""A server that lies, floods, drips, misleads or breaks off: one sentence within its time, and the next one works."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from companion_voice.engines.llm import openai_compatible as llm
from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.stt import openai_compatible as stt
from companion_voice.engines.tts import openai_compatible as tts
from companion_voice.errors import EngineLostError
from companion_voice.events import Message, Prompt
from tests.remote_stand_in import Asked, Send, StandIn, body, event, head, serving, wav, words

PROMPT = Prompt("Head.", (Message("person", "Hello."),), "Ada", "en", "")
SPEECH = np.sin(np.arange(16_000) * 0.3, dtype=np.float32) * (np.arange(16_000) % 4000 > 2000)
PATHS = {"llm": "/v1/chat/completions", "stt": "/v1/audio/transcriptions", "tts": "/v1/audio/speech"}
KINDS = {"llm": "text/event-stream", "stt": "application/json", "tts": "audio/wav"}
WELL = {"llm": words("Well."), "stt": b'{"text": "Well."}', "tts": wav()}
QUICK = {"first_timeout": "0.4", "gap_timeout": "0.3", "whole_timeout": "0.8"}
"""For what only a time-out ends; everything else has time, since the machine may be busy."""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


def use(kind: str, server: StandIn, **times: str) -> tuple[Callable[[], object], Callable[[], None]]:
    """Return what makes an engine do its work once, and what closes it."""
    options = EngineOptions(model="m", tuning={"url": server.url, **times})
    match kind:
        case "llm":
            model = llm.load(options)
            return lambda: "".join(model.reply(PROMPT)), model.close
        case "stt":
            ears = stt.load(options)
            ears.feed(SPEECH)
            return lambda: ears.transcript().text, ears.close
        case _:
            voice = tts.load(options)
            return lambda: list(voice.speak("Hello.", language="en", role="persona")), voice.close


def endless(start: bytes, more: bytes) -> Callable[[Asked, Send], None]:
    def send_all(_asked: Asked, send: Send) -> None:
        send(start)
        while True:  # until the other side closes
            send(more)

    return send_all


def dripping(start: bytes, more: bytes) -> Callable[[Asked, Send], None]:
    def server(_asked: Asked, send: Send, *, over: Callable[[float], bool]) -> None:
        send(start)
        while not over(0.02):
            send(more)

    return server  # type: ignore[return-value]


HOSTILE: dict[str, tuple[str, Callable[[str], Callable[[Asked, Send], None]]]] = {
    "no HTTP": ("broke off, or does not speak HTTP", lambda _: lambda _a, send: send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    "no answer": ("broke off, or does not speak HTTP", lambda _: lambda _a, _s: None),
    "endless headers": ("broke off, or does not speak HTTP", lambda _: endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 65536)),
    "cut short": (
        "broke off, or does not speak HTTP",
        lambda kind: lambda _a, send: send(head(KINDS[kind], Content_Length="9000") + WELL[kind][:20]),
    ),
    "another type": ("something that is no answer", lambda kind: body(WELL[kind], "text/html")),
    "no type": ("something that is no answer", lambda _: lambda _a, send: send(b"HTTP/1.1 200 OK\r\n\r\n{}")),
    "compressed": (
        "a form that was not asked for",
        lambda kind: lambda _a, send: send(head(KINDS[kind], Content_Encoding="gzip") + b"\x1f\x8b"),
    ),
    "redirect": (
        "which is not followed",
        lambda _: lambda _a, send: send(head(status="307 Temporary Redirect", Location="http://127.0.0.1:9/v1")),
    ),
    "broken": (r"cannot work now \(HTTP 500\)", lambda _: body(b"Traceback", status="500 Internal Server Error")),
    "busy": (r"cannot work now \(HTTP 429\)", lambda _: body(b"{}", status="429 Too Many Requests")),
    "unknown model": ("has no such model", lambda _: body(b"{}", status="404 Not Found")),
}  # fmt: skip


def fails(kind: str, server: StandIn, says: Callable[[Asked, Send], None], sentence: str) -> None:
    """Let the server do that; the engine says so in time, and works again when the server does."""
    impatient = "in time" in sentence
    work, close = use(kind, server, **(QUICK if impatient else {}))
    with ExitStack() as stack:
        stack.callback(close)
        server.says[PATHS[kind]] = says
        with pytest.raises(EngineLostError, match=sentence) as caught:
            work()
        assert caught.value.sentence.count("\n") == 0
        assert len(caught.value.sentence) < 200
        server.says[PATHS[kind]] = body(WELL[kind], KINDS[kind])
        assert impatient or work()


def bound(server: StandIn, says: Callable[..., None] | None) -> Callable[[Asked, Send], None]:
    """Give those who drip the moment at which the test is over."""
    if says is None:
        return lambda _asked, _send: server.over.wait(10)
    if says.__qualname__.startswith("dripping"):
        return lambda asked, send: says(asked, send, over=server.over.wait)
    return says


@pytest.mark.parametrize("kind", ["llm", "stt", "tts"])
@pytest.mark.parametrize("case", HOSTILE)
def test_whatever_a_server_does_it_is_told_in_a_sentence_and_in_time(server, kind, case):
    sentence, says = HOSTILE[case]
    fails(kind, server, says(kind), sentence)


WORDS = event({"choices": [{"delta": {"content": "word "}}]})
OF_ONE_KIND = {
    "stt: nothing at all": ("did not answer in time", None),
    "llm: headers that drip": ("did not answer in time", dripping(b"HTTP/1.1 200 OK\r\n", b"X")),
    "tts: a body that never begins": ("did not answer in time", dripping(head("audio/wav"), b"")),
    "llm: endless words": ("answered without end|did not answer in time", endless(head("text/event-stream"), WORDS * 2000)),
    "llm: an endless line": ("answered without end", endless(head("text/event-stream"), b"data: " + b"x" * 65536)),
    "llm: words that drip": ("did not answer in time", dripping(head("text/event-stream"), WORDS)),
    "llm: endless comments": ("did not answer in time", dripping(head("text/event-stream"), b": still here\n\n")),
    "llm: no JSON": ("something that is no answer", body(b"data: {oops\n\n", "text/event-stream")),
    "llm: other JSON": ("something that is no answer", body(b'data: {"choices": 7}\n\n', "text/event-stream")),
    "llm: deep JSON": ("something that is no answer", body(b"data: " + b"[" * 30_000 + b"\n\n", "text/event-stream")),
    "llm: no UTF-8": ("something that is no answer", body(b"data: \xff\xfe\xc3\x28\n\n", "text/event-stream")),
    "llm: an error in mid-stream": (
        "could not go on",
        body(WORDS + event({"error": {"message": "CUDA out of memory"}}), "text/event-stream"),
    ),
    "stt: endless": ("answered without end", endless(head(), b'{"text": "' + b"x" * 65536)),
    "stt: no text": ("something that is no answer", body(b'{"words": []}')),
    "stt: no UTF-8": ("something that is no answer", body(b'{"text": "\xff\xfe"}')),
    "tts: endless": ("answered without end", endless(head("audio/wav") + wav(), b"\0" * 65536)),
    "tts: drip": ("did not answer in time", dripping(head("audio/wav") + wav(), b"\0\0")),
    "tts: a song": ("something that is no sound", body(b"ID3\x04" + b"\0" * 5000, "audio/mpeg")),
    "tts: half a header": ("something that is no sound", body(wav()[:30], "audio/wav")),
    "tts: nothing": ("something that is no sound", body(b"", "audio/wav")),
    "tts: no format": ("something that is no sound", body(b"RIFF\0\0\0\0WAVEdata\0\0\0\0" + b"\0" * 64, "audio/wav")),
    "tts: a header without end": ("something that is no sound", body(b"RIFF\0\0\0\0WAVEjunk\xff\xff\xff\x7f" + b"\0" * 9000, "audio/wav")),
    "tts: an absurd rate": ("something that is no sound", body(wav(rate=1), "audio/wav")),
}  # fmt: skip


@pytest.mark.parametrize("case", OF_ONE_KIND)
def test_whatever_an_answer_holds_it_is_told_in_a_sentence_and_in_time(server, case):
    sentence, says = OF_ONE_KIND[case]
    fails(case[:3], server, bound(server, says), sentence)


def test_odd_characters_pass_as_the_text_they_are(server):
    server.says[PATHS["llm"]] = body(words("Well \ud83d\ude00.", "\x00\x1b[2J"), KINDS["llm"])
    work, close = use("llm", server)
    assert work() == "Well \U0001f600.\x00\x1b[2J"
    close()


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (body(b"{}", status="503 Service Unavailable"), r"cannot work now \(HTTP 503\)"),
        (lambda _asked, send: send(head(status="302 Found", Location="http://127.0.0.1:9/")), "not followed"),
        (lambda _asked, send: send(b"\x16\x03\x01\x02"), "does not speak HTTP"),
    ],
)
def test_a_server_of_no_use_is_found_out_before_anything_is_said_to_it(server, says, sentence):
    server.says["/v1/models"] = says
    with pytest.raises(EngineLostError, match=sentence):
        llm.load(EngineOptions(tuning={"url": server.url}))
    assert [asked.path for asked in server.asked] == ["/v1/models"]


def test_where_nobody_listens_it_is_said_at_once(server):
    with pytest.raises(EngineLostError, match="cannot be reached"):
        llm.load(EngineOptions(tuning={"url": "http://127.0.0.1:1/v1"}))
