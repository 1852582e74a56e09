"""Sentences of a card that no persona may bring in, taken out. Pure.

Two sieves: orders about what the companion is, its rules and the person's freedom (`orders` in `en.yaml`, `fr.yaml`),
and the output guard, which knows what a program may not claim. A card in one language may carry orders in the other,
so both are looked for. What passes here is still judged again when it is spoken.
"""

import re
from typing import NamedTuple

from companion_voice.boundaries.guard import Context, guard
from companion_voice.boundaries.settings import Boundaries
from companion_voice.boundaries.words import plain
from companion_voice.persona.cards.data import TONGUES, language, reasons
from companion_voice.persona.schema import Tongue

LONGEST_SENTENCE = 240
"""Characters after which a sentence without an end is cut."""
MOST_DROPPED = 12
"""Sentences that may not be taken, after which the rest of a text is not read."""
_END = re.compile(r"(?<=[.!?…])[\"'»”’)]*\s+|\n+")
_DEFAULTS = Boundaries()
_MAY_BE_TOLD = frozenset({"A03", "A10", "A11", "A23"})
"""A liking, a glance, a step, a question: how a character is described. What it says of itself is judged as spoken."""


class Dropped(NamedTuple):
    """A sentence that is not taken."""

    sentence: str
    why: str


class Sifted(NamedTuple):
    """What may be taken, and what may not."""

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of `text`, none longer than `LONGEST_SENTENCE`."""
    return tuple(piece for sentence in _END.split(text) for piece in _pieces(sentence.strip()) if piece)


def sift(text: str, *, name: str, tongue: Tongue, about: bool, longest: int) -> Sifted:
    """Return the sentences of `text` that may be taken; `about` says that they tell of the character called `name`.

    It reads on until it has more than the `longest` characters that can be used, or `MOST_DROPPED` that cannot.
    """
    kept: list[str] = []
    dropped: list[Dropped] = []
    for sentence in sentences(text):
        if sum(map(len, kept)) > longest or len(dropped) == MOST_DROPPED:
            break
        why = ordered(sentence, name) or claimed(sentence, name, tongue, about=about)
        if why:
            dropped.append(Dropped(sentence, why))
        else:
            kept.append(sentence)
    return Sifted(tuple(kept), tuple(dropped))


def ordered(sentence: str, name: str) -> str:
    """Return why `sentence` may not be taken as an order, empty where it may."""
    words = f" {plain(sentence)} ".replace(f" {plain(name)} ", " you ") if plain(name) else plain(sentence)
    found = (order.why for code in TONGUES for order in language(code).orders if order.regex.search(words))
    return next(found, "")


def styled(sentence: str) -> bool:
    """Tell whether `sentence` is about how something is said."""
    return any(language(code).style.search(plain(sentence)) for code in TONGUES)


def claimed(sentence: str, name: str, tongue: Tongue, *, about: bool) -> str:
    """Return why `sentence` may not be taken as something the companion would claim, empty where it may."""
    spoken = {sentence, _own(sentence, name, tongue)} if about else {sentence}
    for one in sorted(spoken):
        verdict = guard(one, language=tongue, settings=_DEFAULTS, context=Context(name=name))
        for hit in verdict.rules:
            if hit.action != "flag" and not (about and hit.id in _MAY_BE_TOLD):
                return reasons().get(hit.id, reasons()["other"])
    return ""


def _own(sentence: str, name: str, tongue: Tongue) -> str:
    """Return what is told of the character as it would say it of itself."""
    known = language(tongue)
    return known.own.sub(lambda found: known.file.as_own[found[0].lower()].replace("{name}", name), sentence)


def _pieces(sentence: str) -> list[str]:
    """Return `sentence`, or pieces of it that end where a word does."""
    pieces = []
    while len(sentence) > LONGEST_SENTENCE:
        cut = sentence.rfind(" ", 1, LONGEST_SENTENCE)
        cut = cut if cut > 0 else LONGEST_SENTENCE
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]


class Fitted(NamedTuple):
    """Sentences that fit, as one text, and how many did not."""

    text: str
    left: int


def fitted(kept: tuple[str, ...], longest: int) -> Fitted:
    """Return as many of `kept` as fit into `longest` characters; of a first one that is too long, its beginning."""
    text = ""
    for number, sentence in enumerate(kept):
        longer = f"{text} {sentence}".strip()
        if len(longer) > longest:
            return Fitted(text or sentence[:longest].rsplit(" ", 1)[0], len(kept) - number)
        text = longer
    return Fitted(text, 0)
