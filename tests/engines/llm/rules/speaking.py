"""A conversation with the rules, as a person would have it."""

from companion_voice.engines.llm.rules import load
from companion_voice.engines.protocols import EngineOptions
from companion_voice.events import Message, Prompt

NOW = "2026-11-22T16:10:00+01:00"
"""A Sunday."""

PARTNER = load(EngineOptions(languages=("en", "fr")))


def prompt(*turns: str, language: str = "en", now: str = NOW) -> Prompt:
    """Return the prompt for turns that begin with the person's and end with it."""
    messages = tuple(Message("companion" if n % 2 else "person", turn) for n, turn in enumerate(turns))
    return Prompt("You are Ada.", messages, "Ada", language, now)


def answer(*turns: str, language: str = "en", now: str = NOW) -> str:
    """Return the reply to the last of `turns`."""
    return "".join(PARTNER.reply(prompt(*turns, language=language, now=now)))


def conversation(language: str, said: list[str]) -> list[str]:
    """Return the replies to what a person says, turn by turn."""
    turns: list[str] = []
    for line in said:
        turns.append(line)
        turns.append(answer(*turns, language=language))
    return turns[1::2]
