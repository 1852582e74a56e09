"""`companion log`: the journals of conversations, off until the person wants them."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

import click
import msgspec

from companion_voice.errors import JournalError, UsageError
from companion_voice.research import chain, journal, keeping, sessions
from companion_voice.research.keeping import Keeping
from companion_voice.research.records import Level, SystemEvent, Turn

_ENDINGS = {
    "closed": "It was ended in order.",
    "open": "It just ceases: it goes on now, the program was killed, or the end was cut off.",
    "torn": "It ends in mid-line, as after a power cut; what stands before that is whole.",
}
_KEPT: dict[Level, str] = {
    "metrics": "when each of you spoke and how many words, never which",
    "labels": "the same, and which behaviours were found in the words, never the words",
    "redacted": "the words without names, numbers and addresses",
    "text": "every word",
}
_file = click.argument("file", type=click.Path(path_type=Path))


class Status(msgspec.Struct, frozen=True):
    """What is kept of conversations."""

    journals: str
    level: Level
    since: str
    folder: str
    files: int
    bytes: int
    now: tuple[str, ...]
    """Journals that are being written."""


@click.group()
def log() -> None:
    """Keep journals of conversations, and see, check, replay or delete them. Off until you switch it on.

    Example: companion log on --level metrics
    """


@log.command()
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def status(*, as_json: bool) -> None:
    """Say what is kept, where, since when, and whether it is happening now.

    Example: companion log status
    """
    chosen, files = keeping.load(), sessions.files()
    found = Status(
        journals=chosen.journals,
        level=chosen.level,
        since=chosen.since,
        folder=str(sessions.folder()),
        files=len(files),
        bytes=sum(path.stat().st_size for path in files),
        now=tuple(path.name for path in files if chain.is_being_written(path)),
    )
    click.echo(msgspec.json.encode(found) if as_json else "\n".join(_told(found)))


@log.command()
@click.option(
    "--level", type=click.Choice(get_args(Level)), default="metrics", show_default=True, help="How much is kept."
)
def on(*, level: Level) -> None:
    """Keep a journal of every conversation from the next one on.

    \b
    metrics   when each of you spoke and how many words, never which
    labels    the same, and which behaviours were found in the words
    redacted  the words without names, numbers and addresses
    text      every word; only this can be replayed

    Never sound. Nothing off the record, and nothing of a crisis. Example: companion log on --level text
    """  # noqa: D301 - click reads the \b
    keeping.save(Keeping("on", level, datetime.now().astimezone().isoformat(timespec="seconds")))
    click.echo(f"From the next conversation on, a journal keeps {_KEPT[level]}. It lies in {sessions.folder()}.")


@log.command()
def off() -> None:
    """Keep no journals from the next conversation on; those that are there stay.

    Example: companion log off
    """
    keeping.save(Keeping())
    count = len(sessions.files())
    stay = f" {_several(count)} stay: `companion log delete` removes them." if count else ""
    click.echo(f"From the next conversation on, no journal is kept.{stay}")


@log.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Session, turns and events as JSON.")
def show(*, file: Path | None, as_json: bool) -> None:
    """Show a conversation as its journal has it; the last one without FILE.

    Example: companion log show
    """
    recorded = sessions.read(file or _last())
    if as_json:
        click.echo(msgspec.json.encode(recorded._asdict()))
        return
    session = recorded.session
    click.echo(f"{session.started}, {session.persona or 'no persona'}, level {session.level}, end: {session.end}")
    for line in _lines(recorded.turns, recorded.events):
        click.echo(line)


@log.command()
@_file
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def verify(*, file: Path, as_json: bool) -> None:
    """Check that a journal is what was written: no line changed, taken out or moved.

    Example: companion log verify monday.jsonl
    """
    found = journal.verify(file)
    if as_json:
        click.echo(msgspec.json.encode(found._asdict()))
    else:
        click.echo(f"The chain holds: {found.lines} lines stand, up to {found.head}. {_ENDINGS[found.ending]}")
    sys.exit(1 if found.ending == "torn" else 0)


@log.command()
@_file
def replay(*, file: Path) -> None:
    """Feed a journal through the conversation again and report every command that differs.

    Example: companion log replay monday.jsonl
    """
    done = journal.replay(file)
    for difference in done.differences:
        click.echo(f"line {difference.line}: recorded {difference.recorded}, replayed {difference.replayed}")
    if done.until:
        click.echo(f"From line {done.until} on words are missing (off the record, a crisis, or struck).")
    click.echo(f"{done.events} events replayed, {len(done.differences)} differences.")
    sys.exit(1 if done.differences else 0)


@log.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(*, files: tuple[Path, ...], yes: bool) -> None:
    """Delete journals: FILES, or all of those in their folder.

    Those of a study are its own matter: `companion study withdraw`. Example: companion log delete
    """
    chosen = files or sessions.files()
    for path in chosen:
        if chain.is_being_written(path):
            raise JournalError(f"{path.name} is being written now.", "End that conversation first: companion stop")
    if not chosen:
        click.echo("There is no journal.")
        return
    if not yes:
        click.confirm(f"Delete {_several(len(chosen))} for good?", abort=True)
    size = sum(path.stat().st_size for path in chosen)
    for path in chosen:
        path.unlink()
    left = [path for path in chosen if path.exists()]
    if left:
        raise JournalError(f"{left[0]} is still there.", "Look after it.")
    click.echo(f"{_several(len(chosen))} deleted, {size} bytes; {len(sessions.files())} left in {sessions.folder()}.")


def _told(found: Status) -> Iterator[str]:
    if found.journals == "on":
        yield f"Journals are on since {found.since}, level {found.level}: {_KEPT[found.level]}."
    else:
        yield "Journals are off: no conversation is kept in one."
    yield f"{_several(found.files)} ({found.bytes} bytes) in {found.folder}."
    yield f"Being written now: {', '.join(found.now)}." if found.now else "None is being written now."


def _lines(turns: Iterable[Turn], events: Iterable[SystemEvent]) -> Iterator[str]:
    """Yield what happened in its order, a line each."""
    said = [(turn.at, 1, f"{turn.at:8.1f}  {turn.speaker:<9}  {_words(turn)}") for turn in turns]
    done = [(event.at, 0, f"{event.at:8.1f}  ·          {event.what}: {event.detail}") for event in events]
    return (line for _, _, line in sorted(done + said, key=lambda one: one[:2]))


def _words(turn: Turn) -> str:
    if turn.text is None:
        found = f", {' '.join(label.code for label in turn.labels)}" if turn.labels else ""
        return f"({turn.words} words{found}{', struck' if turn.struck else ''})"
    return f"{turn.text}   [heard: {turn.heard}]" if turn.interrupted else turn.text


def _last() -> Path:
    files = sessions.files()
    if not files:
        raise UsageError("There is no journal to show.", "Name a file, or switch them on: companion log on")
    return files[-1]


def _several(count: int) -> str:
    return f"{count} journal{'s' if count != 1 else ''}"
