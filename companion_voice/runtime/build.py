"""The only file that knows every room: it chooses, wires and starts them, and ends them in order."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from companion_voice import paths, structs
from companion_voice.audio import devices
from companion_voice.audio.listener import Listener
from companion_voice.audio.microphone import Microphone
from companion_voice.audio.recording import FileSpeaker
from companion_voice.audio.wake_word import WakeWord
from companion_voice.boundaries import files as boundary_files
from companion_voice.boundaries.settings import Boundaries
from companion_voice.conversation import patience
from companion_voice.conversation.addressing import attends
from companion_voice.conversation.endpoint import Manner
from companion_voice.conversation.state import State, begin
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import CompanionError
from companion_voice.events import (
    AnyEvent,
    End,
    InputEnded,
    JournalFailed,
    Kind,
    MuteToggled,
    StopRequested,
    TalkToggled,
    Typed,
)
from companion_voice.memory import keeping
from companion_voice.memory.keeping import Keeping
from companion_voice.research import keeping as journal_keeping
from companion_voice.research import sessions
from companion_voice.research.behaviours import detect
from companion_voice.research.journal import Journal, begun
from companion_voice.runtime import beginnings, habits, obeying, selection, standing
from companion_voice.runtime.archive import Archive
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.cards import Cards
from companion_voice.runtime.casting import Casting
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.conductor import Conductor, Observer
from companion_voice.runtime.ears import Ears
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.logbook import Logbook
from companion_voice.runtime.mouth import Mouth
from companion_voice.runtime.reader import Reader
from companion_voice.runtime.rehearsing import Rehearsal
from companion_voice.runtime.selection import Candidate
from companion_voice.runtime.sound import Sound
from companion_voice.runtime.sound import choose as choose_sound
from companion_voice.runtime.standing import Keeper
from companion_voice.runtime.supervisor import Supervisor
from companion_voice.runtime.way import Way
from companion_voice.runtime.workers import Worker
from companion_voice.settings import Settings

_SWITCH = 0.0005
"""Seconds after which one thread lets another go on. With Python's own 5 ms, what PortAudio asks for came too late."""
_PATIENCE = 5.0
"""Seconds that a room has to finish what it was given."""

LineReader = Callable[[], str | None]
"""Waits for a line the person types; None when there will be no more."""
Key: TypeAlias = Literal["talk", "mute"]
KeyReader = Callable[[], Key | None]
"""Waits for a key and tells what it is for: the floor, or the microphone; None when there will be no more."""


class Companion:
    """One conversation, wired and ready to run."""

    def __init__(self, settings: Settings, way: Way, *, microphone: Microphone | None = None) -> None:
        """Choose everything. Raises `CompanionError` when something that was asked for cannot be had.

        With a `microphone` of the caller's own, what the companion says takes its time but is heard by nobody.
        """
        structs.meet()
        boundaries = boundary_files.load()
        settings = obeying.spoken(settings, boundaries)
        key, cast = beginnings.cast(settings.persona, boundaries)
        self.persona = cast[key]
        self.languages = selection.languages(settings, self.persona)
        self.chosen = selection.choose(way.kinds, settings, self.persona, self.languages)
        voice = self.chosen["tts"][0].engine if "tts" in self.chosen else ""
        self._clock = Clock()
        sound = (
            Sound(microphone, FileSpeaker(), full_duplex=True)
            if microphone
            else choose_sound(settings, way, persona=self.persona.name, voice=voice, gain=self._gain)
        )
        self._inbox = Inbox()
        self._beats: dict[str, Beat] = {}
        self._is_lived = microphone is None
        """A person takes part, of whom something may be kept."""
        self._standing = standing.load()
        setup = beginnings.setup(settings, key, cast, self.languages, self.chosen, way, full_duplex=sound.full_duplex)
        self.setup = beginnings.with_past(setup, self._standing, self._clock, remembers=self._is_lived)
        self._settings = settings
        self._way = way
        self._listener: Listener | None = None
        self._conductor: Conductor | None = None
        self._wake_word = WakeWord(settings.addressing.wake_word) if self.setup.wake_word else None
        self._microphone = sound.microphone
        self._speaker = sound.speaker
        self._notice = sound.notice

    @property
    def _boundaries(self) -> Boundaries:
        """The person's boundaries as they are now: they may be moved in mid-conversation."""
        return self._conductor.state.boundaries if self._conductor else self.setup.boundaries

    @property
    def level(self) -> float:
        """How loud the microphone is, 0 to 1."""
        return self._listener.level if self._listener else 0.0

    @property
    def attends(self) -> bool:
        """Whether what the person says now is taken to be meant for the companion."""
        return self._conductor is None or attends(self._conductor.state.addressing, self._clock.now())

    @property
    def uptime(self) -> float:
        """Seconds since it was made."""
        return self._clock.now()

    @property
    def state(self) -> State | None:
        """All truth about the conversation; None before it begins."""
        return self._conductor.state if self._conductor else None

    @property
    def beats(self) -> dict[str, Beat]:
        """The signs of life of those who work in it, by name."""
        return self._beats

    @property
    def inbox(self) -> Inbox:
        """Where a worker of the caller's own tells what it died of."""
        return self._inbox

    def post(self, event: Callable[[float], AnyEvent]) -> None:
        """Let the conversation know of something; `event` is given the time, in seconds since the start."""
        self._inbox.post(event(self._clock.now()))

    @property
    def overflows(self) -> int:
        """How often sound of the microphone was lost before it could be heard."""
        return self._microphone.overflows if self._microphone else 0

    @property
    def underflows(self) -> int:
        """How often something it said came with a gap."""
        return self._speaker.underflows

    @property
    def notice(self) -> str:
        """A sentence about what is wrong with the sound, though it can be heard; empty when nothing is."""
        return self._notice or (self._microphone.notice if self._microphone else "")

    def run(
        self,
        observers: Sequence[Observer] = (),
        lines: LineReader | None = None,
        *,
        keys: KeyReader | None = None,
        polite: bool = True,
        until: threading.Event | None = None,
    ) -> End:
        """Talk until the end and return how it came.

        `keys`: where push to talk and the microphone are switched.
        `polite`: a typed line waits for the answer to the one before. `until`: end when this is set.
        """
        sys.setswitchinterval(_SWITCH)
        inbox, clock = self._inbox, self._clock
        logbook = self._logbook(inbox, clock)
        supervisor = Supervisor(self._options(), self._speaker, inbox, clock, paths.log_folder())
        cards = Cards()
        ears = self._ears(supervisor, inbox, clock, cards)
        reader = Reader(supervisor)
        archive = self._archive(inbox, clock, reader) if self.setup.remembers else None
        if archive:
            supervisor.extracted = archive.extracted
        casting = Casting(
            self._settings, self._way, self.setup.cast, self.chosen, supervisor=supervisor, inbox=inbox, clock=clock
        )
        mouth = Mouth(self._speaker, inbox, clock, cards) if self.setup.aloud else None
        self._conductor = conductor = Conductor(
            begin(self.setup),
            inbox=inbox,
            clock=clock,
            supervisor=supervisor,
            speaker=self._speaker,
            mouth=mouth,
            ears=ears,
            archive=archive,
            casting=casting,
            observers=[reader, Rehearsal(inbox), *self._keepers(), *observers, *([logbook] if logbook else [])],
        )
        rooms = [(name, room) for name, room in _named(ears, mouth, archive, logbook) if room]
        self._beats = {"conductor": conductor.beat, **{name: room.beat for name, room in rooms}}
        workers = [Worker(name, room.run, inbox) for name, room in rooms]
        if lines:
            Worker("keyboard", lambda: _read_lines(lines, inbox, clock, polite=polite), inbox)
        if keys:
            Worker("keys", lambda: _read_keys(keys, inbox, clock), inbox)
        if until:
            Worker("end", lambda: _end_when(until, inbox, clock), inbox)
        try:
            with devices.library_noise(paths.private_folder(paths.log_folder()) / "sound.log"):
                return conductor.run()
        finally:
            inbox.close()
            for _, room in rooms:
                room.close()
            for worker in workers:
                worker.join(_PATIENCE)
            supervisor.close()
            if self._is_lived and conductor.state.patience:
                habits.save(conductor.state.patience)

    def _keepers(self) -> list[Observer]:
        return [Keeper(self._standing)] if self._is_lived else []

    def _logbook(self, inbox: Inbox, clock: Clock) -> Logbook | None:
        """Return what keeps the journal: the one asked for, or the one the person always wants.

        Raises `JournalError` where the one asked for cannot be begun; of the other it is only told.
        """
        chosen = journal_keeping.load()
        if self._way.journal:
            heading = begun(
                self.setup, started=clock.wall(), models=selection.described(self.chosen), voice=_voice(self.chosen)
            )
            return Logbook(Journal(self._way.journal, heading), inbox, clock)
        if chosen.journals == "off" or not self._is_lived:
            return None
        heading = begun(
            self.setup,
            started=clock.wall(),
            level=chosen.level,
            models=selection.described(self.chosen),
            voice=_voice(self.chosen),
        )
        try:
            journal = Journal(sessions.place(heading.started, heading.session), heading, detect)
        except CompanionError as error:
            inbox.post(JournalFailed(at=clock.now(), reason=str(error)))
            return None
        return Logbook(journal, inbox, clock)

    def _at_rest(self) -> bool:
        return self._conductor is not None and self._conductor.state.resting

    def _gain(self) -> float:
        return obeying.gain(self._boundaries, self._clock.minute())

    def _keeping(self) -> Keeping:
        return keeping.asked(self._boundaries)

    def _may_be_interrupted(self) -> bool:
        """Tell whether a beginning is worth hurrying for: it speaks, and what is heard is not its own voice."""
        speaks = self._conductor is not None and self._conductor.state.reply is not None
        return speaks and self._microphone is not None and self._microphone.clear

    def _options(self) -> dict[tuple[Kind, str], EngineOptions]:
        return {(kind, one.engine): one.options for kind, several in self.chosen.items() for one in several}

    def _archive(self, inbox: Inbox, clock: Clock, reader: Reader) -> Archive:
        return Archive(
            inbox,
            clock,
            persona=self.setup.key,
            cast=self.setup.cast,
            passphrase=self._way.passphrase,
            reader=reader,
            keeping=self._keeping,
        )

    def _ears(self, supervisor: Supervisor, inbox: Inbox, clock: Clock, cards: Cards) -> Ears | None:
        if self._microphone is None:
            return None
        turn = self._settings.turn
        manner = Manner(soft_pause=turn.soft_pause, hard_pause=turn.unsure_pause * patience.MOST)
        self._listener = Listener(manner, supervisor, clock.now, alert=self._may_be_interrupted)
        return Ears(
            self._microphone,
            self._listener,
            inbox,
            clock,
            cards,
            wake_word=self._wake_word,
            at_rest=self._at_rest,
            polite=self._way.fast,
        )


def _named(
    ears: Ears | None, mouth: Mouth | None, archive: Archive | None, logbook: Logbook | None
) -> tuple[tuple[str, Ears | Mouth | Archive | Logbook | None], ...]:
    return ("ears", ears), ("mouth", mouth), ("archive", archive), ("logbook", logbook)


def _end_when(over: threading.Event, inbox: Inbox, clock: Clock) -> None:
    """Ask for the end once it is `over` (a thread's body)."""
    over.wait()
    inbox.post(StopRequested(at=clock.now()))


def _read_lines(lines: LineReader, inbox: Inbox, clock: Clock, *, polite: bool) -> None:
    """Post what the person types (a thread's body)."""
    going = not polite or inbox.wait_until_settled(1)
    while going and (line := lines()) is not None:
        number = inbox.post(Typed(at=clock.now(), text=line, wall=clock.wall()))
        going = not polite or inbox.wait_until_settled(number)
    inbox.post(InputEnded(at=clock.now()))


def _read_keys(keys: KeyReader, inbox: Inbox, clock: Clock) -> None:
    """Post what each press of a key is for (a thread's body)."""
    while (key := keys()) is not None:
        inbox.post(TalkToggled(at=clock.now()) if key == "talk" else MuteToggled(at=clock.now()))


def _voice(chosen: dict[Kind, tuple[Candidate, ...]]) -> dict[str, str]:
    """Return how the voice was told to speak; where its server is stands elsewhere."""
    told = chosen["tts"][0].options.tuning if "tts" in chosen else {}
    return {key: value for key, value in told.items() if key not in selection.ACCESS}
