"""The journal of a conversation: a heading, then every event with the commands it gave, one sealed JSON line each.

Replaying feeds the events through the pure core again: the same commands must come out, whatever the machine. What is
said off the record, or by somebody who may be in danger, is not written, only that there was such a stretch.
Knows nothing of terminals and threads; the lines are drawn in `lines`, reading them stands in `chain`.
"""

import fcntl
import os
import time
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path
from typing import NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from companion_voice.boundaries import protocol
from companion_voice.boundaries.settings import flat
from companion_voice.conversation.state import Setup, State, begin
from companion_voice.conversation.turns import step
from companion_voice.errors import JournalError
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    End,
    Generate,
    Heard,
    HeardSoFar,
    MemoryAnswered,
    Prepare,
    Prompt,
    Typed,
)
from companion_voice.research import chain, levels, lines
from companion_voice.research.chain import Verified, heading, read, verify
from companion_voice.research.following import Follower
from companion_voice.research.heading import begun
from companion_voice.research.lines import Closed, Entry, Gap, Heading, Label, Labels, Line, Unwritten
from companion_voice.research.records import Behaviour, SystemEvent, Turn
from companion_voice.research.striking import strike

__all__ = [
    "Difference",
    "Heading",
    "Journal",
    "Replay",
    "Verified",
    "begun",
    "heading",
    "read",
    "replay",
    "strike",
    "verify",
]

Labeller: TypeAlias = Callable[[Sequence[Turn], Sequence[SystemEvent]], Sequence[Behaviour]]
"""Finds behaviours in turns that follow each other (`behaviours.detect`)."""

_NOTHING = Prompt(head="", messages=(), name="", language="", now="")


class Difference(NamedTuple):
    """A line at which a replay did something else."""

    line: int
    recorded: tuple[AnyCommand, ...]
    replayed: tuple[AnyCommand, ...]


class Replay(NamedTuple):
    """What came of a replay."""

    events: int
    differences: tuple[Difference, ...]
    until: int = 0
    """The line from which it could not go on, because words are missing there; 0 where it went to the end."""


class Journal:
    """Writes a journal while the conversation happens; a line is handed to the system as soon as it is complete."""

    def __init__(self, path: Path, heading: Heading, label: Labeller | None = None) -> None:
        """Begin the journal `path`, which must not exist. Raises `JournalError`.

        `label`: what finds the behaviours of a turn; asked at level `labels` alone.
        """
        self.path = path
        self._veil = levels.veil(heading.level, heading.language, levels.key()) if heading.level != "text" else None
        self._label = label if heading.level == "labels" else None
        self._follower = Follower(heading)
        self._turns: tuple[Turn, ...] = ()
        self._off_record = False
        self._gap: Gap | None = None
        self._blank = False
        """Something was not written that later prompts would repeat."""
        self._before: State | None = None
        self._screened: tuple[object, bool] = None, False
        """The words last looked at, and whether they are those of somebody in danger."""
        self._closing = Closed(at=0.0, end="")
        self._count, self._head = 0, ""
        self._file = _create(path)
        self._append([heading])

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Add an event and its commands. Raises `JournalError` when they cannot be written; what stands stays whole."""
        self.write(time.time(), event, state, commands)

    def write(self, wall: float, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Add an event that was handled at the Unix time `wall`. Raises `JournalError`."""
        if self._before is None:
            self._off_record = state.setup.off_record
        entry = Entry(wall=wall, event=event, commands=tuple(commands), noted=_noted(self._before, state))
        self._before = state
        ends = [command.reason for command in commands if isinstance(command, End)]
        self._closing = Closed(at=event.at, end=ends[0] if ends else "")
        why = self._unwritten(event, state)
        if why:
            self._gap = self._gap or Gap(why=why, at=event.at, seconds=0.0)
            self._blank = True
            return
        self._append([*self._gap_until(event.at), *self._written(entry)])

    def sync(self) -> None:
        """Have the disk keep what was written. Raises `JournalError`."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def close(self) -> None:
        """End the journal. Raises `JournalError`."""
        try:
            self._append([*self._gap_until(self._closing.at), self._closing])
            self.sync()
        finally:
            self._file.close()

    def leave(self) -> None:
        """Write no more, not even an end: what stands is whole, and tells that it just ceases."""
        self._file.close()

    def _unwritten(self, event: AnyEvent, state: State) -> Unwritten | None:
        if isinstance(event, MemoryAnswered) and event.operation in {"off_record", "on_record"}:
            self._off_record = event.operation == "off_record"
        if self._off_record:
            return "off_record"
        replies = [one for one in (state.reply, state.guess, state.kept) if one]
        if state.crisis.active or any(one.private for one in replies):
            return "crisis"
        undecided = (*_words(event), *(one.said for one in replies))
        return "crisis" if any(self._endangered(text, state) for text in undecided if text) else None

    def _endangered(self, text: str, state: State) -> bool:
        """Tell whether the protocol of a crisis will answer words about which nothing is decided yet."""
        asked = (text, state.crisis, state.language)
        if self._screened[0] != asked:
            after, response = protocol.step(state.crisis, text, language=state.language, settings=state.boundaries)
            self._screened = asked, bool(response.answers or after.active)
        return self._screened[1]

    def _gap_until(self, at: float) -> list[Line]:
        gap, self._gap = self._gap, None
        return [replace(gap, seconds=round(at - gap.at, 3))] if gap else []

    def _written(self, entry: Entry) -> list[Line]:
        """Return what is written of an entry at this journal's level, and what is found in a turn it ends."""
        found = self._labels(entry) if self._label else []
        if self._blank:
            entry = replace(entry, blank=True, commands=tuple(_without_prompt(one) for one in entry.commands))
        if self._veil:
            entry = replace(
                entry,
                event=levels.lowered_event(entry.event, self._veil),
                commands=tuple(levels.lowered_command(one, self._veil) for one in entry.commands),
            )
        return [entry, *found]

    def _labels(self, entry: Entry) -> list[Line]:
        ended = self._follower.take(entry)
        found: list[Line] = []
        for turn in ended:
            number = self._turns[-1].turn + 1 if self._turns else 1
            self._turns = (*self._turns[-1:], replace(turn, turn=number))
            behaviours = self._label(self._turns, ()) if self._label else ()
            marks = tuple(Label(one.code, one.kind, one.rule) for one in behaviours if one.turn == number)
            found += [Labels(at=turn.at, speaker=turn.speaker, found=marks)] if marks else []
        return found

    def _append(self, added: Sequence[Line]) -> None:
        """Write lines, all of them or none. Raises `JournalError`."""
        try:
            with chain.folder_held(self.path):
                self._catch_up()
                self._write_whole(added)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _write_whole(self, added: Sequence[Line]) -> None:
        count, head, data = self._count, self._head, b""
        for line in added:
            count += 1
            raw, head = lines.sealed(replace(line, n=count), head)
            data += raw
        whole = self._file.seek(0, os.SEEK_END)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(whole)
            raise
        self._count, self._head = count, head

    def _catch_up(self) -> None:
        """Go on in the file that took this one's place when words were struck."""
        if os.path.samestat(self.path.stat(), os.fstat(self._file.fileno())):
            return
        self._file.close()
        self._file = FileIO(self.path, "r+")
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._count, self._head, _ = verify(self.path)


def replay(path: Path) -> Replay:
    """Feed a journal through the core again and return where it decides otherwise. Raises `JournalError`.

    It goes as far as words are whole: to the first stretch that is not written, or line that lost its words.
    """
    setup = _setup(path)
    differences: list[Difference] = []
    state, count = begin(setup), 0
    for number, line in enumerate(read(path), 1):
        match line:
            case Gap() | Entry(struck=True) | Entry(blank=True):
                return Replay(count, tuple(differences), number)
            case Entry(event=event, commands=recorded):
                count += 1
                state, commands = step(state, event)
                if commands != recorded:
                    differences.append(Difference(number, recorded, commands))
    return Replay(count, tuple(differences))


def _setup(path: Path) -> Setup:
    try:
        setup = msgspec.json.decode(heading(path).setup, type=Setup | None)
    except msgspec.DecodeError as error:
        raise JournalError(
            f"{path} was written by another version of the program, which decided otherwise: it cannot be replayed.",
            "It can be verified, shown and exported.",
        ) from error
    if setup is None:
        raise JournalError(
            f"{path} does not hold what was said, so it cannot be replayed.", "Only level `text` can: it verifies."
        )
    return setup


def _create(path: Path) -> FileIO:
    try:
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+")
    except FileExistsError as error:
        raise JournalError(
            f"{path} already exists, and a journal is never written over.", "Name a new file."
        ) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _unwritable(path: Path, error: OSError) -> JournalError:
    return JournalError(f"The journal {path} cannot be written: {error.strerror}.")


def _words(event: AnyEvent) -> tuple[str, ...]:
    match event:
        case Heard(transcript=transcript) | HeardSoFar(transcript=transcript):
            return (transcript.text,)
        case Typed(text=text):
            return (text,)
    return ()


def _without_prompt(command: AnyCommand) -> AnyCommand:
    if isinstance(command, Generate | Prepare):
        return replace(command, prompt=_NOTHING)
    return command


def _noted(before: State | None, after: State) -> tuple[str, ...]:
    """Return what changed between two states that no command tells."""
    if before is None or before is after:
        return ()
    noted: list[str] = []
    if before.ledger is not after.ledger:
        noted += [f"break:{kind}" for kind in after.ledger.told if kind not in before.ledger.told]
    if before.boundaries is not after.boundaries:
        was = flat(before.boundaries)
        noted += [f"boundary:{key}" for key, value in flat(after.boundaries).items() if was[key] != value]
    return tuple(noted)
