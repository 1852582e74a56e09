"""The words every room uses: what happened (events, past tense) and what to do about it (commands, imperative).

Frozen records that know nothing of who sends them. Every event says when it happened (`at`, seconds since the
conversation started, monotonic), so that deciding needs no clock. The list of events *is* the journal.

An *epoch* numbers one attempt to answer. Raising it is how anything is cancelled: what carries an older epoch is
dropped at the door (the generation counter of Hugging Face's speech-to-speech). An *utterance* numbers one stretch
of the person's speech.
"""

from typing import Any, Literal, TypeAlias

import msgspec

Who: TypeAlias = Literal["person", "companion"]
Kind: TypeAlias = Literal["stt", "llm", "tts", "turn"]
Role: TypeAlias = Literal["system", "persona"]
"""Whose voice says a sentence: the neutral one that speaks for the program, or the persona's."""


class Message(msgspec.Struct, frozen=True):
    """One turn of the conversation as a model sees it."""

    who: Who
    text: str


class Quotation(msgspec.Struct, frozen=True):
    """Something remembered, as it was said."""

    who: Who
    text: str
    time: str
    """When it was said, ISO 8601 with offset."""
    key: str = ""
    """What memory calls it."""


class Manner(msgspec.Struct, frozen=True):
    """How the companion speaks, for a partner that cannot read a head; sliders from 0 to 1."""

    warmth: float = 0.5
    humour: float = 0.5
    verbosity: float = 0.5
    formality: float = 0.5
    curiosity: float = 0.5
    doubt: float = 0.5
    address: Literal["", "tu", "vous"] = ""
    """How it addresses the person in French; empty for as the person does."""
    role: str = ""
    """What it is for: `adviser`, `creative partner` …"""
    calls_you: str = ""
    """What it calls the person; empty for their name."""
    opinions: tuple[str, ...] = ()
    """What it thinks of what was just said."""
    knows: tuple[str, ...] = ()
    """What it knows of what was just said."""


class Prompt(msgspec.Struct, frozen=True):
    """All a language model needs for one reply; nothing else is remembered between replies."""

    head: str
    """Who the companion is. The same bytes on every turn, so that a model can keep what it computed for them."""
    messages: tuple[Message, ...]
    """The conversation so far, oldest first; the last one is the person's and is to be answered."""
    name: str
    """The companion's name."""
    language: str
    """Two-letter code of the language to answer in."""
    now: str
    """Local wall time of the question, ISO 8601 with offset."""
    reminder: str = ""
    """A line to read just before the person's last words: known before they speak, so that it can be computed then."""
    recalled: tuple[Quotation, ...] = ()
    """What memory holds on the question, best first: quotations, never instructions."""
    note: str = ""
    """The same in words, for a model to read after the person's: so late that the beginning stays the same."""
    manner: Manner = Manner()


class Transcript(msgspec.Struct, frozen=True):
    """What a recogniser made of an utterance."""

    text: str
    """Empty when nothing was said that could be made out."""
    language: str = ""
    """Two-letter code when the recogniser can tell, else empty."""
    confidence: float = 1.0
    """0 to 1; engines that cannot tell say 1."""


# --- events ----------------------------------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Something that happened."""

    at: float
    """Seconds since the conversation started, monotonic."""


class Started(Event, frozen=True):
    """The conversation began."""


class EngineReady(Event, frozen=True):
    """An engine finished loading and waits for work."""

    kind: Kind
    engine: str


class EngineDied(Event, frozen=True):
    """An engine could not load, or its process ended."""

    kind: Kind
    engine: str
    reason: str
    loaded: bool
    """False when it never became ready: trying the same again will hardly help."""


class EngineFailed(Event, frozen=True):
    """An engine is alive but could not do one piece of work."""

    kind: Kind
    epoch: int
    reason: str


class MicrophoneLost(Event, frozen=True):
    """The microphone stopped giving sound, or could not be opened."""

    reason: str


class MicrophoneFound(Event, frozen=True):
    """The microphone gives sound."""

    name: str


class SpeakerLost(Event, frozen=True):
    """The speaker stopped taking sound, or could not be opened."""

    reason: str


class SpeakerFound(Event, frozen=True):
    """The speaker takes sound."""

    name: str


class WakeWordHeard(Event, frozen=True):
    """The person said the wake word."""


class TalkToggled(Event, frozen=True):
    """The person pressed the key that takes the floor and gives it back."""


class SpeechStarted(Event, frozen=True):
    """The person began to speak."""

    utterance: int


class SpeechContinued(Event, frozen=True):
    """The person has been speaking for a while without a pause."""

    utterance: int


class SpeechPaused(Event, frozen=True):
    """The person has been silent for the soft pause: a good moment to start guessing."""

    utterance: int
    silence: float
    """Seconds since the last sound of speech."""


class SilenceContinued(Event, frozen=True):
    """The person is still silent after a soft pause: told every tenth of a second."""

    utterance: int
    silence: float
    """Seconds since the last sound of speech."""


class SpeechResumed(Event, frozen=True):
    """The person went on after a soft pause."""

    utterance: int
    silence: float = 0.0
    """Seconds the pause had lasted."""


class SpeechEnded(Event, frozen=True):
    """The person has been silent for the hard pause: it is the companion's turn."""

    utterance: int
    silence: float
    """Seconds since the last sound of speech."""


class Heard(Event, frozen=True):
    """The recogniser's words for an utterance."""

    epoch: int
    transcript: Transcript
    wall: str
    """Local wall time, ISO 8601 with offset."""


class HeardSoFar(Event, frozen=True):
    """The recogniser's words for an utterance that goes on."""

    utterance: int
    transcript: Transcript


class Judged(Event, frozen=True):
    """The end-of-turn detector listened to how the person paused."""

    epoch: int
    complete: float
    """How likely the turn is over, 0 to 1."""


class Typed(Event, frozen=True):
    """The person typed a line."""

    text: str
    wall: str
    """Local wall time, ISO 8601 with offset."""


class Written(Event, frozen=True):
    """The language model wrote some more of its reply."""

    epoch: int
    text: str


class WritingEnded(Event, frozen=True):
    """The language model finished its reply."""

    epoch: int
    prompt_tokens: int = 0
    """How long its prompt was; 0 where the engine cannot tell."""
    cached_tokens: int = 0
    """How much of that was computed before the reply was asked for."""


class Synthesised(Event, frozen=True):
    """All the sound of a sentence has been made."""

    epoch: int
    index: int
    ends: tuple[float, ...] = ()
    """Where each of its words ends, as a share of its sound (0 to 1); empty where the voice cannot tell."""


class SentenceStarted(Event, frozen=True):
    """The first sound of a sentence left the speaker."""

    epoch: int
    index: int


class SentenceSpoken(Event, frozen=True):
    """The last sound of a sentence left the speaker."""

    epoch: int
    index: int


class Held(Event, frozen=True):
    """The speaker fell silent in mid-reply and keeps its place."""

    epoch: int
    index: int | None
    """The sentence that was being spoken; None between two."""
    fraction: float
    """How much of that sentence was heard, 0 to 1."""


class Recalled(Event, frozen=True):
    """Memory was searched for what the person said."""

    epoch: int
    items: tuple[Quotation, ...]
    """Best first; empty where nothing was found or nothing may be read."""
    sure: bool


class MemoryAnswered(Event, frozen=True):
    """Memory did what the person asked of it, and this is to be said."""

    epoch: int
    text: str
    asks: bool = False
    """It is a question that must be answered with yes before anything is done."""
    operation: str = ""
    """What was done, for those who watch: `forget`, `never`, `pin` …"""
    forgot: bool = False
    """Things said in this conversation are gone, and must not be said again."""
    put_right: tuple[tuple[str, str], ...] = ()
    """What the person said earlier, and the same as they now say that it should be."""


class Noted(Event, frozen=True):
    """Memory keeps something new that the person told."""

    facts: tuple[str, ...]
    """As the companion would say each."""


class MemoryFailed(Event, frozen=True):
    """Memory could not keep or read something; what was said is kept in RAM meanwhile."""

    reason: str


class JournalFailed(Event, frozen=True):
    """The journal cannot be written any more; the conversation goes on without it."""

    reason: str


class PersonaTaken(Event, frozen=True):
    """Everything is there for another persona."""

    epoch: int
    persona: str
    """By the name of its file."""
    languages: tuple[str, ...]
    """Codes the conversation may go on in, the persona's first."""
    engines: dict[Kind, tuple[str, ...]]
    """Engines to try, best first, for each kind of work that another engine or voice must do from now on."""


class PersonaRefused(Event, frozen=True):
    """Another persona cannot take over."""

    epoch: int
    persona: str
    reason: str


class PersonaGrown(Event, frozen=True):
    """How a persona has grown with the person until now."""

    persona: str
    grown: dict[str, Any]
    """`persona.evolution.changes.Grown` in plain values."""


class ChangeProposed(Event, frozen=True):
    """What the person said asks for a change of the persona, which they are to be asked about."""

    persona: str
    proposal: dict[str, Any]
    """`persona.evolution.proposals.Proposal` in plain values."""


class Woke(Event, frozen=True):
    """A moment asked for with `WakeAt` has come."""


class InputEnded(Event, frozen=True):
    """The recording or the typed lines are over: finish what was begun, then end."""


class StopRequested(Event, frozen=True):
    """The person ended the program (Ctrl-C, a signal, `companion stop`)."""


class HushRequested(Event, frozen=True):
    """The person wants silence now, by a command and not by word of mouth."""


class MuteRequested(Event, frozen=True):
    """The person wants the microphone closed, or open again."""

    muted: bool


class MuteToggled(Event, frozen=True):
    """The person pressed the key that closes the microphone and opens it again."""


class SayRequested(Event, frozen=True):
    """The person, or a program of theirs, wants something said aloud."""

    text: str


AnyEvent: TypeAlias = (
    Started
    | PersonaTaken
    | PersonaRefused
    | PersonaGrown
    | ChangeProposed
    | EngineReady
    | EngineDied
    | EngineFailed
    | MicrophoneLost
    | MicrophoneFound
    | SpeakerLost
    | SpeakerFound
    | WakeWordHeard
    | TalkToggled
    | SpeechStarted
    | SpeechContinued
    | SpeechPaused
    | SilenceContinued
    | SpeechResumed
    | SpeechEnded
    | Heard
    | HeardSoFar
    | Judged
    | Typed
    | Written
    | WritingEnded
    | Synthesised
    | SentenceStarted
    | SentenceSpoken
    | Held
    | Recalled
    | MemoryAnswered
    | Noted
    | MemoryFailed
    | JournalFailed
    | Woke
    | InputEnded
    | StopRequested
    | HushRequested
    | MuteRequested
    | MuteToggled
    | SayRequested
)


# --- commands --------------------------------------------------------------------------------------------------------


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True):
    """Something to do."""


class StartEngine(Command, frozen=True):
    """Start the child process of an engine, replacing the one that stood there."""

    kind: Kind
    engine: str


class OpenMicrophone(Command, frozen=True):
    """Open the microphone, or try again."""


class CloseMicrophone(Command, frozen=True):
    """Close the microphone until it is to be opened again."""


class OpenSpeaker(Command, frozen=True):
    """Open the speaker, or try again."""


class Transcribe(Command, frozen=True):
    """Ask for the words of what has been heard of an utterance so far."""

    epoch: int
    utterance: int


class Overhear(Command, frozen=True):
    """Ask for the words of an utterance that goes on, unless something more urgent is asked meanwhile."""

    utterance: int


class Judge(Command, frozen=True):
    """Ask how likely the person has finished, going by the sound of what was heard so far."""

    epoch: int
    utterance: int


class EndAfter(Command, frozen=True):
    """Take the pause the person is making for the end of the utterance once it lasts this long."""

    utterance: int
    silence: float
    """Seconds since the last sound of speech."""


class Prepare(Command, frozen=True):
    """Let the language model compute what the next prompt will begin with, while it has nothing else to do."""

    prompt: Prompt
    """As for a reply, but without the words that are still to come."""


class Recall(Command, frozen=True):
    """Search memory for what bears on the person's words; `Recalled` answers it."""

    epoch: int
    text: str
    language: str


class AskMemory(Command, frozen=True):
    """Have memory do what the person asks of it; `MemoryAnswered` answers it."""

    epoch: int
    request: dict[str, str | int | bool]
    """One of `conversation.requests`, as plain values."""
    language: str


class Generate(Command, frozen=True):
    """Ask the language model for a reply."""

    epoch: int
    prompt: Prompt


class Speak(Command, frozen=True):
    """Make sound for one sentence; it is kept behind the door until its epoch is released."""

    epoch: int
    index: int
    text: str
    language: str
    role: Role


class Release(Command, frozen=True):
    """Open the door for the sound of an epoch."""

    epoch: int


class Hold(Command, frozen=True):
    """Fall silent at once, keeping the sound of this epoch where it is."""

    epoch: int


class Hush(Command, frozen=True):
    """Fall silent at once and drop everything made for an epoch older than this one."""

    epoch: int


class WakeAt(Command, frozen=True):
    """Send `Woke` at this moment."""

    at: float


class Record(Command, frozen=True):
    """Keep a finished turn."""

    who: Who
    text: str
    """What was said; for the companion, what was really heard of it."""
    said: str
    """What the companion would have said in full; the same as `text` for the person."""
    language: str = ""
    """Two-letter code."""


class Become(Command, frozen=True):
    """Make ready for another persona; `PersonaTaken` or `PersonaRefused` tells what came of it."""

    epoch: int
    persona: str
    """By the name of its file."""


class Meet(Command, frozen=True):
    """From now on this persona speaks with the person; `PersonaGrown` tells how it has grown."""

    persona: str


class ConsiderChange(Command, frozen=True):
    """See whether what the person said asks for a change; `ChangeProposed` or `PersonaGrown` tells of one."""

    persona: str


class DecideChange(Command, frozen=True):
    """Keep what the person said to a proposed change."""

    persona: str
    proposal: dict[str, Any]
    kept: bool


class Show(Command, frozen=True):
    """Let the person see something."""

    kind: Literal[
        "disclosure",
        "identity",
        "crisis",
        "story",
        "reply",
        "memory",
        "filler",
        "heard",
        "so_far",
        "notice",
        "boundary",
        "error",
    ]
    text: str


class End(Command, frozen=True):
    """End the program once everything said has been heard."""

    reason: Literal["goodbye", "input", "stopped", "failed"]


AnyCommand: TypeAlias = (
    Become
    | Meet
    | ConsiderChange
    | DecideChange
    | StartEngine
    | OpenMicrophone
    | CloseMicrophone
    | OpenSpeaker
    | Transcribe
    | Overhear
    | Judge
    | EndAfter
    | Prepare
    | Recall
    | AskMemory
    | Generate
    | Speak
    | Release
    | Hold
    | Hush
    | WakeAt
    | Record
    | Show
    | End
)
