"""What a persona is: one YAML file a person enjoys writing. Pure."""

from typing import Annotated, TypeAlias

import msgspec

from companion_voice.settings import Language

Line: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"\S")]
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=4000)]
Speed: TypeAlias = Annotated[float, msgspec.Meta(ge=0.5, le=2)]


class VoiceChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which voice speaks, for each engine that may be there."""

    piper: str = ""
    """A Piper voice from `companion models list`; empty for any in the persona's language."""
    espeak: str = ""
    """An espeak-ng voice such as `en-gb+f3`; empty for the language's own."""
    speed: Speed = 1.0
    """1 is the voice's own pace, 2 twice as fast."""


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the companion is."""

    name: Name
    language: Language
    """The language it speaks."""
    description: Text
    """Who it is, in a few sentences addressed to it."""
    manner: Text
    """How it speaks."""
    greeting: Line
    farewell: Line
    """At most a short sentence: a goodbye is no moment to begin something."""
    voice: VoiceChoice = VoiceChoice()
