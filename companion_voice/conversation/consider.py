"""What is done with what a person said, in one fixed order. Pure.

    crisis → stop → "what are you?" → goodbye → commands → talk

The first four are boundaries: they need no model and no persona can change them. (Crisis and commands have no rules
yet; their place is here.)
"""

from typing import TypeAlias

import msgspec

from companion_voice.boundaries.understanding import matches
from companion_voice.conversation.state import Sentence, State

MOST_WORDS = 1500
"""More than this is no turn of a conversation; a small model could not read it in a minute."""


class Stop(msgspec.Struct, frozen=True):
    """Be silent, and say nothing about it."""


class Say(msgspec.Struct, frozen=True):
    """Say something fixed."""

    sentences: tuple[Sentence, ...]
    ends: bool = False


class Ask(msgspec.Struct, frozen=True):
    """Let the language model answer."""


Decision: TypeAlias = Stop | Say | Ask


def consider(state: State, said: str) -> Decision:
    """Return what to do about `said`."""
    phrases, name = state.phrases, state.setup.name
    if matches(phrases.stop, said, name=name):
        return Stop()
    if matches(phrases.ask_identity, said, name=name):
        return Say((Sentence(phrases.identity.format(name=name), kind="identity"),))
    if matches(phrases.goodbye, said, name=name):
        return Say((Sentence(farewell(state)),), ends=True)
    if len(said.split()) > MOST_WORDS:
        return Say((Sentence(phrases.too_much),))
    return Ask()


def is_backchannel(state: State, said: str) -> bool:
    """Tell whether `said` only shows that the person listens ("mm-hm")."""
    return matches(state.phrases.backchannel, said)


def is_urgent(state: State, said: str) -> bool:
    """Tell whether `said` must work whoever it was meant for: "stop", or a goodbye."""
    phrases, name = state.phrases, state.setup.name
    return matches(phrases.stop, said, name=name) or matches(phrases.goodbye, said, name=name)


def greeting(state: State) -> str:
    """Return the persona's greeting, or a plain one when another language than the persona's is spoken."""
    own = state.setup.greeting if state.language == state.setup.language else ""
    return own or state.phrases.greeting.format(name=state.setup.name)


def farewell(state: State) -> str:
    """Return the persona's farewell, or a plain one when another language than the persona's is spoken."""
    own = state.setup.farewell if state.language == state.setup.language else ""
    return own or state.phrases.farewell


def foreign(state: State, language: str) -> Say:
    """Return what is said when a language was heard that this conversation does not speak."""
    phrases = state.phrases
    names = phrases.language_names
    spoken = [names.get(code, code) for code in state.setup.languages]
    joined = {"en": " and ", "fr": " et "}[state.language].join(spoken)
    heard = names.get(language, names["other"])
    return Say((Sentence(phrases.other_language.format(language=heard, languages=joined), kind="notice"),))
