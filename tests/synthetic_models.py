"""Models of our own making, for the real engines: any size, no download, and what they say is fixed.

    python -m tests.synthetic_models --size micro|real OUT_DIR

They go through the real loaders (CTranslate2, llama.cpp, onnxruntime). The `real` ones also cost what real ones cost
(Whisper base, a language model of half a billion weights, a Piper voice of medium quality), because cost depends on
shapes and not on values. What they say is built in: Whisper's positions point at the words of `SENTENCE`, each word
of `REPLY` points at the next one, and each phoneme of the voice sounds for `PHONEME` seconds. They tell nothing about
how well anything is heard, answered or pronounced.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SENTENCE = "What is the capital of France?"
REPLY = (
    "Paris is the capital of France, and I would love to hear what you like about it. "
    "Have friends ever walked along its river at night?"
)
Weights = NDArray[np.float32]
_QUIET = 1e-5
"""Layers this faint cost their time and change nothing."""


class WhisperShape(NamedTuple):
    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int


class LlamaShape(NamedTuple):
    layers: int
    width: int
    heads: int
    key_heads: int
    inner: int
    vocabulary: int
    learnt: int
    """Tokens of the vocabulary that are learnt from text, so that a prompt costs a realistic number of them."""


WHISPER = {"micro": WhisperShape(64, 2, 2, 128, 400), "real": WhisperShape(512, 6, 8, 2048, 50257)}
LLAMA = {
    "micro": LlamaShape(2, 64, 2, 1, 128, 1600, 1200),
    "real": LlamaShape(24, 896, 14, 2, 4864, 151936, 16000),
}


# --- hearing ---------------------------------------------------------------------------------------------------------


def whisper(folder: Path, size: str = "micro", *, sentence: str = SENTENCE, language: str = "en") -> Path:
    """Write a CTranslate2 folder that hears `sentence`, in `language`, in any sound. Return `folder`."""
    from ctranslate2.specs import whisper_spec

    shape = WHISPER[size]
    words = ["Ġ" + word for word in sentence.split()]
    plain, special = _whisper_tokens(words, shape.vocabulary)
    tokens = plain + special
    spec = whisper_spec.WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    _fill_encoder(spec.encoder, shape)
    _fill_decoder(spec.decoder, shape, tokens, words, language)
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("<|endoftext|>")]
    spec.config.lang_ids = [tokens.index(f"<|{code}|>") for code in _languages()]
    spec.config.alignment_heads = [(shape.layers - 1, 0)]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    _save_tokenizer(folder / "tokenizer.json", plain, special)
    return folder


def _languages() -> list[str]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    return [code for code in _LANGUAGE_CODES if code != "yue"]  # the one that came later


def _whisper_tokens(words: list[str], size: int) -> tuple[list[str], list[str]]:
    """Return the plain tokens, `size` of them, and the special ones. An empty one tells CTranslate2: multilingual."""
    plain = [*_byte_alphabet(), *dict.fromkeys(words)]
    plain += [f"t{n}" for n in range(size - len(plain) - 1)] + [""]
    tasks = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _languages()), *tasks]
    return plain, special + [f"<|{n * 0.02:.2f}|>" for n in range(1501)]


def _byte_alphabet() -> list[str]:
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())


def _save_tokenizer(file: Path, plain: list[str], special: list[str]) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(plain)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    tokenizer.save(str(file))


def _fill_encoder(encoder: Any, shape: WhisperShape) -> None:
    rng = np.random.default_rng(0)
    width = shape.width
    encoder.conv1.weight, encoder.conv1.bias = _noise(rng, width, 80, 3), np.zeros(width, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = _noise(rng, width, width, 3), np.zeros(width, np.float32)
    encoder.position_encodings.encodings = _noise(rng, 1500, width)
    _fill_norm(encoder.layer_norm, width)
    for layer in encoder.layer:
        _fill_attention(rng, layer.self_attention, width, (3 * width, width))
        _fill_feed_forward(rng, layer.ffn, width, shape.inner)


def _fill_decoder(decoder: Any, shape: WhisperShape, tokens: list[str], words: list[str], language: str) -> None:
    rng = np.random.default_rng(1)
    width = shape.width
    embedding = _noise(rng, len(tokens), width, scale=2 / np.sqrt(width))
    script = [tokens.index(word) for word in [*words, "<|endoftext|>"]]
    positions = np.zeros((448, width), np.float32)
    positions[0] = 6 * embedding[tokens.index(f"<|{language}|>")]
    for position in range(3, 448):  # 0 to 3 hold the start, the language, the task and <|notimestamps|>
        positions[position] = 6 * embedding[script[min(position - 3, len(script) - 1)]]
    decoder.embeddings.weight = decoder.projection.weight = embedding
    decoder.position_encodings.encodings = positions
    decoder.scale_embeddings = False
    _fill_norm(decoder.layer_norm, width)
    for layer in decoder.layer:
        _fill_attention(rng, layer.self_attention, width, (3 * width, width), last=_QUIET)
        _fill_attention(rng, layer.attention, width, (width, 2 * width, width), last=_QUIET)
        _fill_feed_forward(rng, layer.ffn, width, shape.inner, last=_QUIET)


def _noise(rng: np.random.Generator, *shape: int, scale: float = 0.02) -> Weights:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(scale)


def _fill_linear(rng: np.random.Generator, layer: Any, size_in: int, size_out: int, scale: float = 0.02) -> None:
    layer.weight, layer.bias = _noise(rng, size_out, size_in, scale=scale), np.zeros(size_out, np.float32)


def _fill_norm(layer: Any, width: int) -> None:
    layer.gamma, layer.beta = np.ones(width, np.float32), np.zeros(width, np.float32)


def _fill_attention(
    rng: np.random.Generator, layer: Any, width: int, sizes: tuple[int, ...], last: float = 0.02
) -> None:
    _fill_norm(layer.layer_norm, width)
    for linear, size in zip(layer.linear, sizes, strict=True):
        _fill_linear(rng, linear, width, size, last if linear is layer.linear[-1] else 0.02)


def _fill_feed_forward(rng: np.random.Generator, layer: Any, width: int, inner: int, last: float = 0.02) -> None:
    _fill_norm(layer.layer_norm, width)
    _fill_linear(rng, layer.linear_0, width, inner)
    _fill_linear(rng, layer.linear_1, inner, width, last)


# --- answering -------------------------------------------------------------------------------------------------------


def llama(file: Path, size: str = "micro", *, reply: str = REPLY, repeated_token: bool = False) -> Path:
    """Write a GGUF that answers `reply` to any chatml prompt. Return `file`.

    No word may stand twice in `reply`, since a token points at one successor. With `repeated_token` one stands twice
    in the vocabulary, which makes llama.cpp abort its process.
    """
    import gguf

    shape = LLAMA[size]
    tokens, merges, script = _llama_tokens(shape, reply)
    if repeated_token:
        tokens[-1] = tokens[-2]
    file.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(str(file), "llama")
    _write_shape(writer, shape)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * (len(tokens) - 3))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, weights, faithful in _llama_weights(shape, script):
        _add_weights(writer, name, weights, faithful=faithful)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _llama_tokens(shape: LlamaShape, reply: str) -> tuple[list[str], list[str], list[int]]:
    """Return vocabulary, merges, and the tokens of the reply: from the newline before it to the end after it."""
    learnt, merges = _byte_pairs(shape.learnt)
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *learnt]
    words = [("Ġ" if n else "") + word for n, word in enumerate(reply.split())]
    if len(set(words)) != len(words):
        raise ValueError("a word stands twice in the reply")
    tokens += [word for word in words if word not in tokens]
    tokens += [f"Ġ:{n}:" for n in range(shape.vocabulary - len(tokens))]
    return tokens, merges, [tokens.index(token) for token in ["Ċ", *words, "<|im_end|>"]]


def _byte_pairs(size: int) -> tuple[list[str], list[str]]:
    """Return the tokens and merges of a byte-level vocabulary, learnt from Python's own help texts."""
    from pydoc_data.topics import topics

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(topics.values(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return sorted(model["vocab"], key=model["vocab"].get), [" ".join(pair) for pair in model["merges"]]


def _write_shape(writer: Any, shape: LlamaShape) -> None:
    writer.add_name("synthetic")
    writer.add_context_length(8192)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(1e5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(shape.vocabulary)


def _llama_weights(shape: LlamaShape, script: list[int]) -> Iterator[tuple[str, Weights, bool]]:
    """Yield name, values and whether they must be kept faithfully, for every tensor."""
    rng = np.random.default_rng(0)
    width, inner = shape.width, shape.inner
    keys = width // shape.heads * shape.key_heads
    embedding = _noise(rng, shape.vocabulary, width, scale=1)
    output = _noise(rng, shape.vocabulary, width)
    output[script[1:]] = embedding[script[:-1]]
    yield "token_embd.weight", embedding, True
    yield "output.weight", output, True
    yield "output_norm.weight", np.ones(width, np.float32), True
    for layer in range(shape.layers):
        block = f"blk.{layer}."
        for norm in ("attn_norm", "ffn_norm"):
            yield f"{block}{norm}.weight", np.ones(width, np.float32), True
        for name, rows, columns in (("attn_q", width, width), ("attn_k", keys, width), ("attn_v", keys, width)):
            yield f"{block}{name}.weight", _noise(rng, rows, columns), False
        yield f"{block}attn_output.weight", _noise(rng, width, width, scale=_QUIET), False
        for name in ("ffn_gate", "ffn_up"):
            yield f"{block}{name}.weight", _noise(rng, inner, width), False
        yield f"{block}ffn_down.weight", _noise(rng, width, inner, scale=_QUIET), False


def _add_weights(writer: Any, name: str, weights: Weights, *, faithful: bool) -> None:
    from gguf import GGMLQuantizationType, quants

    if weights.ndim == 1:
        writer.add_tensor(name, weights)
        return
    kind = GGMLQuantizationType.Q8_0 if faithful else GGMLQuantizationType.Q4_0
    writer.add_tensor(name, quants.quantize(weights, kind), raw_dtype=kind)


def main() -> None:
    from tests.synthetic_voice import voice

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=["micro", "real"], required=True)
    parser.add_argument("folder", metavar="OUT_DIR", type=Path)
    chosen = parser.parse_args()
    for made in (
        whisper(chosen.folder / "whisper", chosen.size),
        llama(chosen.folder / "llama.gguf", chosen.size),
        voice(chosen.folder / "voice.onnx", chosen.size),
    ):
        sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
