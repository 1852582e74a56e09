"""Language models behind a server of the OpenAI kind: llama-server, Ollama, vLLM and others.

`POST chat/completions`, streamed. The server has its own template; what a model is shown, and in which role, is what
the local templates show it. The server's tokens are not known here, so the room for a prompt is reckoned.
"""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from companion_voice.engines import tuning
from companion_voice.engines.llm import window
from companion_voice.engines.protocols import EngineOptions, Usage
from companion_voice.engines.remote.access import Access
from companion_voice.engines.remote.server import Ask, Server, reached
from companion_voice.events import Message, Prompt

_LARGEST = 4 * 1024 * 1024
"""Bytes of an answer with all that a server writes around each token."""
_CHARACTERS_A_TOKEN = 3
_TOKENS_A_TURN = 8
_OVER = "[DONE]"


class Tuning(Access, frozen=True):
    """What may be set."""

    context: Annotated[int, msgspec.Meta(ge=512, le=131072)] = 4096
    """Tokens of prompt and reply together, as far as they can be reckoned from here."""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 220
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.7
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9
    seed: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)] | None = None
    """The same number asks for the same replies."""
    stop: str = ""
    """A text that ends a reply, for a server that does not know where its model's replies end."""


class _Delta(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta = _Delta()


class _Cached(msgspec.Struct, frozen=True):
    cached_tokens: int = 0


class _Spent(msgspec.Struct, frozen=True):
    prompt_tokens: int = 0
    prompt_tokens_details: _Cached | None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: list[_Choice] = []
    usage: _Spent | None = None
    error: Any = None


def load(options: EngineOptions) -> "OpenAICompatible":
    """Return the model `options.model` of the server. Raises `ConfigurationError` or `EngineLostError`."""
    chosen = tuning.typed(options, Tuning)
    return OpenAICompatible(reached(chosen), options.model, chosen)


class OpenAICompatible:
    """One model of one server: a `LanguageModel` that is `Counting`."""

    def __init__(self, server: Server, model: str, chosen: Tuning) -> None:
        self._server = server
        self._model = model
        self._tuning = chosen
        self.usage = Usage()
        self.close = server.close

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply as it comes; an empty piece is only a moment to be cancelled in. Closing it ends the stream.

        Raises `EngineError` when the server cannot answer this, and `EngineLostError` when it fails.
        """
        self.usage = Usage()
        ask = Ask("chat/completions", ("text/event-stream",), _LARGEST, json=self._question(prompt))
        for data in self._server.events(ask):
            if data == _OVER:
                return
            yield self._text(data) if data else ""
        # A stream may also end without saying so: what was written then stands.

    def _question(self, prompt: Prompt) -> dict[str, Any]:
        chosen = self._tuning
        asked: dict[str, Any] = {
            "messages": messages(self._shown(prompt)),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": chosen.max_tokens,
            "temperature": chosen.temperature,
            "top_p": chosen.top_p,
        }
        wanted = {"model": self._model, "stop": [chosen.stop] if chosen.stop else None, "seed": chosen.seed}
        return asked | {key: value for key, value in wanted.items() if value not in (None, "")}

    def _shown(self, prompt: Prompt) -> Prompt:
        """Return the prompt without the messages that there is no room for."""
        around = _tokens(prompt.head) + _tokens(prompt.reminder) + _tokens(prompt.note)
        room = max(0, self._tuning.context - self._tuning.max_tokens - around)
        lengths = [_tokens(message.text) for message in prompt.messages]
        shown = prompt.messages[window.first_shown(prompt.messages, lengths, room) :]
        return msgspec.structs.replace(prompt, messages=shown)

    def _text(self, data: str) -> str:
        try:
            chunk = msgspec.json.decode(data, type=_Chunk)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise self._server.lost("answered with something that is no answer") from error
        if chunk.error is not None:
            raise self._server.lost("could not go on with its answer")
        if chunk.usage:
            details = chunk.usage.prompt_tokens_details or _Cached()
            self.usage = Usage(chunk.usage.prompt_tokens, details.cached_tokens)
        return "".join(choice.delta.content or "" for choice in chunk.choices[:1])


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """Return a prompt as roles and contents; reminder and note stand around the person's last words."""
    told = [{"role": "system", "content": prompt.head.strip()}] if prompt.head.strip() else []
    told += [_told(message) for message in prompt.messages]
    if prompt.messages and prompt.messages[-1].who == "person":
        around = (prompt.reminder, told[-1]["content"], prompt.note)
        told[-1]["content"] = "\n\n".join(part for part in around if part)
    return told


def _told(message: Message) -> dict[str, str]:
    return {"role": "user" if message.who == "person" else "assistant", "content": message.text.strip()}


def _tokens(text: str) -> int:
    """Return a reckoning of how many tokens a text is, rather too many than too few in English and French."""
    return len(text) // _CHARACTERS_A_TOKEN + _TOKENS_A_TURN
