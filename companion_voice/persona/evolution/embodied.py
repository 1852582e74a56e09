"""A persona as it has grown: the file's own, with sliders, address, and what the two of them share. Pure.

What is shared is brought up when it is spoken of, so that the head of a prompt does not grow with it. Only these parts
of the file are ever replaced; what the companion must say about itself is no part of it at all.
"""

import msgspec

from companion_voice.persona.evolution.changes import Grown, Item
from companion_voice.persona.evolution.words import Prompting, phrases
from companion_voice.persona.schema import Entry, Persona, Trait, Traits

_LONGEST_KEY = 40
_LONGEST_LINE = 400


def embodied(persona: Persona, state: Grown, day: str, language: str = "") -> Persona:
    """Return the persona as it speaks on a `day`, told in `language` or its own.

    Take it once for a conversation: its prompt must not move between two turns.
    """
    words = phrases(language or persona.language).prompting
    sliders = {name: _at(persona.traits.of(name), value) for name, value in state.traits.items()}
    entries = (*_entries(state.jokes, words.joke), *(_named(item, words) for item in state.vocabulary))
    given = {item.topic[:_LONGEST_KEY]: item.text for item in state.opinions}
    mood = words.moods.get(state.mood_on(day), "")
    return msgspec.structs.replace(
        persona,
        traits=Traits(**sliders),
        address=state.address or persona.address,
        manner=" ".join(filter(None, (persona.manner, mood))),
        knows=(*persona.knows, *entries),
        opinions=given | persona.opinions,
    )


def _at(trait: Trait, value: float) -> Trait:
    return msgspec.structs.replace(trait, baseline=value)


def _entries(items: tuple[Item, ...], form: str) -> tuple[Entry, ...]:
    return tuple(_entry(item, form) for item in items)


def _named(item: Item, words: Prompting) -> Entry:
    return _entry(item, words.nickname if item.topic else words.word)


def _entry(item: Item, form: str) -> Entry:
    keys = tuple(one[:_LONGEST_KEY] for one in dict.fromkeys((item.text, item.topic)) if one)
    return Entry(keys=keys, text=form.format(text=item.text, topic=item.topic)[:_LONGEST_LINE])
