"""Follows the entries of a journal and tells turns and what the program did: the one reading of what happened.

A turn of the companion is a run of its sentences in one voice; what was prepared and never begun is no turn. Works on
measures as well as on words. Knows no file; turns are not yet numbered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from companion_voice.events import (
    AnyEvent,
    EngineDied,
    EngineFailed,
    Heard,
    Hush,
    MemoryAnswered,
    MemoryFailed,
    MicrophoneLost,
    PersonaTaken,
    Recalled,
    Record,
    SentenceSpoken,
    SentenceStarted,
    Show,
    SilenceContinued,
    Speak,
    SpeakerLost,
    SpeechEnded,
    SpeechPaused,
    Typed,
    WritingEnded,
    Written,
)
from companion_voice.research import levels
from companion_voice.research.levels import Words
from companion_voice.research.lines import Entry, Gap, Heading
from companion_voice.research.records import Speaker, SystemEvent, Turn

_PERSONAS = {"reply", "memory", "filler"}
"""What the persona's voice says (`conversation.state`)."""
_SYSTEMS = {"disclosure", "identity", "crisis", "story", "notice"}
_DISCLOSED = {"disclosure", "identity"}


@dataclass
class _Piece:
    """One sentence of the companion's."""

    words: Words
    language: str
    persona: bool
    epoch: int = -1
    """-1 where it was only written."""
    kind: str = ""
    by_model: bool = False
    begun: float | None = None
    spoken: bool = False


class Follower:
    """Follows one conversation, at any level."""

    def __init__(self, heading: Heading, secret: bytes = b"") -> None:
        """`secret`: the key of texts' hashes."""
        self.events: list[SystemEvent] = []
        self._heading = heading
        self._secret = secret
        self._language = heading.language
        self._pieces: dict[tuple[int, int], _Piece] = {}
        """Sentences that are spoken or may be, by epoch and index."""
        self._written: list[_Piece] = []
        """Sentences that are only shown."""
        self._recalled: dict[int, int] = {}
        self._words_at: float | None = None
        self._typed = False
        self._confidence: float | None = None
        self._silent_since: float | None = None
        self._due: float | None = None
        """When the person stopped speaking, while no answer has begun."""
        self._answered = False
        """The person has said something."""
        if heading.voice:
            told = " ".join(f"{name}={value}" for name, value in heading.voice.items())
            self._tell(0.0, "cue", f"V03 {told}")
            self._tell(0.0, "cue", f"V05 {heading.engines.get('tts', '')} {heading.voice.get('voice', '')}".strip())

    def take(self, entry: Entry) -> list[Turn]:
        """Return the turns that an entry ended."""
        self._happened(entry.event)
        for note in entry.noted:
            self._noted(entry.event.at, note)
        by_model = isinstance(entry.event, Written | WritingEnded)
        for command in entry.commands:
            if isinstance(command, Speak):
                self._language = command.language
                piece = _Piece(levels.read(command.text), command.language, command.role == "persona", command.epoch)
                piece.by_model = by_model
                self._pieces[command.epoch, command.index] = piece
        ended: list[Turn] = []
        for command in entry.commands:
            match command:
                case Show(kind="heard", text=text):
                    ended += [*self._close(), self._of_person(entry, text)]
                case Show(kind="boundary", text=rule):
                    self._tell(entry.event.at, "guard", rule)
                case Show(kind=kind, text=text) if kind in _PERSONAS | _SYSTEMS:
                    self._shown(entry.event.at, kind, text, by_model=by_model)
                case Record(who="companion"):
                    ended += self._close(command)
                case Hush(epoch=epoch):
                    self._drop(epoch)
        return ended

    def pass_over(self, gap: Gap) -> list[Turn]:
        """Return the turns that ended where nothing is written any more."""
        self._tell(gap.at, gap.why, f"{gap.seconds:.0f} s")
        ended = self._close()
        self._pieces.clear()
        self._words_at = self._due = None
        return ended

    def finish(self) -> list[Turn]:
        """Return the turns that were going on when it all ended."""
        return self._close()

    # --- what happened -----------------------------------------------------------------------------------------------

    def _happened(self, event: AnyEvent) -> None:  # noqa: C901 - one line an event
        at = event.at
        if fault := _fault(event):
            self._tell(at, "fault", fault)
        match event:
            case Heard(transcript=transcript) if transcript.text:
                self._words_at = at if self._words_at is None else self._words_at
                self._typed, self._confidence = False, transcript.confidence
            case Typed():
                self._words_at = self._silent_since = at
                self._typed, self._confidence = True, None
            case SpeechPaused(silence=silence) | SpeechEnded(silence=silence) | SilenceContinued(silence=silence):
                self._silent_since = at - silence
            case SentenceStarted(epoch=epoch, index=index) if piece := self._pieces.get((epoch, index)):
                if piece.begun is None:
                    self._begin(piece, at)
            case SentenceSpoken(epoch=epoch, index=index) if piece := self._pieces.get((epoch, index)):
                piece.spoken = True
            case Recalled(epoch=epoch, items=items) if items:
                self._recalled[epoch] = len(items)
                self._tell(at, "memory", f"recall {len(items)}")
            case MemoryAnswered(operation=operation) if operation:
                self._tell(at, "memory", operation)
            case PersonaTaken(persona=persona):
                self._tell(at, "persona", persona)

    def _noted(self, at: float, note: str) -> None:
        what, _, detail = note.partition(":")
        self._tell(at, "cap" if detail == "cap" else what, detail)

    def _shown(self, at: float, kind: str, text: str, *, by_model: bool) -> None:
        """Note of what kind a sentence is; where nothing speaks, it is said by being shown."""
        words = levels.read(text)
        awaited = (piece for piece in reversed(self._pieces.values()) if piece.words == words and not piece.kind)
        if piece := next(awaited, None):
            piece.kind = kind
            if piece.begun is not None:
                self._tell_of(piece, piece.begun)
        elif not any(piece.words == words and piece.kind == kind for piece in (*self._pieces.values(), *self._written)):
            piece = _Piece(words, self._language, kind in _PERSONAS, kind=kind, by_model=by_model, spoken=True)
            self._written.append(piece)
            self._begin(piece, at)

    def _begin(self, piece: _Piece, at: float) -> None:
        piece.begun = at
        self._tell_of(piece, at)

    def _tell_of(self, piece: _Piece, at: float) -> None:
        if piece.kind == "filler":
            self._tell(at, "cue", "V01")
        elif piece.kind in _DISCLOSED:
            on_demand = "on_demand" if piece.kind == "identity" else "periodic"
            self._tell(at, "disclosure", on_demand if self._answered else "start")

    def _tell(self, at: float, what: str, detail: str) -> None:
        self.events.append(SystemEvent(session=self._heading.session, at=at, turn=0, what=what, detail=detail))

    # --- turns -------------------------------------------------------------------------------------------------------

    def _of_person(self, entry: Entry, text: str) -> Turn:
        at = entry.event.at if self._words_at is None else self._words_at
        spoken_in = [one.language for one in entry.commands if isinstance(one, Record) and one.who == "person"]
        self._language = spoken_in[0] if spoken_in and spoken_in[0] else self._language
        self._due, self._words_at, self._answered = self._silent_since, None, True
        words = levels.read(text)
        return self._turn(
            "person",
            at,
            [words],
            words.text,
            digest=words.digest,
            confidence=self._confidence,
            source="text" if self._typed else "voice",
        )

    def _drop(self, before: int) -> None:
        """Forget what was prepared for an older epoch and never begun."""
        begun = {piece.epoch for piece in self._pieces.values() if piece.begun is not None}
        stale = [key for key in self._pieces if key[0] < before and key[0] not in begun]
        for key in stale:
            del self._pieces[key]

    def _close(self, record: Record | None = None) -> list[Turn]:
        """Return the turns made of what the companion has begun to say; `record` tells what was heard of it."""
        begun = {piece.epoch for piece in self._pieces.values() if piece.begun is not None}
        own = [piece for key, piece in sorted(self._pieces.items()) if key[0] in begun]
        self._pieces = {key: piece for key, piece in self._pieces.items() if key[0] not in begun}
        pieces = [piece for piece in (*own, *self._written) if piece.kind != "filler"]
        self._written = []
        heard = _Heard(record)
        runs = [[*several] for _, several in groupby(pieces, key=lambda piece: piece.persona)]
        return [self._of_companion(run, heard) for run in runs if any(piece.begun is not None for piece in run)]

    def _of_companion(self, run: list[_Piece], heard: "_Heard") -> Turn:
        begun = min(piece.begun for piece in run if piece.begun is not None)
        latency = None
        if self._due is not None and run[0].kind != "notice":
            latency, self._due = round(begun - self._due, 4), None
        whole = [piece.words for piece in run]
        interrupted = not all(piece.spoken for piece in run)
        return self._turn(
            "companion" if run[0].persona else "system",
            begun,
            whole,
            heard.of(run) if interrupted else _joined(whole),
            language=run[0].language,
            interrupted=interrupted,
            digest=whole[0].digest if len(whole) == 1 else "",
            latency=latency,
            source="model" if any(piece.by_model for piece in run) else "rule",
            recalled=sum(self._recalled.pop(epoch, 0) for epoch in {piece.epoch for piece in run}),
        )

    def _turn(
        self, speaker: Speaker, at: float, said: list[Words], heard: str | None, *, digest: str, **more: object
    ) -> Turn:
        text, was_struck = _joined(said), any(words.struck for words in said)
        return Turn(
            session=self._heading.session,
            turn=0,
            speaker=speaker,
            at=at,
            text=text,
            heard=None if text is None else heard,
            words=sum(words.words for words in said),
            characters=sum(words.characters for words in said) + len(said) - 1,
            text_hash=digest if text is None else levels.digest(text, self._secret),
            struck=was_struck,
            **{"language": self._language, "interrupted": False, **more},  # type: ignore[arg-type]
        )


class _Heard:
    """What was heard of a reply, dealt out to its runs in their order."""

    def __init__(self, record: Record | None) -> None:
        self._rest = record.text if record else ""

    def of(self, run: Iterable[_Piece]) -> str:
        """Return what was heard of these sentences: the whole of those that were spoken, and words of the next."""
        whole = _joined([piece.words for piece in run if piece.kind != "notice"]) or ""
        at = self._rest.find(whole[: len(self._rest)]) if whole else -1
        if at < 0:
            return self._part(whole)
        taken = self._rest[at : at + len(whole)]
        self._rest = self._rest[at + len(whole) :].lstrip()
        return taken

    def _part(self, whole: str) -> str:
        """Return the longest beginning of `whole` that the rest ends with."""
        for start in range(len(self._rest)):
            if whole.startswith(self._rest[start:]):
                part, self._rest = self._rest[start:], ""
                return part
        return ""


def _fault(event: AnyEvent) -> str:
    """Return what failed; empty where nothing did."""
    match event:
        case EngineDied(kind=kind) | EngineFailed(kind=kind):
            return kind
        case MicrophoneLost() | SpeakerLost() | MemoryFailed():
            return type(event).__name__.removesuffix("Lost").removesuffix("Failed").lower()
    return ""


def _joined(said: list[Words]) -> str | None:
    texts = [words.text for words in said if words.text is not None]
    return " ".join(texts) if len(texts) == len(said) else None
