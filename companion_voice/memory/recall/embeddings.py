"""Static word vectors: what words mean, without a model that runs. Read from WordLlama's wheel.

The two files are read directly, since its own loader (0.4.0) looks for its tokenizer in a folder that its wheel does
not have. Vectors are means of token vectors, of length one, and are stored as bytes. Knows nothing of the database.
"""

import importlib.util
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from companion_voice.errors import ModelError

DIMENSIONS = 256
SCALE = 400.0
"""What a number of a vector is multiplied with before it is rounded: hardly one of 256 numbers is beyond 127 / 400."""
LONGEST = 512
"""Tokens of a text that count: more is no turn of a conversation."""

HEAD = 64
"""Numbers of a vector that tell words of like meaning well enough: WordLlama is trained so that a head is a vector."""

BLOCK = 512
"""Words that are compared at once: so few that OpenBLAS does it in one thread. On a busy machine its threads wait for
each other, and a recall takes three times as long."""

_WHOLE_WORD = re.compile("▁[a-zà-öø-ÿœ]{3,}")

Floats = NDArray[np.float32]


@cache
def _weights() -> Floats:
    found: Floats = load_file(_folder() / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    return found.astype(np.float32)


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_folder() / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    # It takes no text apart before, so its cache would hold ten thousand whole texts, forgotten ones among them.
    tokenizer.model._resize_cache(0)  # noqa: SLF001 - as its own documentation does
    return tokenizer


def vectors(texts: Sequence[str]) -> Floats:
    """Return one vector of length one (or zero, without a token) for each text, shape (texts, 256).

    Raises `ModelError` when the weights are not installed.
    """
    tokenizer, weights = _tokenizer(), _weights()
    sums = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(sums, texts, strict=True):
        if tokens := tokenizer.encode(text, add_special_tokens=False).ids:
            row[:] = weights[tokens].sum(axis=0)
    return unit(sums)


def unit(rows: Floats) -> Floats:
    """Return rows of length one; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return units


def pack(rows: Floats) -> list[bytes]:
    """Return each row as 256 signed bytes."""
    return [row.tobytes() for row in np.rint(rows * SCALE).clip(-127, 127).astype(np.int8)]


def cosines(blobs: Sequence[bytes], text: str) -> Floats:
    """Return the cosine of each packed row to the meaning of `text`, 0 for the opposite."""
    rows = np.frombuffer(b"".join(blobs), dtype=np.int8).reshape(-1, DIMENSIONS).astype(np.float32)
    # Not `@`, for the same reason as `BLOCK`.
    likeness: Floats = np.einsum("ij,j->i", rows, vectors([text])[0] / SCALE)
    return likeness.clip(min=0)


@cache
def _vocabulary() -> tuple[list[str], Floats]:
    """Return the whole words in Latin letters that the tokenizer has, and the heads of their vectors."""
    whole = {token[1:]: number for token, number in _tokenizer().get_vocab().items() if _WHOLE_WORD.fullmatch(token)}
    return list(whole), unit(_weights()[list(whole.values()), :HEAD])


def whole_words() -> list[str]:
    """Return the words that have a vector of their own."""
    return _vocabulary()[0]


def related(words: Sequence[str], *, most: int, least: float) -> list[list[tuple[str, float]]]:
    """Return for each word at most `most` others with a cosine of at least `least`, nearest first."""
    known, matrix = _vocabulary()
    heads = unit(vectors([word.lower() for word in words])[:, :HEAD])
    near = np.concatenate([heads @ matrix[at : at + BLOCK].T for at in range(0, len(known), BLOCK)], axis=1)
    return [_nearest(known, row, word.lower(), most, least) for word, row in zip(words, near, strict=True)]


def _nearest(known: list[str], cosines: Floats, word: str, most: int, least: float) -> list[tuple[str, float]]:
    near = np.flatnonzero(cosines >= least)
    order = near[np.argsort(-cosines[near])]
    return [(known[place], float(cosines[place])) for place in order[: most + 1] if known[place] != word][:most]


def _folder() -> Path:
    """Return where WordLlama is installed, without importing it."""
    found = importlib.util.find_spec("wordllama")
    if not found or not found.origin:
        raise ModelError("The word vectors are not installed.", "Install the package `wordllama`.")
    return Path(found.origin).parent
