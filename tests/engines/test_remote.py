"""Remote engines against a server that stands in for one: what is asked, what comes back, and how it is left."""

import io
import json
import wave
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest

from companion_voice.engines.llm import openai_compatible as llm
from companion_voice.engines.protocols import EngineOptions, Usage
from companion_voice.engines.remote import address
from companion_voice.engines.remote.gate import Gate
from companion_voice.engines.stt import openai_compatible as stt
from companion_voice.engines.tts import openai_compatible as tts
from companion_voice.errors import CompanionError, ConfigurationError, EngineLostError
from companion_voice.events import Message, Prompt, Transcript
from tests.remote_stand_in import Asked, Send, StandIn, body, event, head, serving, wav, words

CHAT = "/v1/chat/completions"
PROMPT = Prompt(
    head="You are Ada.",
    messages=(Message("person", "Hello."), Message("companion", "Hello!"), Message("person", "How are you?")),
    name="Ada",
    language="en",
    now="2026-01-01T10:00:00+00:00",
    reminder="Be brief.",
    note="(From memory: nothing.)",
)
SPEECH = np.sin(np.arange(16_000) * 0.3, dtype=np.float32) * (np.arange(16_000) % 4000 > 2000)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


@pytest.fixture
def engines() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def options(server: StandIn, model: str = "m", languages: tuple[str, ...] = ("en",), **tuning: str) -> EngineOptions:
    return EngineOptions(model=model, languages=languages, tuning={"url": server.url, **tuning})


def asked_for(server: StandIn) -> dict:
    return json.loads(server.asked[-1].body)


# --- a language model ---


def test_a_reply_is_streamed_piece_by_piece_and_its_cost_is_known(server, engines):
    server.says[CHAT] = body(words("I am ", "well, thank", " you."), "text/event-stream; charset=utf-8")
    model = engines.enter_context(closing(llm.load(options(server))))
    assert [piece for piece in model.reply(PROMPT) if piece] == ["I am ", "well, thank", " you."]
    assert model.usage == Usage(40, 30)


def test_a_model_is_shown_what_the_local_templates_show(server, engines):
    server.says[CHAT] = body(words("Well."), "text/event-stream")
    model = engines.enter_context(
        closing(llm.load(options(server, "small", seed="7", stop="\nUser:", max_tokens="50")))
    )
    list(model.reply(PROMPT))
    asked = asked_for(server)
    assert asked["messages"] == [
        {"role": "system", "content": "You are Ada."},
        {"role": "user", "content": "Hello."},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Be brief.\n\nHow are you?\n\n(From memory: nothing.)"},
    ]
    wanted = {
        "model": "small",
        "seed": 7,
        "stop": ["\nUser:"],
        "max_tokens": 50,
        "temperature": 0.7,
        "top_p": 0.9,
        "stream": True,
    }
    assert wanted.items() <= asked.items()


def test_what_there_is_no_room_for_is_not_sent_and_the_last_words_always_are(server, engines):
    server.says[CHAT] = body(words("Well."), "text/event-stream")
    model = engines.enter_context(closing(llm.load(options(server, context="512"))))
    long = tuple(Message("companion" if n % 2 else "person", f"{n} " + "word " * 60) for n in range(21))
    list(model.reply(Prompt("Head.", long, "Ada", "en", "")))
    shown = asked_for(server)["messages"]
    assert len(shown) < len(long)
    assert shown[0]["content"] == "Head."
    assert shown[-1]["content"].startswith("20 ")


def test_leaving_a_reply_closes_the_stream(server, engines):
    def drip(_asked: Asked, send: Send) -> None:
        send(head("text/event-stream") + event({"choices": [{"delta": {"content": "Once"}}]}))
        while not server.over.wait(0.01):
            send(event({"choices": [{"delta": {"content": " more"}}]}))

    server.says[CHAT] = drip
    model = engines.enter_context(closing(llm.load(options(server))))
    reply = model.reply(PROMPT)
    assert next(piece for piece in reply if piece) == "Once"
    reply.close()
    assert server.left.wait(5)


def test_whoever_waits_for_the_first_word_may_leave(server, engines):
    server.says[CHAT] = lambda _asked, _send: server.over.wait(10)
    model = engines.enter_context(closing(llm.load(options(server))))
    reply = model.reply(PROMPT)
    assert next(reply) == ""
    reply.close()
    server.says[CHAT] = body(words("Well."), "text/event-stream")
    assert "".join(model.reply(PROMPT)) == "Well."


def test_one_question_that_cannot_be_answered_does_not_end_the_engine(server, engines):
    server.says[CHAT] = body(b'{"error": "too long"}', status="400 Bad Request")
    model = engines.enter_context(closing(llm.load(options(server))))
    with pytest.raises(CompanionError, match=r"cannot answer this \(HTTP 400\)") as caught:
        list(model.reply(PROMPT))
    assert not isinstance(caught.value, EngineLostError)


# --- hearing and speaking ---


def test_an_utterance_is_sent_as_a_wav_and_comes_back_as_words(server, engines):
    server.says["/v1/audio/transcriptions"] = body(b'{"text": " Good\\n morning. "}')
    ears = engines.enter_context(closing(stt.load(options(server, "whisper-1"))))
    ears.begin()
    ears.feed(SPEECH[:8000])
    ears.feed(SPEECH[8000:])
    assert ears.transcript() == Transcript("Good morning.", language="en")
    sent = server.asked[-1]
    assert sent.headers["content-type"].startswith("multipart/form-data")
    assert b'name="language"\r\n\r\nen' in sent.body
    with wave.open(io.BytesIO(sent.body[sent.body.index(b"RIFF") :])) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getnframes()) == (16_000, 1, 16_000)


def test_of_several_languages_the_server_tells_which_it_was(server, engines):
    server.says["/v1/audio/transcriptions"] = body(b'{"text": "Bonjour.", "language": "french", "segments": []}')
    ears = engines.enter_context(closing(stt.load(options(server, languages=("en", "fr")))))
    ears.feed(SPEECH)
    assert ears.transcript().language == "fr"
    assert b"verbose_json" in server.asked[-1].body


def test_silence_is_never_sent(server, engines):
    ears = engines.enter_context(closing(stt.load(options(server))))
    ears.feed(np.zeros(16_000, np.float32))
    assert ears.transcript() == Transcript("")
    assert [asked.path for asked in server.asked] == ["/v1/models"]


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_wav_is_played_while_it_comes_at_the_rate_it_says(server, engines, size):
    def piecewise(_asked: Asked, send: Send) -> None:
        send(head("audio/wav"))
        sound = bytearray(wav(22_050, 300, channels=2))
        sound[4:8] = sound[40:44] = b"\xff\xff\xff\xff"  # as one who streams writes it
        for at in range(0, len(sound), size):
            send(bytes(sound[at : at + size]))

    server.says["/v1/audio/speech"] = piecewise
    voice = engines.enter_context(closing(tts.load(options(server, "tts-1", voice="nova", speed="1.2"))))
    sound = np.concatenate(list(voice.speak("Hello.", language="en", role="persona")))
    assert voice.sample_rate == 22_050
    assert np.array_equal(sound, np.full(300, 0.5, np.float32))
    assert asked_for(server) == {
        "input": "Hello.",
        "voice": "nova",
        "response_format": "wav",
        "model": "tts-1",
        "speed": 1.2,
    }


def test_bare_pcm_has_the_rate_of_the_settings_and_the_system_speaks_at_its_own_pace(server, engines):
    server.says["/v1/audio/speech"] = body(b"\x00\x40" * 240, "application/octet-stream")
    voice = engines.enter_context(closing(tts.load(options(server, format="pcm", rate="16000", speed="1.5"))))
    assert sum(part.size for part in voice.speak("Hi.", language="en", role="system")) == 240
    assert voice.sample_rate == 16_000
    assert "speed" not in asked_for(server)


# --- the way there ---


def test_a_socket_of_files_is_a_server_as_well(tmp_path, engines):
    server = engines.enter_context(serving(tmp_path / "s"))
    server.says[CHAT] = body(words("Well."), "text/event-stream")
    model = engines.enter_context(closing(llm.load(options(server))))
    assert "".join(model.reply(PROMPT)) == "Well."


def test_a_gate_leads_to_one_server_and_is_gone_when_closed(server, engines, tmp_path):
    server.says[CHAT] = body(words("Well."), "text/event-stream")
    with closing(Gate(address.read(server.url), tmp_path / "run" / "llm.gate")) as gate:
        model = engines.enter_context(closing(llm.load(options(server, socket=str(gate.socket)))))
        assert "".join(model.reply(PROMPT)) == "Well."
        assert gate.socket.stat().st_mode & 0o077 == 0
    assert not gate.socket.exists()
    with pytest.raises(EngineLostError, match="cannot be reached"):
        list(model.reply(PROMPT))


def test_no_proxy_of_the_environment_is_used(server, engines, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    engines.enter_context(closing(llm.load(options(server))))
    assert server.asked[-1].path == "/v1/models"


@pytest.mark.parametrize(
    ("url", "away", "name"),
    [
        ("http://127.0.0.1:8000/v1", False, "127.0.0.1:8000"),
        ("http://localhost:11434/v1/", False, "localhost:11434"),
        ("http://[::1]:8000/v1", False, "::1:8000"),
        ("unix:/run/llama.sock", False, "/run/llama.sock"),
        ("http://10.0.0.5:8000/v1", True, "10.0.0.5:8000"),
        ("https://models.example.org/v1", True, "models.example.org:443"),
        ("http://localhost.example.org/v1", True, "localhost.example.org:80"),
    ],
)
def test_what_leaves_this_computer_is_told_from_what_does_not(url, away, name):
    assert (address.read(url).away, address.read(url).name) == (away, name)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gpu:8000",
        "ftp://gpu/v1",
        "http:///v1",
        "http://gpu:99999/v1",
        "unix:here",
        "http://me:secret@gpu/v1",
        "http://gpu/v1?key=secret",
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence_that_quotes_no_password(url):
    with pytest.raises(ConfigurationError) as caught:
        address.read(url)
    assert "secret" not in str(caught.value)


# --- the key ---


def test_a_key_comes_from_a_variable_or_a_file_of_ones_own(server, engines, tmp_path, monkeypatch):
    monkeypatch.setenv("SERVER_KEY", "s3cret")
    engines.enter_context(closing(llm.load(options(server, key_env="SERVER_KEY"))))
    assert server.asked[-1].headers["authorization"] == "Bearer s3cret"
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text("other\n")
    engines.enter_context(closing(llm.load(options(server, key_file=str(file)))))
    assert server.asked[-1].headers["authorization"] == "Bearer other"


def wrong_keys(folder: Path) -> dict[str, dict[str, str]]:
    for name, text, mode in (
        ("open", "s3cret", 0o644),
        ("odd", "s3cret\nHost: elsewhere", 0o600),
        ("empty", "", 0o600),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(mode)
    return {
        "unset": {"key_env": "NO_SUCH_KEY"},
        "both": {"key_env": "HOME", "key_file": "x"},
        "missing": {"key_file": str(folder / "missing")},
        **{name: {"key_file": str(folder / name)} for name in ("open", "odd", "empty")},
    }


@pytest.mark.parametrize("case", ["unset", "both", "missing", "open", "odd", "empty"])
def test_a_key_of_no_use_is_refused_before_anything_is_sent_and_is_quoted_nowhere(server, tmp_path, case):
    with pytest.raises(ConfigurationError) as caught:
        llm.load(options(server, **wrong_keys(tmp_path)[case]))
    assert "s3cret" not in str(caught.value)
    assert not server.asked


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_key_that_is_not_taken_is_found_out_at_once(server, status):
    server.says["/v1/models"] = body(b"{}", status=status)
    with pytest.raises(EngineLostError, match="does not take the key"):
        llm.load(options(server))
