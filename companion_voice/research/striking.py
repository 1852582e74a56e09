"""Taking words out of a journal that is already written: what is forgotten, or struck by a participant.

Every event and command that holds them loses its words, and so does what tells the same piece by piece: what was heard
so far of that utterance, what the model wrote for that answer. Then every line is sealed anew, and one more says so
and keeps the hash there was before.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.errors import JournalError
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    Generate,
    Heard,
    HeardSoFar,
    Prepare,
    Recalled,
    Show,
    Speak,
    Transcribe,
    WritingEnded,
    Written,
)
from companion_voice.research import chain, levels, lines
from companion_voice.research.following import Follower
from companion_voice.research.lines import Entry, Heading, Labels, Line, Resealed
from companion_voice.research.redaction import redact

_FEWEST: Final = 3
"""Words from which a part of what is struck is known wherever it stands; fewer are anybody's."""
_NO_WORD = re.compile(r"\W+")

_Record: TypeAlias = AnyEvent | AnyCommand
_Spot: TypeAlias = tuple[int, int]
"""An entry, and a record in it: 0 for the event, then the commands."""


def strike(path: Path, texts: Sequence[str]) -> int:
    """Take `texts` out of a journal and return how many lines lost words.

    The conversation that writes it goes on in the file that takes its place. Raises `JournalError`, and changes
    nothing, where the chain does not hold or the disk refuses.
    """
    try:
        with chain.folder_held(path):
            return _strike(path, texts)
    except OSError as error:
        raise JournalError(f"{path} cannot be changed: {error.strerror}.") from error


def _strike(path: Path, texts: Sequence[str]) -> int:
    before = chain.verify(path)
    written = [*chain.read(path)]
    heading, entries = written[0], [line for line in written if isinstance(line, Entry)]
    if not isinstance(heading, Heading):
        raise JournalError(f"{path} has no heading.")
    spots = _spots(entries, _Wanted(texts, heading.language))
    changed = {entry.n: _without(entry, {place for number, place in spots if number == entry.n}) for entry in entries}
    struck = sum(entry != changed[entry.n] for entry in entries)
    if not struck:
        return 0
    kept = _without_labels([changed.get(line.n, line) for line in written], heading)
    note = Resealed(wall=datetime.now().astimezone().isoformat(), struck=struck, before=before.head)
    kept.insert(len(kept) - (before.ending == "closed"), note)
    _rewrite(path, kept)
    return struck


class _Wanted:
    """What is to be struck, in every form in which a journal may hold it."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        forms = {_plain(form) for text in texts for form in (text, redact(text, language))} - {""}
        self._whole = forms
        self._padded = [f" {form} " for form in forms]
        self._long = [f" {form} " for form in forms if form.count(" ") >= _FEWEST - 1]
        secret = levels.key()
        self._digests = {levels.digest(text, secret) for text in texts}

    def is_in(self, text: str) -> bool:
        """Tell whether a text is one of these, holds one, or is a part of one that is long enough to be known."""
        words = levels.read(text)
        if words.text is None:
            return words.digest in self._digests
        plain = _plain(text)
        if plain in self._whole:
            return True
        padded = f" {plain} "
        part = plain.count(" ") >= _FEWEST - 1
        return any(form in padded for form in self._long) or (part and any(padded in form for form in self._padded))


def _spots(entries: list[Entry], wanted: _Wanted) -> set[_Spot]:
    """Return every record that holds what is wanted, whole or piece by piece."""
    spots = {
        (entry.n, place)
        for entry in entries
        for place, record in enumerate(_records(entry))
        if any(wanted.is_in(text) for text in _texts(record))
    }
    told = {spot: record for entry in entries for spot, record in _told(entry) if spot in spots}
    heard = {record.epoch for record in told.values() if isinstance(record, Heard)}
    said = {record.epoch for record in told.values() if isinstance(record, Speak)} | _spelt(entries, wanted)
    utterances = {
        command.utterance
        for entry in entries
        for command in entry.commands
        if isinstance(command, Transcribe) and command.epoch in heard
    }
    for entry in entries:
        spots |= {spot for spot, record in _told(entry) if _is_piece(record, entry, said, utterances)}
    return spots


def _is_piece(record: _Record, entry: Entry, said: set[int], utterances: set[int]) -> bool:
    """Tell whether a record belongs to an answer or utterance that is struck."""
    match record:
        case Written(epoch=epoch) | Speak(epoch=epoch):
            return epoch in said
        case HeardSoFar(utterance=utterance):
            return utterance in utterances
        case Show(kind="reply", text=text):
            spoken = {one.text for one in entry.commands if isinstance(one, Speak) and one.epoch in said}
            event = entry.event
            return text in spoken or (isinstance(event, Written | WritingEnded) and event.epoch in said)
    return False


def _spelt(entries: list[Entry], wanted: _Wanted) -> set[int]:
    """Return the attempts to answer whose pieces, put together, hold what is wanted."""
    pieces: dict[int, str] = {}
    for entry in entries:
        if isinstance(entry.event, Written):
            pieces[entry.event.epoch] = pieces.get(entry.event.epoch, "") + entry.event.text
    return {epoch for epoch, text in pieces.items() if text and wanted.is_in(text)}


def _told(entry: Entry) -> Iterator[tuple[_Spot, _Record]]:
    """Yield the records of an entry that say something themselves, and do not repeat it to a model."""
    for place, record in enumerate(_records(entry)):
        if not isinstance(record, Generate | Prepare | Recalled):
            yield (entry.n, place), record


def _records(entry: Entry) -> tuple[_Record, ...]:
    return entry.event, *entry.commands


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any record, or what is in it
    match value:
        case msgspec.Struct():
            yield from _texts(msgspec.to_builtins(value))
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list() | tuple():
            for one in value:
                yield from _texts(one)
        case str():
            yield value


def _without(entry: Entry, places: set[int]) -> Entry:
    """Return an entry without the words of its records at `places`."""
    event = levels.lowered_event(entry.event, levels.struck) if 0 in places else entry.event
    commands = tuple(
        levels.lowered_command(command, levels.struck) if place in places else command
        for place, command in enumerate(entry.commands, 1)
    )
    if (event, commands) == (entry.event, entry.commands):
        return entry
    return replace(entry, event=event, commands=commands, struck=True)


def _without_labels(written: Iterable[Line], heading: Heading) -> list[Line]:
    """Return the lines without what was found in turns that were struck."""
    kept, follower = [*written], Follower(heading)
    turns = [turn for line in kept if isinstance(line, Entry) for turn in follower.take(line)] + follower.finish()
    gone = {(turn.at, turn.speaker) for turn in turns if turn.struck}
    return [line for line in kept if not (isinstance(line, Labels) and (line.at, line.speaker) in gone)]


def _rewrite(path: Path, written: Sequence[Line]) -> None:
    """Put a journal of these lines in the place of the one at `path`, whole or not at all."""
    data, head = bytearray(), ""
    for number, line in enumerate(written, 1):
        raw, head = lines.sealed(replace(line, n=number), head)
        data += raw
    paths.write_private(path, bytes(data))


def _plain(text: str) -> str:
    return _NO_WORD.sub(" ", text.casefold()).strip()
