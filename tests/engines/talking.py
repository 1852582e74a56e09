"""How the tests of llama.cpp talk with a model of our own making."""

from pathlib import Path

from companion_voice.engines.llm import llama_cpp
from companion_voice.engines.llm.llama_cpp import LlamaCpp
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import Message, Prompt

HEAD = "You are Ada, a program that talks with one person on their own computer. " * 8


def model_of(file: Path, cache: Path | str = "", **tuning: str) -> LlamaCpp:
    return llama_cpp.load(EngineOptions(model=str(file), threads=1, tuning=tuning, cache=str(cache)))


def prompt_of(*texts: str, head: str = HEAD) -> Prompt:
    """Return a prompt in which the person spoke first."""
    messages = (Message("companion" if n % 2 else "person", text) for n, text in enumerate(texts))
    return Prompt(head, tuple(messages), "Ada", "en", "2025-01-01T12:00:00+00:00")


def reply_of(model: LlamaCpp, *texts: str, head: str = HEAD) -> str:
    return "".join(model.reply(prompt_of(*texts, head=head)))


def prefill(model: LlamaCpp, *texts: str, head: str = HEAD) -> int:
    """Return how often the work could have been left."""
    return sum(1 for _ in model.prefill(prompt_of(*texts, head=head)))
