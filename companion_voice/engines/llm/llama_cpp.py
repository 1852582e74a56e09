"""Language models in GGUF files, through llama.cpp.

Keeps what it computed for the longest common beginning of two prompts, takes a prompt in small batches so that a
cancel is heard between them, and never uses the prompt template inside a model file.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import llama_cpp
import msgspec

from companion_voice.engines import tuning
from companion_voice.engines.llm import gguf_header, templates
from companion_voice.engines.llm.templates import Template
from companion_voice.engines.llm.written import Written
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import ConfigurationError, EngineError, ModelError
from companion_voice.events import Prompt

_BATCH = 64
"""Tokens taken in at a time: large enough to be quick, small enough to be interrupted."""
_REMEMBERED = 2048
"""Stretches of text whose tokens are remembered, so that a long history is not taken apart anew each turn."""
_WARM_UP = 8
"""Tokens taken in at the start: more than one, because one alone does not use the code that takes in prompts."""
_FORGET_AT_ONCE = 8
"""Messages left out at a time when a conversation outgrows the context: the prompt then begins the same for a while."""


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set."""

    template: str = "chatml"
    """The family of the model; see `templates`."""
    context: Annotated[int, msgspec.Meta(ge=512, le=131072)] = 4096
    """Tokens of prompt and reply together."""
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 220
    """Tokens of the longest reply."""
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.7
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.9
    repeat_penalty: Annotated[float, msgspec.Meta(ge=1, le=2)] = 1.05
    seed: Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFFFF)] = llama_cpp.LLAMA_DEFAULT_SEED
    """The same number gives the same replies; the default means another one each time."""


class _Model(llama_cpp.Llama):
    """llama.cpp's model, kept away from its AMX kernels.

    Compiled by gcc 12 they load an empty tile configuration and crash on processors that have AMX
    (ggml-org/llama.cpp#20824, #26954). `Llama` has no parameter for it, so the attribute is caught on its way.
    """

    @property
    def model_params(self) -> llama_cpp.llama_model_params:
        return self._model_params

    @model_params.setter
    def model_params(self, params: llama_cpp.llama_model_params) -> None:
        if b"AMX_INT8 = 1" in llama_cpp.llama_print_system_info():
            params.use_extra_bufts = False
        self._model_params = params


def load(options: EngineOptions) -> "LlamaCpp":
    """Return the model in the file `options.model`. Raises `ModelError` or `ConfigurationError`."""
    chosen = tuning.typed(options, Tuning)
    template = templates.named(chosen.template)
    if 2 * chosen.max_tokens > chosen.context:
        raise ConfigurationError("`max_tokens` takes more than half of `context`, which leaves no room for a prompt.")
    path = Path(options.model)
    gguf_header.check(path)
    try:
        model = _Model(
            str(path),
            n_ctx=chosen.context,
            n_batch=_BATCH,
            n_ubatch=_BATCH,
            n_threads=options.threads,
            n_threads_batch=options.threads,
            seed=chosen.seed,
            chat_format="chatml",  # never used, but the file's own would be chosen otherwise
            verbose=False,
        )
    except ValueError as error:
        raise ModelError(
            f"The model {path} is damaged, or of a kind that llama.cpp does not know.",
            "Fetch it again with `companion models pull`.",
        ) from error
    return LlamaCpp(model, template, chosen)


class LlamaCpp:
    """One model and the conversation it has computed so far. A `LanguageModel`."""

    def __init__(self, model: llama_cpp.Llama, template: Template, chosen: Tuning) -> None:
        self._model = model
        self._template = template
        self._tuning = chosen
        self._tokens = lru_cache(_REMEMBERED)(self._tokenised)
        self._ends = {token for end in template.ends if len(ids := self._tokens(end, True)) == 1 for token in ids}
        self.reused = 0.0
        """How much of the last prompt had been computed before, 0 to 1."""
        self._warm_up()

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply as it is written; an empty piece is only a moment to be cancelled in.

        Raises `EngineError` when even the last message alone is too long.
        """
        tokens = self._fitting(prompt)
        for _ in self._take_in(tokens):
            yield ""
        written = Written(self._template.ends)
        for count, token in enumerate(self._generate(tokens), start=1):
            if self._is_end(token):
                break
            yield written.add(self._model.detokenize([token]))
            if written.over or count >= self._tuning.max_tokens:
                break
        yield written.add(b"", last=True)

    def tokens(self, prompt: Prompt) -> list[int]:
        """Return a whole prompt as the model sees it."""
        parts = templates.segments(self._template, prompt)
        return [token for text, special in parts for token in self._tokens(text, special)]

    def _fitting(self, prompt: Prompt) -> list[int]:
        room = self._model.n_ctx() - self._tuning.max_tokens
        messages = prompt.messages
        while len(tokens := self.tokens(msgspec.structs.replace(prompt, messages=messages))) > room:
            if len(messages) <= 1:
                raise EngineError("That is more than the language model can take in at once.")
            messages = messages[min(_FORGET_AT_ONCE, len(messages) - 1) :]
        return tokens

    def _take_in(self, tokens: list[int]) -> Iterator[None]:
        """Compute all of a prompt but its last batch, which `Llama.generate` does, stopping after each batch."""
        model = self._model
        known = model.longest_token_prefix(list(model.eval_tokens), tokens)
        self.reused = known / len(tokens)
        last = len(tokens) - 1
        if known < last and not self._rewind(known):
            known = 0
        while known + _BATCH < last:
            model.eval(tokens[known : known + _BATCH])
            known += _BATCH
            yield

    def _rewind(self, length: int) -> bool:
        """Forget what was computed after `length` tokens; False where a model can only forget everything."""
        memory = llama_cpp.llama_get_memory(self._model.ctx)
        if llama_cpp.llama_memory_seq_rm(memory, -1, length, -1):
            self._model.n_tokens = length
            return True
        self._model.reset()  # type: ignore[no-untyped-call]
        return False

    def _generate(self, tokens: list[int]) -> Iterator[int]:
        chosen = self._tuning
        written: Iterator[int] = self._model.generate(
            tokens, temp=chosen.temperature, top_p=chosen.top_p, repeat_penalty=chosen.repeat_penalty
        )
        return written

    def _is_end(self, token: int) -> bool:
        vocabulary = llama_cpp.llama_model_get_vocab(self._model.model)
        return token in self._ends or llama_cpp.llama_vocab_is_eog(vocabulary, token)

    def _tokenised(self, text: str, special: bool) -> tuple[int, ...]:
        return tuple(self._model.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=special))

    def _warm_up(self) -> None:
        """Run the model once: its weights come into memory, and a broken one, or a broken build, shows now."""
        self._model.eval([0] * _WARM_UP)
        self._model.reset()  # type: ignore[no-untyped-call]
