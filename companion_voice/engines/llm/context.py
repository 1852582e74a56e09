"""What a model has computed: the tokens it has taken in, and the state they left in it. Knows no text.

A thin cover of `llama_cpp.Llama`, which keeps the tokens (`input_ids`, `n_tokens`), and of the memory functions that
it has no methods for.
"""

import ctypes
from collections.abc import Iterator, Sequence

import llama_cpp

BATCH = 32
"""Tokens taken in at a time: large enough to be quick (64 are a tenth quicker), small enough to be interrupted."""
_SEQUENCE = 0


class Context:
    """One model's memory of one stretch of tokens."""

    def __init__(self, model: llama_cpp.Llama) -> None:
        self._model = model
        self.computed = 0
        """Tokens computed since it was made."""

    @property
    def tokens(self) -> list[int]:
        """What has been taken in."""
        known: list[int] = self._model.input_ids[: self._model.n_tokens].tolist()
        return known

    def common(self, tokens: Sequence[int]) -> int:
        """Return how many of `tokens`, from the first, have been taken in already."""
        count: int = self._model.longest_token_prefix(self.tokens, tokens)
        return count

    def take_in(self, tokens: Sequence[int], *, to_go_on: bool = False) -> Iterator[None]:
        """Take in all of `tokens` in place of what differs from them, stopping after each batch.

        `to_go_on` leaves the model ready to choose the token after them; it may be left undone at any stop.
        """
        known = min(self.common(tokens), len(tokens) - 1 if to_go_on else len(tokens))
        if known < len(tokens):
            known = self._rewind(known)
        for start in range(known, len(tokens), BATCH):
            self._compute(tokens[start : start + BATCH])
            yield

    def choices(self, sampler: "llama_cpp.llama_sampler_p") -> Iterator[int]:
        """Yield the tokens that follow, without end; each is taken in only when the next is asked for."""
        while True:
            token = llama_cpp.llama_sampler_sample(sampler, self._model.ctx, -1)
            yield token
            self._compute((token,))

    def forget(self) -> None:
        """Forget everything."""
        llama_cpp.llama_memory_clear(self._memory, False)
        self._model.n_tokens = 0

    def state(self) -> bytes:
        """Return what `tokens` left in the model."""
        size = llama_cpp.llama_state_seq_get_size(self._model.ctx, _SEQUENCE)
        buffer = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self._model.ctx, buffer, size, _SEQUENCE)
        return bytes(memoryview(buffer)[:written])

    def restore(self, tokens: Sequence[int], state: bytes) -> bool:
        """Put a `state` that `tokens` left once in place of everything; False, and nothing, if it does not fit."""
        self.forget()
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        read = llama_cpp.llama_state_seq_set_data(self._model.ctx, buffer, len(state), _SEQUENCE)
        if not read or llama_cpp.llama_memory_seq_pos_max(self._memory, _SEQUENCE) != len(tokens) - 1:
            self.forget()
            return False
        self._model.input_ids[: len(tokens)] = tokens
        self._model.n_tokens = len(tokens)
        return True

    @property
    def _memory(self) -> "llama_cpp.llama_memory_t | None":
        memory: llama_cpp.llama_memory_t | None = llama_cpp.llama_get_memory(self._model.ctx)
        return memory

    def _compute(self, tokens: Sequence[int]) -> None:
        self._model.eval(tokens)
        self.computed += len(tokens)

    def _rewind(self, length: int) -> int:
        """Forget what comes after `length` tokens; return how many are left, 0 where a model can only forget all."""
        if length < self._model.n_tokens:
            if not llama_cpp.llama_memory_seq_rm(self._memory, _SEQUENCE, length, -1):
                self.forget()
                return 0
            self._model.n_tokens = length
        return length
