"""What can change about a persona, and the record of one change. Pure data.

The set is closed: six sliders, a mood, how the person is addressed in French, and three kinds of words that the two of
them share. There is no key for what the companion must say about itself, nor for any boundary, so no change can reach
them. Knows no bounds and no history.
"""

from typing import Literal, TypeAlias

import msgspec

from companion_voice.persona.schema import TraitName

Mood: TypeAlias = Literal["even", "cheerful", "quiet"]
Kind: TypeAlias = Literal["trait", "mood", "address", "joke", "vocabulary", "opinion", "rollback", "forgotten"]
Decider: TypeAlias = Literal["person", "auto", "rollback", "forgotten"]
Reason: TypeAlias = Literal[
    "asked_shorter",
    "asked_longer",
    "asked_more_humour",
    "asked_less_humour",
    "asked_less_formal",
    "asked_more_formal",
    "asked_tu",
    "asked_vous",
    "asked_less_sure",
    "asked_more_sure",
    "asked_warmer",
    "asked_cooler",
    "asked_more_questions",
    "asked_fewer_questions",
    "laughed",
    "mood_cheerful",
    "mood_quiet",
    "shared_joke",
    "shared_word",
    "nickname",
    "opinion_given",
    "declined",
    "rollback",
    "forgotten",
]
LONGEST_TEXT = 200
"""Characters of a joke, a word or an opinion that are kept."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The personal part of a change. It can be erased; the rest of the change stays."""

    text: str
    topic: str = ""
    """What the text is about or stands for."""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One change, as it stands in the history."""

    number: int
    """Its place in the history, from 1."""
    kind: Kind
    key: str
    """The name of a slider, or the kind again."""
    old: float | str
    new: float | str
    """Equal to `old` where the person declined; shared words are kept then too, so as not to be proposed again."""
    reason: Reason
    evidence: tuple[str, ...]
    """Keys of the turns it rests on."""
    at: str
    """ISO 8601 with offset; its first ten characters are the day."""
    decided_by: Decider
    about: int = 0
    """The change that is gone back to (0: the beginning), or that was forgotten."""
    words: Words | None = None
    """None also where they were erased."""

    @property
    def day(self) -> str:
        """The day it was made, `2026-05-03`."""
        return self.at[:10]


class Item(msgspec.Struct, frozen=True):
    """Words the two of them share, and the change that brought them."""

    number: int
    text: str
    topic: str


class Grown(msgspec.Struct, frozen=True, kw_only=True):
    """What a persona has grown into."""

    traits: dict[TraitName, float]
    """Every slider as it stands."""
    mood: Mood = "even"
    mood_day: str = ""
    """The day of the mood; on another day it is even again."""
    address: Literal["", "tu", "vous"] = ""
    """Empty for what the file says."""
    jokes: tuple[Item, ...] = ()
    vocabulary: tuple[Item, ...] = ()
    opinions: tuple[Item, ...] = ()

    def mood_on(self, day: str) -> Mood:
        """Return its mood on a day."""
        return self.mood if day == self.mood_day else "even"
