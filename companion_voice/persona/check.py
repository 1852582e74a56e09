"""What is unwise about a persona that can be used: remarks, each with the key it is about. Pure.

The guard judges every line again when it is spoken, so nothing here keeps a claim from being made; it says so to the
author, who would else hear another sentence in its place. Whether a real person is meant, no program can tell.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from companion_voice.boundaries import goodbye
from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.words import plain
from companion_voice.persona.files import wordlist
from companion_voice.persona.schema import TRAITS, Entry, Persona, Tongue, said

_DEFAULTS = Boundaries()
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


class Remark(NamedTuple):
    """Something unwise, and the key it is about, such as `traits.warmth`."""

    path: str
    sentence: str


def remarks(persona: Persona) -> tuple[Remark, ...]:
    """Return all that is unwise about `persona`; nothing where all is well."""
    return (*_bounds(persona), *_languages(persona), *_goodbyes(persona), *_titles(persona), *_claims(persona))


def _bounds(persona: Persona) -> Iterator[Remark]:
    for name in TRAITS:
        trait = persona.traits.of(name)
        if not trait.min <= trait.baseline <= trait.max:
            bounds = f"{trait.min:g} to {trait.max:g}"
            yield Remark(f"traits.{name}", f"Its baseline {trait.baseline:g} lies outside its own bounds, {bounds}.")


def _languages(persona: Persona) -> Iterator[Remark]:
    if len(set(persona.languages)) < len(persona.languages):
        yield Remark("languages", "A language stands twice.")
    for key in ("greeting", "farewell", "voice.piper", "voice.espeak"):
        holder = persona.voice if key.startswith("voice.") else persona
        value = getattr(holder, key.removeprefix("voice."))
        missing = [tongue for tongue in dict.fromkeys(persona.languages) if not said(value, tongue)]
        if value and isinstance(value, str) and len(persona.languages) > 1:
            yield Remark(key, "It says the same in both languages: write `{en: …, fr: …}`.")
        elif value and missing:
            yield Remark(key, f"It says nothing in: {', '.join(missing)}.")


def _goodbyes(persona: Persona) -> Iterator[Remark]:
    for line in dict.fromkeys(said(persona.farewell, tongue) for tongue in persona.languages):
        if line and not goodbye.fits(line, _DEFAULTS):
            most = _DEFAULTS.goodbye.max_words
            yield Remark("farewell", f"It is not one sentence of at most {most} words without a question: “{line}”.")


def _titles(persona: Persona) -> Iterator[Remark]:
    for path, text, _ in _told(persona):
        for tongue in ("en", "fr"):
            for title in wordlist(tongue).all_titles:
                if re.search(rf"(?<!\w){re.escape(title)}(?!\w)", plain(text)):
                    yield Remark(path, f"“{title}” is the title of a professional, and a companion is none.")


def _claims(persona: Persona) -> Iterator[Remark]:
    context = Context(name=persona.name)
    for path, text, tongue in (*_told(persona), *_spoken(persona)):
        is_told = (path, text, tongue) in set(_told(persona))
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(text))):
            spoken = _as_own(sentence, tongue) if is_told else sentence
            verdict = guard(spoken, language=tongue, settings=_DEFAULTS, context=context)
            if any(hit.action != "flag" for hit in verdict.rules):
                rules = ", ".join(hit.id for hit in verdict.rules)
                yield Remark(
                    path, f"“{_short(sentence)}” claims what a program is not ({rules}); it would not be said."
                )


def _told(persona: Persona) -> Iterator[tuple[str, str, Tongue]]:
    """Yield what the persona is told of itself."""
    yield "description", persona.description, persona.language
    yield "manner", persona.manner, persona.language
    for number, line in enumerate(persona.quirks):
        yield f"quirks[{number}]", line, persona.language


def _spoken(persona: Persona) -> Iterator[tuple[str, str, Tongue]]:
    """Yield what the persona would say."""
    for tongue in dict.fromkeys(persona.languages):
        yield "greeting", said(persona.greeting, tongue), tongue
        for topic, line in persona.opinions.items():
            yield f"opinions.{topic}", line, tongue
        for number, one in enumerate(persona.knows):
            yield f"knows[{number}]", one.text if isinstance(one, Entry) else one, tongue
        for number, example in enumerate(persona.examples):
            yield f"examples[{number}]", example.companion, tongue


def _as_own(sentence: str, tongue: Tongue) -> str:
    """Return what the persona is told of itself as it would say it."""
    own = wordlist(tongue).own
    pattern = "|".join(re.escape(words) for words in own)
    return re.sub(rf"\b(?:{pattern})(?:\b|(?<='))", lambda found: own[found[0].lower()], sentence, flags=re.IGNORECASE)


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= 60 else f"{sentence[:59]}…"  # noqa: PLR2004
