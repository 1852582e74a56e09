"""Filling in a form under a grammar: a language model writes JSON that fits a schema and cannot write anything else.

The conversation's own prompt is put back afterwards, so that the next reply begins as quickly as if nothing had
happened. Knows nothing of what is filled in, and trusts none of it: that the form fits does not make it true.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Final

import llama_cpp

from companion_voice.engines.llm.context import Context
from companion_voice.errors import EngineError

MOST: Final = 640
"""Tokens of the longest form; what is longer is cut off, and is then no JSON."""


def fill_in(model: llama_cpp.Llama, context: Context, tokens: Sequence[int], schema: str) -> Iterator[bytes]:
    """Yield the bytes of a JSON document that fits `schema`, as the answer to a prompt of these `tokens`.

    An empty piece is only a moment to be left in; closing the iterator leaves the work. Raises `EngineError` where the
    prompt is too long or the schema cannot be made a grammar.
    """
    if len(tokens) + MOST > model.n_ctx():
        raise EngineError("That is more than the language model can take in at once.")
    vocabulary = llama_cpp.llama_model_get_vocab(model.model)
    with _sampler(vocabulary, grammar(schema)) as chooser, _kept(context):
        for _ in context.take_in(tokens, to_go_on=True):
            yield b""
        for token in islice(context.choices(chooser), MOST):
            if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                return
            yield model.detokenize([token])


@lru_cache(8)
def grammar(schema: str) -> str:
    """Return a JSON schema as a grammar of llama.cpp (GBNF). Raises `EngineError`."""
    try:
        return llama_cpp.llama_grammar.json_schema_to_gbnf(schema)  # type: ignore[no-any-return]
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise EngineError("That form cannot be made a grammar.") from error


@contextmanager
def _sampler(vocabulary: object, text: str) -> Iterator["llama_cpp.llama_sampler_p"]:
    """Yield what always takes the likeliest token that the grammar allows."""
    rules = llama_cpp.llama_sampler_init_grammar(vocabulary, text.encode(), b"root")
    if not rules:
        raise EngineError("llama.cpp does not take that grammar.")
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    for link in (rules, llama_cpp.llama_sampler_init_greedy()):
        llama_cpp.llama_sampler_chain_add(chain, link)
    try:
        yield chain
    finally:
        llama_cpp.llama_sampler_free(chain)


@contextmanager
def _kept(context: Context) -> Iterator[None]:
    """Put back what had been computed, also when the work is left."""
    tokens, state = context.tokens, context.state()
    try:
        yield
    finally:
        if tokens:
            context.restore(tokens, state)
        else:
            context.forget()
