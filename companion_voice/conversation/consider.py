"""What is done with what a person said, in one fixed order. Pure.

    crisis → stop → "what are you?" → goodbye → personas, memory, boundaries → topics → stories → talk

The first four are boundaries: they need no model and no persona can change them.
"""

from typing import TypeAlias

import msgspec

from companion_voice.boundaries import (
    commands,
    disclosure,
    fiction,
    goodbye,
    identity,
    limits,
    manner,
    protocol,
    topics,
)
from companion_voice.boundaries.crisis import State as Crisis
from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.understanding import leaves, matches, stops
from companion_voice.conversation import casting, requests, stories
from companion_voice.conversation.state import Sentence, State
from companion_voice.conversation.when import moment
from companion_voice.errors import BoundaryError
from companion_voice.persona.evolution import requests as evolution

MOST_WORDS = 1500
"""More than this is no turn of a conversation; a small model could not read it in a minute."""


class Stop(msgspec.Struct, frozen=True):
    """Be silent, and say nothing about it."""


class Say(msgspec.Struct, frozen=True):
    """Say something fixed."""

    sentences: tuple[Sentence, ...]
    ends: bool = False
    shown: str = ""
    """What stays on the screen besides."""
    crisis: Crisis | None = None
    """Where the protocol of a crisis stands from now on, if that changes."""
    boundaries: Boundaries | None = None
    """What the person has set, if that changes."""
    story: bool | None = None
    """Whether a story runs from now on, if that changes."""


class Ask(msgspec.Struct, frozen=True):
    """Let the language model answer, after what must be said first."""

    first: tuple[Sentence, ...] = ()
    shown: str = ""
    crisis: Crisis | None = None
    story: bool | None = None


class AskMemory(msgspec.Struct, frozen=True):
    """Let memory do what the person asks of it."""

    request: requests.AnyRequest | evolution.Request


class Decide(msgspec.Struct, frozen=True):
    """Keep a change of the persona that was asked about, or let it be."""

    kept: bool


class Become(msgspec.Struct, frozen=True):
    """Let another persona take over."""

    persona: str


Decision: TypeAlias = Stop | Say | Ask | AskMemory | Decide | Become


def waits(decision: Decision) -> bool:
    """Tell whether a decision changes something, so that nothing may be done before the person has finished."""
    match decision:
        case AskMemory() | Decide() | Become():
            return True
        case Say(crisis=None, boundaries=None, story=None) | Ask(crisis=None, story=None) | Stop():
            return False
        case Say() | Ask():
            return True


def consider(state: State, said: str) -> Decision:
    """Return what to do about `said`."""
    after, response = protocol.step(state.crisis, said, language=state.language, settings=state.boundaries)
    urgent = tuple(Sentence(text, kind="crisis") for text in response.said)
    if response.answers:
        return Say(urgent, shown=response.shown, crisis=after)
    if decision := _fixed(state, said):
        return decision
    if after != state.crisis or urgent:
        return Ask(first=urgent, shown=response.shown, crisis=after)
    return _command(state, said) or _kept_from(state, said) or _of_story(state, said) or Ask()


def is_urgent(state: State, said: str) -> bool:
    """Tell whether `said` must work whoever it was meant for: "stop", or a goodbye."""
    name = state.setup.name
    return stops(said, name=name) or leaves(said, name=name)


def is_backchannel(state: State, said: str) -> bool:
    """Tell whether `said` only shows that the person listens ("mm-hm")."""
    return matches(state.phrases.backchannel, said)


def greeting(state: State) -> str:
    """Return the persona's greeting, or a plain one when another language than the persona's is spoken."""
    own = state.setup.greeting if state.language == state.setup.language else ""
    plain = state.phrases.greeting.format(name=state.setup.name)
    return (guarded(state, own)[0] if own else "") or plain


def farewell(state: State) -> str:
    """Return the persona's farewell where it lets the person go, or a plain one."""
    plain = state.phrases.farewell
    own = state.setup.farewell if state.language == state.setup.language else ""
    context = Context(name=state.setup.name, goodbye=True)
    said = guard(own, language=state.language, settings=state.boundaries, context=context).spoken if own else plain
    return goodbye.chosen(said, state.boundaries, plain=plain)


def guarded(state: State, sentence: str) -> tuple[str, tuple[str, ...]]:
    """Return what may be spoken in place of a persona's `sentence`, if anything, and the boundaries that it broke."""
    if topic := topics.broken(sentence, state.boundaries, state.language):
        return "", (topic,)
    sentence = manner.without_sounds(sentence, state.boundaries, state.language)
    context = Context(name=state.setup.name, story=bool(state.story))
    verdict = guard(sentence, language=state.language, settings=state.boundaries, context=context)
    return verdict.spoken, tuple(hit.id for hit in verdict.rules if hit.action != "flag")


def foreign(state: State, language: str) -> Say:
    """Return what is said when a language was heard that this conversation does not speak."""
    phrases = state.phrases
    names = phrases.language_names
    spoken = [names.get(code, code) for code in state.setup.languages]
    joined = {"en": " and ", "fr": " et "}[state.language].join(spoken)
    heard = names.get(language, names["other"])
    return Say((Sentence(phrases.other_language.format(language=heard, languages=joined), kind="notice"),))


def _fixed(state: State, said: str) -> Decision | None:
    phrases, name = state.phrases, state.setup.name
    if stops(said, name=name):
        return Stop()
    if identity.asked(said, state.language):
        text = disclosure.text("identity", state.boundaries, state.language, name=name)
        answer = Sentence(text, kind="identity")
        return Say((answer, stories.closing(state)), story=False) if state.story else Say((answer,))
    if leaves(said, name=name):
        return Say((Sentence(farewell(state)),), ends=True)
    if len(said.split()) > MOST_WORDS:
        return Say((Sentence(phrases.too_much),))
    return None


def _command(state: State, said: str) -> Decision | None:
    return _of_persona(state, said) or _of_memory(state, said) or _of_boundaries(state, said)


def _of_persona(state: State, said: str) -> Decision | None:
    if persona := casting.asked_for(state, said):
        if persona != state.setup.key:
            return Become(persona)
        return Say((Sentence(casting.words(state.language).same.format(name=state.setup.name), kind="notice"),))
    asked = evolution.understand(said, state.language, state.setup.name) if state.setup.remembers else None
    return AskMemory(asked) if asked else None


def _of_memory(state: State, said: str) -> Decision | None:
    if state.deciding and evolution.agrees(said, state.language):
        return Decide(kept=True)
    request = requests.understand(said, state.language, state.setup.name) if state.setup.remembers else None
    if request is None:
        return None
    if isinstance(request, requests.Confirm | requests.Deny):
        if state.deciding:
            return Decide(kept=isinstance(request, requests.Confirm))
        if not state.confirming:
            return None
    return AskMemory(request) if state.quoting or getattr(request, "sure", True) else None


def _of_boundaries(state: State, said: str) -> Decision | None:
    if limits.asked(said, state.language):
        report = limits.answer(state.ledger, state.boundaries, state.language, today=moment(state).day)
        return Say((Sentence(report, kind="notice"),))
    change = commands.understand(said, state.language)
    return _moved(state, change) if change else None


def _kept_from(state: State, said: str) -> Say | None:
    """Return the one sentence that answers somebody who speaks of what is not talked about; never in a crisis."""
    if state.crisis.active or not topics.asked(said, state.boundaries, state.language):
        return None
    return Say((Sentence(topics.refused(state.language), kind="notice"),))


def _of_story(state: State, said: str) -> Decision | None:
    """Return how a story is begun or left; nobody in danger is told one."""
    language = state.language
    if state.story and fiction.ends(said, language):
        return Ask(first=(stories.closing(state),), story=False)
    if state.story or state.crisis.active or not fiction.begins(said, language):
        return None
    if fiction.allowed(state.boundaries):
        return Ask(first=(stories.opening(state),), story=True)
    refused = Say((Sentence(fiction.words(language).refused, kind="notice"),))
    return refused if fiction.gives_part(said, language) else None


def _moved(state: State, change: commands.Change) -> Say:
    """Return what is said about a boundary that the person moves, or why it cannot be moved."""
    try:
        moved = commands.applied(state.boundaries, change, language=state.language)
    except BoundaryError as error:
        return Say((Sentence(state.phrases.boundary_kept.format(reason=error.hint or error.sentence), kind="notice"),))
    return Say((Sentence(change.confirmation, kind="notice"),), boundaries=moved)
