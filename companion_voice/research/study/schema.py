"""What a study is: one YAML file a researcher writes. Knows neither where it lies nor whether it makes sense."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from companion_voice.research.records import Level

Identifier: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Words: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"\S")]
Tongue: TypeAlias = Literal["en", "fr"]
Value: TypeAlias = str | tuple[str, ...] | dict[str, str]
"""What stands beside a dotted key; the thing it changes says which kind it must be."""
Asked: TypeAlias = Literal["baseline", "before", "after", "end"]
Of: TypeAlias = Literal["session", "response"]
Comparison: TypeAlias = Literal["less", "more", "equals", "differs"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a study file: a key that it does not know is refused."""


class Responsible(Part, frozen=True):
    """Who answers for the study."""

    entity: Words
    contact: Words
    privacy_notice: Words
    """Where the privacy notice can be read."""


class Condition(Part, frozen=True):
    """One way in which the companion behaves; what it does not change is as a new installation has it."""

    persona: Words
    """A name out of `companion persona list`, or the path of a persona file."""
    about: str = ""
    """For the researcher's own eyes."""
    weight: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    """How many of a block it gets."""
    persona_changes: dict[str, Value] = {}
    """By dotted key, such as `traits.warmth`."""
    settings: dict[str, Value] = {}
    """By dotted key, such as `turn.sure_pause`."""
    boundaries: dict[str, str] = {}
    """By dotted key, such as `disclosure.periodic_minutes`."""


class Allocation(Part, frozen=True):
    """How participants come to their conditions."""

    seed: Words
    places: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    """Places in each stratum, rounded up to whole blocks."""
    blocks: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    """How many times each condition's weight stands in a block."""
    strata: dict[Identifier, tuple[Identifier, ...]] = {}
    """By facet, its values, such as `age: [18-39, 40-up]`; the language is always one."""


class Asking(Part, frozen=True):
    """A questionnaire and when it is asked."""

    name: Identifier
    when: Asked


class Sessions(Part, frozen=True):
    """How often a participant talks."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Rule(Part, frozen=True):
    """When a session is left out of an analysis: where `column` is `less`, `more` … than `value`."""

    name: Identifier
    of: Of
    column: Annotated[str, msgspec.Meta(pattern="^[a-z_]+$")]
    is_: Comparison = msgspec.field(name="is")
    value: str
    item: str = ""
    """The questionnaire's item, where the rule is about responses."""


class Consent(Part, frozen=True):
    """What participants are asked to allow."""

    levels: Annotated[tuple[Level, ...], msgspec.Meta(min_length=1)]
    """Each is asked for, and may be refused, by itself."""
    withdrawal_until: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    """Until this day a withdrawal deletes everything."""


class Plan(Part, frozen=True):
    """All of `study.yaml`."""

    title: Words
    languages: Annotated[tuple[Tongue, ...], msgspec.Meta(min_length=1, max_length=2)]
    responsible: Responsible
    conditions: Annotated[dict[Identifier, Condition], msgspec.Meta(min_length=2)]
    allocation: Allocation
    sessions: Sessions
    consent: Consent
    questionnaires: tuple[Asking, ...] = ()
    exclude: tuple[Rule, ...] = ()
