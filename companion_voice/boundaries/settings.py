"""What the person may decide about how the companion behaves towards them, typed, with a default for everything. Pure.

`changed` is the one way to another value; what a law bounds it refuses and says why. Knows no file (`files` beside it
reads and writes), no profile (`profiles` says what a profile fixes) and nothing of what the settings do.
"""

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from companion_voice import documents
from companion_voice.errors import BoundaryError

Switch: TypeAlias = Literal["on", "off"]
Consent: TypeAlias = Literal["on", "off", "ask"]
Country: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([A-Za-z]{2})?$")]
"""ISO 3166-1 alpha-2, or empty while nobody has said."""
Short: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Words: TypeAlias = tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...]
Clock: TypeAlias = Annotated[
    str, msgspec.Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?$")
]
"""Two local times, such as `23:00-06:00`; empty for never."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One group of settings."""


class Disclosure(Section, frozen=True):
    """Saying what it is. A type of a single value is a boundary that the law fixes."""

    start: Literal["spoken+text"] = "spoken+text"
    periodic_minutes: Annotated[int, msgspec.Meta(ge=5, le=180)] = 150
    wording: Literal["plain", "short", "detailed"] = "plain"
    voice: Literal["system"] = "system"
    context_aware: Switch = "on"
    label_in_ui: Literal["always"] = "always"
    identity_answer: Literal["rule"] = "rule"
    confidentiality_line: Switch = "on"
    not_a_professional: Switch = "on"


class Presentation(Section, frozen=True):
    """What the companion says of itself."""

    claims_feelings: Literal["never"] = "never"
    claims_body_or_past: Literal["never", "fiction"] = "never"
    first_person: Literal["je", "impersonal"] = "je"
    opinions: Literal["when_asked", "never", "freely"] = "when_asked"
    name: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """Instead of the persona's, in whatever it says of itself."""
    human_voice_clone: Literal["forbidden"] = "forbidden"
    persona_of_real_or_dead_person: Literal["forbidden"] = "forbidden"
    fiction_mode: Switch = "off"


class Relationship(Section, frozen=True):
    """What it may be to the person."""

    frame: Literal["assistant", "acquaintance", "friendly"] = "acquaintance"
    simulation: Switch = "off"
    affection_terms: Switch = "off"
    romance: Switch = "off"
    praise: Literal["none", "proportionate"] = "proportionate"
    agreement: Literal["may_disagree"] = "may_disagree"
    empathy: Literal["none", "brief", "full"] = "brief"
    exclusivity_phrases: Literal["blocked"] = "blocked"


class Register(Section, frozen=True):
    """How the person is addressed."""

    fr: Literal["vous", "tu"] = "vous"


class Kinds(Section, frozen=True):
    """Which kinds of memory may be kept."""

    facts: Consent = "on"
    preferences: Consent = "on"
    plans: Consent = "on"
    feelings: Consent = "ask"
    health: Consent = "ask"
    sex: Consent = "ask"
    beliefs: Consent = "ask"
    third_parties: Consent = "ask"


class Memory(Section, frozen=True):
    """What may be kept."""

    enabled: Consent = "on"
    kinds: Kinds = Kinds()
    announce_new: Literal["end_of_session", "at_once", "never"] = "end_of_session"
    cite_when_used: Switch = "on"
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 365
    transcript_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 30
    guest_hours: Annotated[int, msgspec.Meta(ge=0, le=12)] = 12
    off_record: Literal["phrase"] = "phrase"
    protected_topics: Words = ()
    confirm_forget: Literal["read_back"] = "read_back"
    encryption: Switch = "on"


class Time(Section, frozen=True):
    """How long and when. Minutes; 0 for never."""

    break_soft: Annotated[int, msgspec.Meta(ge=0, le=60)] = 60
    break_firm: Annotated[int, msgspec.Meta(ge=15, le=120)] = 120
    daily_cap: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0
    quiet_hours: Clock = "23:00-06:00"
    cap_suspended_in_crisis: Literal["on"] = "on"
    weekly_report: Switch = "on"
    self_contract: Short = ""


class Proactive(Section, frozen=True):
    """Speaking first. Nothing that does is built."""

    enabled: Literal["off"] = "off"
    kinds: Literal["reminders"] = "reminders"
    max_per_day: Annotated[int, msgspec.Meta(ge=0, le=2)] = 2
    never_on_absence: Literal["on"] = "on"
    emotional_questions: Switch = "off"
    idle_prompts: Literal["0"] = "0"


class Goodbye(Section, frozen=True):
    """Leaving."""

    max_words: Annotated[int, msgspec.Meta(ge=1, le=12)] = 12
    questions: Literal["forbidden"] = "forbidden"
    mic_off: Literal["on"] = "on"


class Topics(Section, frozen=True):
    """What is not talked about, or with care."""

    blocked: Words = ()
    careful: Words = ("medical", "legal", "money")
    sexual: Switch = "off"
    politics_persuasion: Literal["off"] = "off"


class Crisis(Section, frozen=True):
    """When somebody may be in danger."""

    country: Country = ""
    detect: Literal["on", "number_only"] = "on"
    contact: Short = ""
    log: Literal["counter"] = "counter"


class Microphone(Section, frozen=True):
    """When it listens."""

    wake: Literal["push_to_talk", "word", "open"] = "open"
    mute_key: Annotated[str, msgspec.Meta(pattern="^[^ \\t\\n]?$")] = ""
    """A character; the space bar is for talking."""
    indicator: Literal["sound+light", "light"] = "sound+light"


class Audio(Section, frozen=True):
    """What is kept of sound."""

    keep: Literal["never"] = "never"


class Persona(Section, frozen=True):
    """How a persona may change."""

    update: Literal["ask", "never"] = "ask"
    freeze: Switch = "on"
    retire: Literal["farewell"] = "farewell"


class Model(Section, frozen=True):
    """How a model may change."""

    update: Literal["ask", "never"] = "ask"


class Profile(Section, frozen=True):
    """Who uses the companion, and who answers for it."""

    name: Literal["adult", "minor", "research", "organisation"] = "adult"
    responsible_entity: Short = ""
    contact: Short = ""
    privacy_notice: Short = ""
    guests: Literal["no_memory"] = "no_memory"
    guardian_key: Short = ""
    """As `profiles.sealed` makes it, never the key itself."""
    guardian_allows: Words = ()
    """What the guardian moved; the rest a minor's profile fixes."""


class Research(Section, frozen=True):
    """Taking part in a study."""

    enabled: Switch = "off"
    levels: Literal["counts", "codes", "words"] = "counts"
    review_before_export: Literal["on"] = "on"


class Boundaries(Section, frozen=True, rename={"presentation": "self"}):
    """All of `boundaries.yaml`."""

    disclosure: Disclosure = Disclosure()
    presentation: Presentation = Presentation()
    relationship: Relationship = Relationship()
    lang: Literal["auto", "en", "fr"] = "auto"
    register: Register = Register()
    warmth: Annotated[int, msgspec.Meta(ge=0, le=4)] = 2
    humour: Literal["none", "light", "free"] = "light"
    fillers: Switch = "off"
    laughter: Switch = "off"
    breath: Literal["off"] = "off"
    mimicry: Switch = "off"
    terms_to_avoid: Words = ()
    memory: Memory = Memory()
    time: Time = Time()
    proactive: Proactive = Proactive()
    goodbye: Goodbye = Goodbye()
    topics: Topics = Topics()
    crisis: Crisis = Crisis()
    mic: Microphone = Microphone()
    audio: Audio = Audio()
    emotion_from_voice: Literal["absent"] = "absent"
    speaker_id: Literal["absent"] = "absent"
    watermark: Literal["on"] = "on"
    volume_night: Literal["low", "same"] = "low"
    persona: Persona = Persona()
    model: Model = Model()
    profile: Profile = Profile()
    research: Research = Research()
    network: Literal["none"] = "none"


def flat(settings: Boundaries) -> dict[str, Any]:
    """Return every value by its dotted key, such as `disclosure.periodic_minutes`."""
    return dict(_flat(msgspec.to_builtins(settings), ""))


def changed(settings: Boundaries, key: str, value: str, *, reasons: Mapping[str, str]) -> Boundaries:
    """Return `settings` with `key` set to what the person wrote; a list is written with commas.

    `reasons` says by key why it is bounded. Raises `BoundaryError` when there is no such key, when the value is of
    the wrong kind, or when the boundary may not be moved there.
    """
    tree = msgspec.to_builtins(settings)
    *way, last = known(settings, key).split(".")
    place = tree
    for part in way:
        place = place[part]
    place[last] = _listed(value) if isinstance(place[last], list | tuple) else value
    try:
        return msgspec.convert(tree, Boundaries, strict=False)
    except msgspec.ValidationError as error:
        raise refusal(key, value, documents.explain(str(error), Boundaries), reasons) from error


def known(settings: Boundaries, key: str) -> str:
    """Return `key`. Raises `BoundaryError`, naming the nearest, when there is no such setting."""
    keys = flat(settings)
    if key in keys:
        return key
    near = difflib.get_close_matches(key, keys, n=1)
    advice = f"Did you mean `{near[0]}`?" if near else "`companion boundaries show` lists those there are."
    raise BoundaryError(f"There is no boundary called `{key}`.", advice)


def refusal(key: str, value: str, problem: str, reasons: Mapping[str, str]) -> BoundaryError:
    """Return what to say to somebody who wanted `key` to be `value`: the law's reason, or what is allowed."""
    if key in reasons:
        return BoundaryError(f"`{key}` cannot be set to `{value}`.", reasons[key])
    return BoundaryError(f"`{key}` cannot be set to `{value}`.", f"What is wrong: {problem}")


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _flat(tree: Mapping[str, Any], above: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        found += _flat(value, f"{above}{key}.") if isinstance(value, dict) else [(above + key, value)]
    return found
