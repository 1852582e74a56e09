"""What a conversation is made of, as values. Pure; decides nothing."""

from typing import Any, Literal, TypeAlias

import msgspec

from companion_voice.boundaries.crisis import State as Crisis
from companion_voice.boundaries.disclosure import Disclosures, Server
from companion_voice.boundaries.limits import Ledger
from companion_voice.boundaries.moments import Moment
from companion_voice.boundaries.phrases import Phrases
from companion_voice.boundaries.settings import Boundaries
from companion_voice.conversation.addressing import Addressing
from companion_voice.conversation.patience import Patience
from companion_voice.events import AnyCommand, Kind, Message, Role
from companion_voice.persona.cards.lorebook import Budget, Lore
from companion_voice.persona.schema import Persona

Ears: TypeAlias = Literal["closed", "quiet", "hearing", "pausing", "deaf"]
SentenceKind: TypeAlias = Literal["disclosure", "identity", "crisis", "story", "notice", "filler", "memory", "reply"]
_PERSONAS = ("reply", "filler", "memory")
"""What the persona's voice says; the rest is the program's."""
Phase: TypeAlias = Literal["starting", "listening", "hearing", "thinking", "speaking", "deaf", "muted", "ended"]


class Setup(msgspec.Struct, frozen=True):
    """What a conversation is told before it begins, and never changes. The first line of its journal."""

    name: str
    """The companion's name."""
    head: str
    """The unchanging beginning of every prompt."""
    greeting: str
    farewell: str
    language: str
    """Two-letter code of the language to begin in."""
    languages: tuple[str, ...]
    """Codes the conversation may follow the person into."""
    phrases: dict[str, Phrases]
    """By language code."""
    persona: Persona | None = None
    """Who it is, for what a prompt says late."""
    key: str = ""
    """The name of that persona's file."""
    cast: dict[str, Persona] = {}
    """By the same, all who may take over."""
    books: dict[str, tuple[tuple[Lore, ...], Budget]] = {}
    """By the same, what those know whose cards brought a lorebook, and how much of it may be brought up at once."""
    plain_head: str = ""
    """The same without a persona, for when somebody may be in danger."""
    boundaries: Boundaries = Boundaries()
    disclosures: Disclosures = Disclosures()
    """What was disclosed in earlier conversations."""
    ledger: Ledger = Ledger()
    """How long the companion was used until now."""
    began: Moment = Moment(wall=0.0, steady=0.0, boot="")
    """When the conversation begins."""
    wall: str = ""
    """The same as local wall time, ISO 8601 with offset."""
    conversation: str = ""
    """What tells this conversation from others."""
    remembers: bool = False
    """There is a memory."""
    off_record: bool = False
    """The person has said that nothing is to be kept, in an earlier conversation."""
    engines: dict[Kind, tuple[str, ...]] = {}
    """Engines to try, best first, for each kind of work that is wanted at all."""
    servers: dict[Kind, Server] = {}
    """By kind of work, the other program that does it, where one does."""
    sure_pause: float = 0.25
    """Seconds of silence that end a turn which sounds finished."""
    hard_pause: float = 0.6
    """The same where nothing can tell."""
    unsure_pause: float = 0.8
    """The same where it sounds unfinished."""
    patience: Patience | None = None
    """What is known of the person's pauses; None to keep to the pauses above."""
    eager: bool = False
    """Begin an answer to the words heard so far before the recogniser has confirmed that they are all."""
    late: float | None = None
    """Seconds after which an answer that is not there yet is announced by a short sound; None never."""
    addressing: Addressing = Addressing()
    """How the person addresses the companion."""
    wake_word: str = ""
    """What the person says to wake it, to be left out of what they said; empty where there is none."""
    full_duplex: bool = True
    """False where the companion could take its own voice for the person's: it does not listen while it speaks."""
    waits: bool = False
    """The microphone is off, as after a goodbye, and it says nothing until somebody speaks to it."""
    listens: bool = True
    """False when the person types."""
    aloud: bool = True
    """False when answers are only shown."""


class Sentence(msgspec.Struct, frozen=True):
    """One thing to say."""

    text: str
    kind: SentenceKind = "reply"
    made: bool = False
    """All its sound exists."""
    ends: tuple[float, ...] = ()
    """Where each word ends, as a share of that sound (0 to 1); empty where the voice cannot tell."""
    begun: bool = False
    """The person has heard some of it."""
    spoken: bool = False
    """The person has heard all of it."""

    @property
    def role(self) -> Role:
        """Whose voice says it."""
        return "persona" if self.kind in _PERSONAS else "system"

    @property
    def discloses(self) -> bool:
        """Whether it says what this is."""
        return self.kind in ("disclosure", "identity")

    @property
    def binds(self) -> bool:
        """Whether it must be said all the same where it was interrupted."""
        return self.kind in ("disclosure", "story")

    @property
    def counts(self) -> bool:
        """Whether it is part of what the companion said, and not a word beside it."""
        return self.kind not in ("story", "notice", "filler")


class Reply(msgspec.Struct, frozen=True):
    """One attempt to answer, from the first guess to the last sound."""

    epoch: int
    stage: Literal["hearing", "interrupting", "understood", "recalling", "writing", "written"]
    """`understood`: what the words ask for changes something, and waits until it is the companion's turn."""
    said: str = ""
    """The person's words that it answers."""
    asked: int = 0
    """The epoch under which those words and their ending were asked about: that of the person's last pause."""
    sounds_complete: float | None = None
    """How finished the person sounded, 0 to 1; None while nobody has said."""
    wall: str = ""
    """Local wall time of those words, ISO 8601."""
    sentences: tuple[Sentence, ...] = ()
    pending: str = ""
    """Written, but not yet a sentence."""
    confirmed: bool = False
    """It is the companion's turn, so that this may be heard."""
    cut: tuple[int, float] | None = None
    """Where the speaker is held: the sentence, and how much of it (0 to 1) was heard."""
    ends: bool = False
    """The conversation is over after it."""
    private: bool = False
    """Somebody may be in danger: neither the words nor the answer are kept."""

    @property
    def complete(self) -> bool:
        """Everything was written and everything was heard."""
        return self.stage == "written" and all(sentence.spoken for sentence in self.sentences)


class EngineState(msgspec.Struct, frozen=True):
    """One kind of work and who does it."""

    candidates: tuple[str, ...]
    """Engines still worth trying; the first is in use. Empty when none is left."""
    ready: bool = False
    deaths: tuple[float, ...] = ()
    """When it died lately, in seconds since the conversation started."""
    lost: str = ""
    """The last that was left, which was given up and will be tried again."""
    retry_at: float | None = None
    wait: float = 0.0
    """The seconds that led there; 0 while none was given up."""


class State(msgspec.Struct, frozen=True):
    """All truth about a conversation."""

    setup: Setup
    language: str
    engines: dict[Kind, EngineState]
    at: float = 0.0
    """The time, in seconds since the conversation started."""
    wall: str = ""
    """The last local wall time that was told, and when it was."""
    wall_at: float = 0.0
    boundaries: Boundaries = Boundaries()
    crisis: Crisis = Crisis()
    disclosures: Disclosures = Disclosures()
    ledger: Ledger = Ledger()
    story: int = 0
    """Which of the person's turns in an announced story comes next, counted from 1; 0 while there is none."""
    noted: tuple[str, ...] = ()
    """What memory has newly kept, to be told when the conversation ends."""
    quoting: bool = False
    """The companion's last answer came from memory: "why do you think that?" is about it."""
    proposed: dict[str, Any] | None = None
    """A change of the persona that is to be asked about when it is quiet."""
    deciding: dict[str, Any] | None = None
    """A change of the persona that was asked about just now: "yes" and "no" are about it."""
    asked_after: int | None = None
    """After how many of the person's turns they were last asked about one."""
    confirming: bool = False
    """Memory has asked whether it should really do something."""
    epoch: int = 0
    ears: Ears = "closed"
    muted: bool = False
    """The person has closed the microphone."""
    hushing: bool = False
    """The person wants silence, and it is being found out how much they have heard."""
    utterance: int = 0
    """The person's last utterance that began."""
    addressing: Addressing = Addressing()
    """When the person last addressed the companion."""
    speaking_since: float = 0.0
    """When the person's last utterance began, in seconds since the conversation started."""
    silent_since: float = 0.0
    """When the person's last utterance ended, in seconds since the conversation started."""
    quiet_since: float = -1.0
    """When the companion's last sentence ended."""
    patience: Patience | None = None
    """What is known of the person's pauses, if that is to be learned."""
    overheard: tuple[str, ...] = ()
    """What the companion was saying aloud when that utterance began: it may have heard itself."""
    ignored: int = 0
    """An utterance nobody listens to."""
    reply: Reply | None = None
    """What the companion is saying or about to say."""
    guess: Reply | None = None
    """What it prepares to say while it is not yet sure that the person has finished."""
    kept: Reply | None = None
    """What it prepared before the person went on; it stands if they add no words."""
    late_at: float | None = None
    """When an answer that is awaited will be late."""
    owed: tuple[Sentence, ...] = ()
    """What must be said before anything else, because it was interrupted: the disclosure."""
    history: tuple[Message, ...] = ()
    """What was said lately."""
    forgone: int = 0
    """How many messages of the person came before those."""
    histories: dict[str, tuple[Message, ...]] = {}
    """What was said with the other personas, by the name of their files."""
    late: tuple[int, ...] = ()
    """Epochs of utterances that ended while the next one had begun; their words belong to the history."""
    microphone_retry: tuple[float, float] | None = None
    """When to try the microphone again, and the wait that led there, in seconds."""
    speaker_retry: tuple[float, float] | None = None
    aloud: bool = True
    """There is a voice and a speaker."""
    input_over: bool = False
    ended: bool = False

    @property
    def phrases(self) -> Phrases:
        """The fixed phrases of the language being spoken."""
        return self.setup.phrases[self.language]

    @property
    def resting(self) -> bool:
        """Nothing is being heard, prepared or said."""
        waiting = self.reply or self.guess or self.kept
        return waiting is None and self.ears not in ("hearing", "pausing")


Result: TypeAlias = tuple[State, tuple[AnyCommand, ...]]
"""What deciding gives: the next state, and what the world should now do."""


def begin(setup: Setup) -> State:
    """Return the state before anything has happened."""
    engines = {kind: EngineState(candidates) for kind, candidates in setup.engines.items()}
    return State(
        setup=setup,
        language=setup.language,
        engines=engines,
        aloud=setup.aloud,
        muted=setup.waits and setup.listens,
        addressing=setup.addressing,
        wall=setup.wall,
        boundaries=setup.boundaries,
        disclosures=setup.disclosures,
        ledger=setup.ledger,
        patience=setup.patience,
    )


def phase(state: State) -> Phase:
    """Return the one word that tells a person what the companion is doing."""
    if state.ended:
        return "ended"
    if state.ears == "deaf":
        return "deaf"
    if not all(engine.ready for engine in state.engines.values() if engine.candidates):
        return "starting"
    if state.ears == "hearing":
        return "hearing"
    if state.reply and any(sentence.begun for sentence in state.reply.sentences):
        return "speaking"
    waiting: Phase = "muted" if state.muted else "listening"
    return "thinking" if state.reply or state.guess else waiting
