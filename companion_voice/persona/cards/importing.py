"""A card as a persona, and a report of what became of each part of it. Pure: the same card gives the same persona.

The card says who the character is and how it talks. Its system prompt is read for style, never as policy: what it
orders about the companion itself, the rules and the person is left out, sentence by sentence, and reported.
"""

import re
from collections.abc import Iterable, Iterator, Sized
from typing import NamedTuple

from companion_voice.boundaries.words import plain
from companion_voice.errors import CardError
from companion_voice.persona.cards import card, examples, lorebook, own, sieve, wording
from companion_voice.persona.cards.card import Card, Read, Version
from companion_voice.persona.cards.data import TONGUES, language
from companion_voice.persona.cards.lorebook import Opened
from companion_voice.persona.cards.report import Note, left_out, quoted
from companion_voice.persona.cards.wording import Names, Worded
from companion_voice.persona.schema import Persona, Tongue

LONGEST_NAME = 40
LONGEST_DESCRIPTION = 1_600
LONGEST_MANNER = 800
LONGEST_GREETING = 400
LANGUAGE_SAMPLE = 4_000
TELLS = ("description", "scenario")
"""The fields that say who it is."""
STYLES = ("personality", "system_prompt", "post_history_instructions")
"""The fields that say how it talks."""
_ORDERS = ("system_prompt", "post_history_instructions")
_NOT_A_NAME = re.compile(r"[^\w '’.-]+")
_REMOTE = re.compile(r"(?:https?|ftp):", re.IGNORECASE)


class Imported(NamedTuple):
    """A persona that was made of a card."""

    persona: Persona
    version: Version
    notes: tuple[Note, ...]
    book: Opened


class _Text(NamedTuple):
    text: str
    notes: tuple[Note, ...]


def imported(payload: bytes) -> Imported:
    """Return the persona in the JSON `payload` of a card. Raises `CardError` when it is none."""
    read = card.read(payload)
    one = read.card
    ours = own.found(one.extensions)
    tongue, guessed = _tongue(one, ours.own.languages)
    names = Names(_name(one.called), tongue)
    description = _described(one, TELLS, names, LONGEST_DESCRIPTION)
    manner = _described(one, STYLES, names, LONGEST_MANNER)
    greeting = _greeting(one.first_mes, names)
    shown = examples.taken(one.mes_example, names)
    book = lorebook.opened(bytes(one.character_book), names)
    persona = Persona(
        name=names.char,
        languages=ours.own.languages or (tongue,),
        description=description.text,
        greeting=greeting.text,
        farewell=language(tongue).file.farewell,
        manner=manner.text,
        knows=tuple(dict.fromkeys(book.known.values())),
        examples=shown.exchanges,
    )
    persona, added = own.added(persona, ours.own, names)
    counted = (_count("mes_example", "exchanges", shown.exchanges), _count("character_book", "entries", persona.knows))
    told = (*description.notes, *manner.notes, *greeting.notes, *counted, *shown.notes, *book.notes)
    notes = (*_identity(read, names.char), guessed, *told, *ours.notes, *added, *_kept(one))
    return Imported(persona, read.version, notes, book)


def guess(text: str) -> tuple[Tongue, int]:
    """Return the language that `text` has most small words of, and how many more than of the other."""
    words = plain(text[:LANGUAGE_SAMPLE]).split()
    english, french = (sum(word in language(code).small_words for word in words) for code in TONGUES)
    return ("fr", french - english) if french > english else ("en", english - french)


def _tongue(one: Card, languages: tuple[Tongue, ...]) -> tuple[Tongue, Note]:
    if languages:
        return languages[0], Note("language", "taken", ", ".join(languages))
    each = LANGUAGE_SAMPLE // 2
    tongue, lead = guess(" ".join((one.description[:each], one.first_mes[:each], one.personality[:each])))
    if not lead:
        return tongue, Note("language", "changed", "neither English nor French stands out: taken as English")
    return tongue, Note("language", "taken", f"{tongue}: it has {lead} more of its small words than of the other's")


def _name(called: str) -> str:
    """Return what a character is called, as it can be said. Raises `CardError` where nothing is left."""
    words = " ".join(_NOT_A_NAME.sub(" ", wording.told(called, Names("", "en")).text).split())
    if len(words) > LONGEST_NAME:
        words = words[: LONGEST_NAME + 1].rsplit(" ", 1)[0][:LONGEST_NAME]
    if not re.search(r"\w", words):
        raise CardError("The card's name has no letter that could be said.", "Give the character a name in the card.")
    return words


def _identity(read: Read, name: str) -> Iterator[Note]:
    yield Note("version", "taken", "newer than V3, read as V3" if read.newer else read.version.upper())
    if name == read.card.called:
        yield Note("name", "taken", name)
    else:
        yield Note("name", "changed", f"{name}, made of “{quoted(read.card.called[: wording.LONGEST])}”")
    yield from (Note(field, "kept", "is not of its type") for field in read.unread)


def _described(one: Card, fields: Iterable[str], names: Names, longest: int) -> _Text:
    """Return what `fields` tell of the character as one text, each sentence once."""
    kept: dict[str, None] = {}
    notes: list[Note] = []
    for field in fields:
        text: str = getattr(one, field)
        worded = wording.told(text, names)
        sifted = sieve.sift(worded.text, name=names.char, tongue=names.tongue, about=True, longest=longest)
        usable = [one for one in sifted.kept if field not in _ORDERS or sieve.styled(one)]
        kept |= dict.fromkeys(usable)
        if usable:
            style = ", as style and not as policy" if field in _ORDERS else ""
            notes.append(Note(field, "taken", f"sentences: {len(usable)}{style}"))
        if over := len(sifted.kept) - len(usable):
            notes.append(Note(field, "kept", f"sentences that are not about how it speaks: {over}"))
        notes += (*_changed(field, text, worded), *left_out(field, sifted.dropped))
    fitted = sieve.fitted(tuple(kept), longest)
    if fitted.left:
        cut = f"cut to {longest} characters at the end of a sentence: the rest is not used"
        notes.append(Note(" + ".join(field for field in fields if getattr(one, field)), "changed", cut))
    return _Text(fitted.text, tuple(notes))


def _greeting(text: str, names: Names) -> _Text:
    """Return how it greets, or the plain greeting of its language where the card's cannot be said."""
    worded = wording.said(text, names)
    sifted = sieve.sift(worded.text, name=names.char, tongue=names.tongue, about=False, longest=LONGEST_GREETING)
    fitted = sieve.fitted(sifted.kept, LONGEST_GREETING)
    notes = [*_changed("first_mes", text, worded), *left_out("first_mes", sifted.dropped)]
    if fitted.left:
        notes.append(Note("first_mes", "changed", f"cut to {LONGEST_GREETING} characters at the end of a sentence"))
    if fitted.text:
        return _Text(fitted.text, (Note("first_mes", "taken", "as the greeting"), *notes))
    instead = language(names.tongue).file.greeting.format(name=names.char)
    return _Text(instead, (*notes, Note("first_mes", "changed", f"nothing in it to say aloud: “{instead}” instead")))


def _count(field: str, what: str, found: Sized) -> Note:
    return Note(field, "taken" if len(found) else "kept", f"{what}: {len(found)}")


def _changed(field: str, text: str, worded: Worded) -> Iterator[Note]:
    yield from (Note(field, "changed", f"without {change}") for change in worded.changes)
    if len(text) > wording.LONGEST:
        yield Note(field, "changed", f"only its first {wording.LONGEST} characters were read")


def _kept(one: Card) -> Iterator[Note]:
    """Say what stays in the card, unused."""
    if one.creator_notes.strip():
        yield Note("creator_notes", "kept", f"for you to read: “{quoted(one.creator_notes[: wording.LONGEST])}”")
    for field in ("alternate_greetings", "group_only_greetings", "tags"):
        if count := len(getattr(one, field)):
            yield Note(field, "kept", f"{count}, not used")
    for field in ("creator", "character_version"):
        if getattr(one, field).strip():
            yield Note(field, "kept", quoted(getattr(one, field)[: wording.LONGEST]))
    if one.assets:
        remote = sum(bool(_REMOTE.match(asset.uri)) for asset in one.assets)
        yield Note("assets", "kept", f"{len(one.assets)}, not used; {remote} are addresses, which are never fetched")
    if others := [key[:LONGEST_NAME] for key in one.extensions if key != own.EXTENSION]:
        yield Note("extensions", "kept", f"{len(others)}, not used: {quoted(', '.join(others[:20]))}")
