"""What a persona is: one YAML file a person enjoys writing. Pure."""

from typing import Annotated, Literal, TypeAlias

import msgspec

Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1)]
Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"\S")]
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000)]
Tongue: TypeAlias = Literal["en", "fr"]
Role: TypeAlias = Literal["assistant", "adviser", "creative partner", "companion"]
TraitName: TypeAlias = Literal["warmth", "humour", "verbosity", "formality", "curiosity", "doubt"]
TRAITS: tuple[TraitName, ...] = ("warmth", "humour", "verbosity", "formality", "curiosity", "doubt")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a persona file: a key that it does not know is refused."""


class Trait(Part, frozen=True):
    """One slider, and how far it may ever move. A bare number in the file is its `baseline`."""

    baseline: Share = 0.5
    """Where it begins, and what it is measured against."""
    min: Share = 0.0
    """It never goes below."""
    max: Share = 1.0
    """It never goes above."""
    step: Share = 0.05
    """The most it may move in a day."""
    distance: Share = 0.2
    """The most it may ever stand from `baseline`."""


class Traits(Part, frozen=True):
    """How it speaks: six sliders from 0 to 1, each 0.5 where the file is silent."""

    warmth: Share | Trait = 0.5
    """0 matter-of-fact, 1 warm."""
    humour: Share | Trait = 0.5
    """0 never joking, 1 playful."""
    verbosity: Share | Trait = 0.5
    """0 one short sentence, 1 three full ones."""
    formality: Share | Trait = 0.5
    """0 casual, 1 formal."""
    curiosity: Share | Trait = 0.5
    """0 asks nothing, 1 asks nearly every time."""
    doubt: Share | Trait = 0.5
    """0 plain and definite, 1 doubting aloud."""

    def of(self, name: TraitName) -> Trait:
        """Return one slider with its bounds."""
        value: Share | Trait = getattr(self, name)
        return value if isinstance(value, Trait) else Trait(baseline=value)


class Exchange(Part, frozen=True):
    """One example of how it talks."""

    person: Line
    """What the person says."""
    companion: Line
    """What the companion answers."""


class Entry(Part, frozen=True):
    """Something it knows, brought up when one of the keys is said."""

    keys: tuple[Name, ...]
    """Words that bring it up, in the singular."""
    text: Line
    """What is known, as it could be said."""


class VoiceChoice(Part, frozen=True):
    """Which voice speaks, for each engine that may be there, and how."""

    engine: str = ""
    """The engine it prefers: piper or espeak; empty for whichever is there."""
    piper: str | dict[Tongue, str] = ""
    """A Piper voice from `companion models list`, for all languages or for each; empty for any in the language."""
    espeak: str | dict[Tongue, str] = ""
    """An espeak-ng voice such as `en-gb+f3`, likewise; empty for the language's own."""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0
    """1 is the voice's own pace, 2 twice as fast."""
    pauses: Annotated[float, msgspec.Meta(ge=0, le=2)] = 1.0
    """How long it rests between sentences, 1 as usual."""
    expressiveness: Share = 0.5
    """How much the melody varies, where the engine can."""


class Evolution(Part, frozen=True):
    """Whether it may change."""

    mode: Literal["off", "ask", "auto"] = "ask"
    """`off`: never; `ask`: a change is proposed aloud; `auto`: within the bounds of its traits."""


class Persona(Part, frozen=True):
    """Who the companion is."""

    name: Name
    """What it is called aloud."""
    languages: Annotated[tuple[Tongue, ...], msgspec.Meta(min_length=1, max_length=2)]
    """The languages it speaks, its own first."""
    description: Text
    """Who it is, in a few sentences addressed to it."""
    greeting: Line | dict[Tongue, Line]
    """How it begins a conversation, once for all languages or for each."""
    farewell: Line | dict[Tongue, Line]
    """At most a short sentence: a goodbye is no moment to begin something."""
    pronouns: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """How others speak of it: `she/her`, `elle`, `it` …"""
    role: Role = "companion"
    """What it is for."""
    address: Literal["tu", "vous"] = "vous"
    """How it addresses the person in French."""
    calls_you: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """What it calls the person; empty for their name where memory knows it."""
    manner: Text = ""
    """How it speaks, in words; the sliders say the rest."""
    traits: Traits = Traits()
    """How it speaks, as sliders."""
    quirks: tuple[Line, ...] = ()
    """Small habits and imperfections."""
    opinions: dict[Name, Line] = {}
    """What it thinks of something, when asked."""
    knows: tuple[Line | Entry, ...] = ()
    """What it always knows, or knows when one of the keys is said."""
    examples: tuple[Exchange, ...] = ()
    """How it would answer; the first few are shown to a model."""
    avoids: tuple[Line, ...] = ()
    """What it will not talk about."""
    voice: VoiceChoice = VoiceChoice()
    """How it sounds."""
    memory: Literal["shared", "own", "none"] = "shared"
    """Whose memories it has: everybody's, only what was said to it, or none."""
    evolution: Evolution = Evolution()
    """Whether its traits may change with time."""

    @property
    def language(self) -> Tongue:
        """Its own language."""
        return self.languages[0]


def said(text: str | dict[Tongue, str], language: str) -> str:
    """Return what a field says in `language`; empty where it says nothing there."""
    if isinstance(text, str):
        return text
    return next((line for tongue, line in text.items() if tongue == language), "")
