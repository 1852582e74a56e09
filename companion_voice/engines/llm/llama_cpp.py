"""Language models in GGUF files, through llama.cpp.

Keeps what it computed for the longest common beginning of two prompts, takes a prompt in small batches so that a
cancel is heard between them, and never uses the prompt template inside a model file.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import llama_cpp
import msgspec
from msgspec.structs import replace

from companion_voice.engines import tuning
from companion_voice.engines.llm import amx, extraction, gguf_header, saved_heads, templates, window
from companion_voice.engines.llm.context import BATCH, Context
from companion_voice.engines.llm.sampling import Sampling, sampler
from companion_voice.engines.llm.saved_heads import SavedHeads
from companion_voice.engines.llm.spelling import Piece, Spelling
from companion_voice.engines.llm.templates import Segment, Template
from companion_voice.engines.llm.written import Written
from companion_voice.engines.protocols import EngineOptions, Usage
from companion_voice.errors import ConfigurationError, EngineError, ModelError
from companion_voice.events import Message, Prompt

_WARM_UP = 8
"""Tokens taken in at the start: more than one, because one alone does not use the code that takes in prompts."""


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

    @property
    def sampling(self) -> Sampling:
        """How tokens are chosen."""
        return Sampling(self.temperature, self.top_p, self.repeat_penalty, self.seed)


class _Model(llama_cpp.Llama):
    """llama.cpp's model, with the kernels for repacked weights, and those for AMX only where they work.

    `Llama` has no parameter for it, so the attribute is caught on its way.
    """

    def __init__(self, path: Path, **parameters: object) -> None:
        with nullcontext(True) if amx.usable() else amx.refused() as self._extra_kernels:
            super().__init__(str(path), **parameters)  # type: ignore[arg-type]

    @property
    def model_params(self) -> llama_cpp.llama_model_params:
        return self._model_params

    @model_params.setter
    def model_params(self, params: llama_cpp.llama_model_params) -> None:
        params.use_extra_bufts = self._extra_kernels
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
            path,
            n_ctx=chosen.context,
            n_batch=BATCH,
            n_ubatch=BATCH,
            n_threads=options.threads,
            n_threads_batch=options.threads,
            chat_format="chatml",  # never used, but the file's own would be chosen otherwise
            verbose=False,
        )
    except ValueError as error:
        raise ModelError(
            f"The model {path} is damaged, or of a kind that llama.cpp does not know.",
            "Fetch it again with `companion models pull`.",
        ) from error
    heads = SavedHeads(Path(options.cache), _fingerprint(path, model)) if options.cache else None
    return LlamaCpp(model, template, chosen, heads)


def _fingerprint(path: Path, model: llama_cpp.Llama) -> bytes:
    """Return what stands for everything that the state of a model depends on besides its tokens."""
    context = model.context_params
    build = llama_cpp.__version__, llama_cpp.llama_print_system_info()
    shape = context.n_ctx, context.type_k, context.type_v, context.flash_attn_type, context.swa_full
    return saved_heads.fingerprint(path, *build, *shape)


class LlamaCpp:
    """One model and what it has computed so far: a `LanguageModel` that is `Prefilling`, `Extracting`, `Counting`."""

    def __init__(self, model: llama_cpp.Llama, template: Template, chosen: Tuning, heads: SavedHeads | None) -> None:
        self._model = model
        self._template = template
        self._tuning = chosen
        self._heads = heads
        self._context = Context(model)
        self._spelling = Spelling(model)
        self._vocabulary = llama_cpp.llama_model_get_vocab(model.model)
        ends = (self._spelling.tokens([Segment(end, special=True)]) for end in template.ends)
        self._ends = {tokens[0] for tokens in ends if len(tokens) == 1}
        self.usage = Usage()
        self._warm_up()

    def reply(self, prompt: Prompt) -> Iterator[str]:
        """Yield the reply as it is written; an empty piece is only a moment to be cancelled in.

        Raises `EngineError` when even the last message alone is too long.
        """
        shown = self._shown(prompt)
        tokens = self.tokens(shown)
        if len(tokens) > self._room:
            raise EngineError("That is more than the language model can take in at once.")
        before = self._context.computed
        for _ in chain(self._have_head(shown), self._context.take_in(tokens, to_go_on=True)):
            yield ""
        self.usage = Usage(len(tokens), len(tokens) - (self._context.computed - before))
        yield from self._write()

    def prefill(self, prompt: Prompt) -> Iterator[None]:
        """Take in a prompt up to where the person's words will go on, stopping after each batch."""
        shown = self._shown(_settled(prompt))
        tokens = self._spelling.tokens(templates.unfinished(self._template, shown))
        if len(tokens) <= self._room:
            yield from self._have_head(shown)
            yield from self._context.take_in(tokens)

    def extract(self, prompt: Prompt, schema: str) -> Iterator[bytes]:
        """Yield a JSON document that fits `schema`. Raises `EngineError` when the prompt is too long for it."""
        yield from extraction.fill_in(self._model, self._context, self.tokens(prompt), schema)

    def tokens(self, prompt: Prompt) -> list[int]:
        """Return a whole prompt as the model sees it."""
        return self._spelling.tokens(templates.segments(self._template, prompt))

    @property
    def _room(self) -> int:
        return self._model.n_ctx() - self._tuning.max_tokens

    def _shown(self, prompt: Prompt) -> Prompt:
        """Return the prompt without the messages that there is no room for."""
        room = self._room - len(self.tokens(replace(prompt, messages=(Message("person", ""),))))
        lengths = [len(self._spelling.tokens(templates.turn(self._template, message))) for message in prompt.messages]
        return replace(prompt, messages=prompt.messages[window.first_shown(prompt.messages, lengths, room) :])

    def _have_head(self, prompt: Prompt) -> Iterator[None]:
        """See to it that a head is computed, or read where it was saved, and saved where it was not."""
        if self._heads is None:
            return
        head = self._spelling.tokens(templates.head(self._template, prompt))
        if self._context.common(head) == len(head):
            return
        state = self._heads.read(head)
        if state and self._context.restore(head, state):
            return
        yield from self._context.take_in(head)
        self._heads.write(head, self._context.state())

    def _write(self) -> Iterator[str]:
        written, pieces = Written(self._template.ends), list[Piece]()
        try:
            with sampler(self._tuning.sampling, self._model.n_vocab()) as chooser:
                for token in islice(self._context.choices(chooser), self._tuning.max_tokens):
                    if self._is_end(token):
                        break
                    pieces.append(Piece(token, self._model.detokenize([token])))
                    yield written.add(pieces[-1].data)
                    if written.over:
                        break
            yield written.add(b"", last=True)
        finally:
            self._spelling.remember(pieces)

    def _is_end(self, token: int) -> bool:
        return token in self._ends or llama_cpp.llama_vocab_is_eog(self._vocabulary, token)

    def _warm_up(self) -> None:
        """Use the model once: its weights come into memory, and a broken one, or a broken build, shows now."""
        for _ in self._context.take_in([0] * _WARM_UP):
            pass
        with sampler(self._tuning.sampling, self._model.n_vocab()) as chooser:
            for _ in islice(self._context.choices(chooser), 2):
                pass
        self._context.forget()


def _settled(prompt: Prompt) -> Prompt:
    """Return a prompt that ends with the person's words so far, without the last, which may still become another."""
    *before, last = prompt.messages or (Message("companion", ""),)
    if last.who == "person":
        return replace(prompt, messages=(*before, Message("person", last.text.strip().rpartition(" ")[0])))
    return replace(prompt, messages=(*prompt.messages, Message("person", "")))
