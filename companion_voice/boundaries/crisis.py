"""When somebody says that they may be in danger: seeing it, and what is said and shown from then on. Pure.

No language model takes part: rules look first, then weights (`concepts`). Signs and sentences are a language's own
(`crisis/`), numbers a country's (`crisis_lines.yaml`).
Protocol after the questions of VERA-MH: acknowledge, ask directly, give the number, encourage a human; never end the
conversation, never lecture. Keeps no words: `State` holds a level and counts.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.boundaries import concepts, data, phrases
from companion_voice.boundaries.hearing import Ear, expanded

Sign: TypeAlias = Literal["concern", "another", "harm", "explicit", "danger", "imminent"]
Answer: TypeAlias = Literal["safe", "no", "yes"]
GRAVITY: tuple[Sign, ...] = ("concern", "another", "harm", "explicit", "danger", "imminent")
"""From what is asked about to what cannot wait."""
LARGEST = 128 * 1024
"""Bytes of a language's signs."""
QUIET_TURNS = 12
"""Turns without a sign after which the protocol ends, where nobody has said that they are safe."""
SAFE_TURNS = 3
"""The same once they have."""
REMIND_EVERY = 4
"""Turns without a sign after which the number is said again."""
EMERGENCY = "112"
"""Where the country is not known: the whole European Union, and any GSM telephone."""


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every sentence the protocol can say in one language."""

    acknowledge: dict[Sign, str]
    ask: dict[Sign, str]
    program: str
    line: str
    urgent: str
    text: str
    unknown_line: str
    person: str
    after_yes: str
    after_no: str
    after_safe: str
    listening: str
    shown: str
    shown_unknown: str
    digits: tuple[str, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that `crisis/<language>.yaml` holds."""

    parts: dict[str, str]
    alike: dict[str, str]
    keywords: tuple[str, ...]
    ordinary: tuple[str, ...]
    hyperbole: tuple[str, ...]
    idioms: tuple[str, ...]
    signs: dict[Sign, tuple[str, ...]]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    safe: tuple[str, ...]
    said: Said


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number to call."""

    number: str
    name: dict[str, str]
    hours: str
    source: str
    checked_on: str
    spoken: dict[str, str] = msgspec.field(default_factory=dict)
    """By language, how people say the number; else its digits are said."""


class TextLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number to write to."""

    number: str
    how: dict[str, str]
    source: str
    checked_on: str


class Country(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to call in one country."""

    emergency: str
    line: Line
    text: TextLine | None = None


class State(msgspec.Struct, frozen=True):
    """Where the protocol stands. `sign` is empty while there is none."""

    sign: Sign | Literal[""] = ""
    quiet: int = 0
    """Turns since the last sign."""
    asked: bool = False
    """The last thing said was the direct question."""
    safe: bool = False
    episodes: int = 0
    """The only thing that is ever kept: how often the protocol began."""

    @property
    def active(self) -> bool:
        """Whether the persona is left and limits of time yield."""
        return bool(self.sign)


class Response(msgspec.Struct, frozen=True):
    """What is done about one turn, in the system's voice."""

    said: tuple[str, ...] = ()
    shown: str = ""
    """What stays on the screen."""
    answers: bool = False
    """It is the whole answer: no model is asked."""


class Screen:
    """Looks for signs in one language."""

    def __init__(self, words: Words, language: str) -> None:
        self.said = words.said
        self._language = language
        groups = (*words.signs.values(), words.yes, words.no, words.safe)
        patterns = [expanded(pattern, words.parts) for group in groups for pattern in group]
        self._ear = Ear(patterns, keywords=words.keywords, alike=words.alike, ordinary=words.ordinary)
        self._idioms = re.compile(rf"\b(?:{_any(words.idioms, words.parts).pattern})\b")
        self._hyperbole = re.compile(rf"\b(?:{_any(words.hyperbole, words.parts).pattern})\b")
        self._signs = tuple((sign, _any(words.signs[sign], words.parts)) for sign in reversed(GRAVITY))
        self._answers: tuple[tuple[Answer, re.Pattern[str]], ...] = (
            ("safe", _any(words.safe, words.parts)),
            ("no", _any(words.no, words.parts)),
            ("yes", _any(words.yes, words.parts)),
        )

    def hear(self, text: str) -> str:
        """Return `text` bare, with slips of recognition mended: what patterns and weights see."""
        return self._ear.hear(text)

    def sign(self, text: str) -> Sign | None:
        """Return the gravest sign in what the person said, or None.

        What the rules do not see but the weights do is asked about, as a concern: no more is known of it.
        """
        heard = self.hear(text)
        doubted = concepts.doubts(heard, self._language)
        return self._ruled(heard) or ("concern" if doubted else None)

    def ruled(self, text: str) -> Sign | None:
        """Return the gravest sign that the rules alone see, or None."""
        return self._ruled(self.hear(text))

    def answer(self, text: str) -> Answer | None:
        """Return how a direct question was answered, or None."""
        heard = self._ear.hear(text)
        return next((answer for answer, pattern in self._answers if pattern.search(heard)), None)

    def _ruled(self, heard: str) -> Sign | None:
        """Return the sign that the rules see; the wish to die of something trivial is asked about, no more."""
        calm, exaggerations = self._hyperbole.subn(" . ", heard)
        literal = self._idioms.sub(" . ", calm)
        found = next((sign for sign, pattern in self._signs if pattern.search(literal)), None)
        return found or ("concern" if exaggerations else None)


@lru_cache(maxsize=2)
def screen(language: str) -> Screen:
    """Return the screen of `language`, one of `phrases.LANGUAGES`."""
    file = Path(__file__).with_name("crisis") / f"{language}.yaml"
    return Screen(documents.read(file, Words, largest=LARGEST), language)


def sign(text: str, language: str) -> Sign | None:
    """Return the gravest sign in what the person said, or None: they may say it in another language than `language`.

    Only rules look at the other languages: weights would find in words that they do not know what is not there.
    """
    others = (screen(other).ruled(text) for other in phrases.LANGUAGES if other != language)
    found = [seen for seen in (screen(language).sign(text), *others) if seen]
    return max(found, key=GRAVITY.index, default=None)


@lru_cache(maxsize=1)
def lines() -> dict[str, Country]:
    """Return whom to call, by country code."""
    return data.shipped(dict[str, Country], "crisis_lines")


def step(state: State, text: str, *, language: str, country: str = "") -> tuple[State, Response]:
    """Return where the protocol stands after what the person said, and what is said about it.

    `country`: ISO 3166-1 alpha-2, or empty. An empty response while active means: answer plainly, without persona.
    """
    if found := sign(text, language):
        return _noticed(state, found), _first(found, screen(language).said, language, country)
    return _going_on(state, text, language, country) if state.active else (state, Response())


def number(digits: str, language: str) -> str:
    """Return a telephone number digit by digit, as it is spoken."""
    words = screen(language).said.digits
    return ", ".join(words[int(digit)] for digit in digits if digit.isdigit())


def shown(language: str, country: str) -> str:
    """Return what stays on the screen while the protocol is active."""
    said, known = screen(language).said, lines().get(country.upper())
    if known is None:
        return said.shown_unknown.format(emergency=EMERGENCY)
    name = known.line.name[language]
    return said.shown.format(name=name[0].upper() + name[1:], number=known.line.number, emergency=known.emergency)


def _noticed(state: State, found: Sign) -> State:
    gravest = max((found, state.sign or found), key=GRAVITY.index)
    return State(sign=gravest, asked=True, episodes=state.episodes + (not state.active))


def _first(sign: Sign, said: Said, language: str, country: str) -> Response:
    urgent = sign in ("danger", "imminent")
    calls = (*_urgent(said, language, country), *_call(said, language, country))
    call = (
        calls if sign == "imminent" else _urgent(said, language, country) if urgent else _call(said, language, country)
    )
    sentences = (said.acknowledge[sign], said.program, *call, said.person, said.ask[sign])
    return Response(sentences, shown(language, country), answers=True)


def _going_on(state: State, text: str, language: str, country: str) -> tuple[State, Response]:
    watch, screen_text = screen(language), shown(language, country)
    said, quiet = watch.said, state.quiet + 1
    answer = watch.answer(text)
    going = msgspec.structs.replace(state, quiet=quiet, asked=False)
    if answer == "safe":
        return msgspec.structs.replace(going, safe=True, quiet=0), Response((said.after_safe,), screen_text)
    if quiet >= (SAFE_TURNS if state.safe else QUIET_TURNS):
        return State(episodes=state.episodes), Response()
    if state.asked and answer == "yes":
        call = (*_urgent(said, language, country), *_call(said, language, country), said.person)
        return going, Response((said.after_yes, *call), screen_text, answers=True)
    if state.asked:
        return going, Response((said.after_no if answer == "no" else said.listening,), screen_text, answers=True)
    reminder = _call(said, language, country) if quiet % REMIND_EVERY == 0 else ()
    return going, Response(reminder, screen_text)


def _call(said: Said, language: str, country: str) -> tuple[str, ...]:
    known = lines().get(country.upper())
    if known is None:
        return (said.urgent.format(number=number(EMERGENCY, language)), said.unknown_line)
    line, also = known.line, known.text
    called = f"{line.spoken[language]}, {number(line.number, language)}" if language in line.spoken else ""
    sentence = said.line.format(name=line.name[language], number=called or number(line.number, language))
    written = said.text.format(number=number(also.number, language), how=also.how[language]) if also else ""
    return tuple(filter(None, (sentence, written)))


def _urgent(said: Said, language: str, country: str) -> tuple[str, ...]:
    known = lines().get(country.upper())
    return (said.urgent.format(number=number(known.emergency, language)),) if known else ()


def _any(patterns: tuple[str, ...], parts: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{expanded(pattern, parts)})" for pattern in patterns))
