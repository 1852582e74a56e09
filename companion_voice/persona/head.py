"""What a language model is told of a persona: a head that never changes, and what comes late in a prompt. Pure.

What every companion is (a program, which never says otherwise) comes from the fixed phrases and stands first; the
persona adds who it is and how it speaks, each on a line of its own, and cannot take anything away.
"""

import re
from collections.abc import Iterator

from companion_voice.boundaries.phrases import Phrases
from companion_voice.boundaries.words import plain
from companion_voice.events import Manner
from companion_voice.persona.files import wording
from companion_voice.persona.schema import TRAITS, Entry, Persona
from companion_voice.persona.wording import Wording

QUIRKS = 4
KNOWN = 3
"""Things brought up at once."""
EVERY = 4
"""Turns after which a persona is told again who it is: drift is seen within eight (arXiv 2402.10962)."""

_NOT_IN_A_NAME = re.compile(r"[^\w .'’-]+")


def head(persona: Persona, phrases: Phrases, language: str = "") -> str:
    """Return the unchanging beginning of every prompt, in `language` or the persona's own."""
    words = wording(language or persona.language)
    fixed = phrases.head.format(name=_named(persona.name))
    told = "\n".join(filter(None, map(_on_one_line, (fixed, *_told(persona, words)))))
    for one in persona.examples:
        longer = f"{told}\n{_on_one_line(words.example.format(person=one.person, companion=one.companion))}"
        if len(longer) > words.longest:
            break
        told = longer
    return told


def reminder(persona: Persona, turn: int, language: str = "") -> str:
    """Return one line that brings the persona back, on every fourth of the person's turns (counted from 1)."""
    if turn % EVERY:
        return ""
    words = wording(language or persona.language)
    manner = f" ({', '.join(traits)})" if (traits := words.of(persona.traits)) else ""
    return _on_one_line(words.reminder.format(name=_named(persona.name), words=manner))


def knowledge(persona: Persona, said: str) -> tuple[str, ...]:
    """Return what the persona knows of what was `said`: the lines whose keys stand in it."""
    entries = (one for one in persona.knows if isinstance(one, Entry))
    return tuple(entry.text for entry in entries if any(_speaks_of(said, key) for key in entry.keys))[:KNOWN]


def opinions(persona: Persona, said: str) -> tuple[tuple[str, str], ...]:
    """Return topics that stand in what was `said`, and what the persona thinks of each."""
    return tuple((topic, line) for topic, line in persona.opinions.items() if _speaks_of(said, topic))[:KNOWN]


def brought_up(persona: Persona, said: str, language: str = "", *, known: tuple[str, ...] | None = None) -> str:
    """Return what `said` makes worth telling a model, a line for each; empty for nothing.

    `known`: what the persona knows that bears on it, where somebody has looked; else it is looked for in `said`.
    """
    words = wording(language or persona.language)
    lines = [words.known.format(line=line) for line in (knowledge(persona, said) if known is None else known)]
    lines += [words.opinion.format(topic=topic, line=line) for topic, line in opinions(persona, said)]
    return "\n".join(map(_on_one_line, lines))


def manner(persona: Persona, said: str, *, known: tuple[str, ...] | None = None) -> Manner:
    """Return how the persona would answer `said`, for a partner that cannot read a head; `known` as above."""
    return Manner(
        **{name: persona.traits.of(name).baseline for name in TRAITS},
        address=persona.address,
        role=persona.role,
        calls_you=persona.calls_you,
        opinions=tuple(line for _, line in opinions(persona, said)),
        knows=knowledge(persona, said) if known is None else known,
    )


def _told(persona: Persona, words: Wording) -> Iterator[str]:
    """Yield the lines of a head that are the persona's own."""
    yield persona.description
    yield persona.manner
    if traits := words.of(persona.traits):
        yield words.manner.format(words=", ".join(traits))
    yield words.roles[persona.role]
    yield words.address[persona.address]
    if persona.calls_you:
        yield words.calls_you.format(name=_named(persona.calls_you))
    always = [one for one in persona.knows if isinstance(one, str)]
    for form, lines in ((words.quirks, persona.quirks[:QUIRKS]), (words.knows, always), (words.avoids, persona.avoids)):
        if lines:
            yield form.format(lines=" ".join(lines))


def _speaks_of(said: str, key: str) -> bool:
    """Tell whether the words of `key` stand in `said`, in the singular or the plural."""
    wanted = re.escape(plain(key))
    return bool(wanted) and re.search(rf"(?<!\w){wanted}(?:s|x|es)?(?!\w)", plain(said)) is not None


def _named(name: str) -> str:
    """Return a name that cannot end the sentence it stands in."""
    return _NOT_IN_A_NAME.sub(" ", name).replace(". ", " ").strip(" .")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
