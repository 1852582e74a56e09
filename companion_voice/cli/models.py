"""`companion models`: what can be downloaded, what is here, and fetching it. Decides nothing about what is used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import TypeAlias, get_args

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from companion_voice import paths
from companion_voice.boundaries import files
from companion_voice.errors import BoundaryError
from companion_voice.models import catalogue, lock, store
from companion_voice.models.catalogue import Entry, Tier
from companion_voice.settings import Language

_Grown: TypeAlias = Callable[[int], None]
_JOBS = {"stt": "hearing", "turn": "end of turn", "llm": "answering", "tts": "speaking"}
_WIDE = 200
"""Columns where the output is not a terminal, so that nothing is cut."""


@click.group()
def models() -> None:
    """Models that can be downloaded, and those that are here.

    Nothing is downloaded unless you pull it.

    Example: companion models pull --tier medium --lang fr
    """


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def show(*, as_json: bool) -> None:
    """Show every model, its size and licence, and whether it is here.

    Example: companion models list
    """
    entries = catalogue.load().models
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([_described(entry) for entry in entries])))
        return
    console = _console()
    console.print(_table(entries))
    console.print(
        "Get the smallest set with: companion models pull. Without any of these the companion hears with "
        "pocketsphinx (English only), answers with its rules and speaks with espeak.",
        style="dim",
    )


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--tier", type=click.Choice(get_args(Tier)), help="A whole set: hearing, answering and speaking.")
@click.option(
    "--lang", "languages", type=click.Choice(get_args(Language)), multiple=True, help="Only for this language."
)
def pull(*, names: tuple[str, ...], tier: Tier | None, languages: tuple[Language, ...]) -> None:
    """Download models by name, or a whole tier; without either, the small tier.

    An interrupted download goes on where it stopped when the same command is run again.

    Example: companion models pull whisper-base en_GB-cori-medium
    """
    if names and (tier or languages):
        raise click.UsageError("Give names, or a --tier and --lang, but not both.")
    if files.load().model.update == "never":
        raise BoundaryError(
            "Models are never to be changed: that is what you set.",
            "Allow it again with: companion boundaries set model.update ask",
        )
    known = catalogue.load()
    wanted = tuple(known.entry(name) for name in dict.fromkeys(names)) or known.tier(
        tier or "small", languages or get_args(Language)
    )
    console = _console()
    console.print(
        f"{', '.join(e.name for e in wanted)}: {_size(sum(e.size for e in wanted))} into {paths.models_folder()}"
    )
    _pull_all(wanted, console)


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def verify(*, names: tuple[str, ...], as_json: bool) -> int:
    """Read every model that is here from end to end, and say whether each file is what arrived.

    Exit code 1 when one is not.

    Example: companion models verify
    """
    found = {entry.name: _faults(entry) for entry in _here_of(names)}
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
        return int(any(found.values()))
    for name, faults in found.items():
        click.echo(f"{name}: {'; '.join(faults) or 'as it arrived'}")
    if damaged := [name for name, faults in found.items() if faults]:
        click.echo(f"What is wrong comes anew with: companion models pull {' '.join(damaged)}")
    if not found:
        click.echo("No model is here. Get the smallest set with: companion models pull")
    return int(any(found.values()))


@models.command("lock")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def lock_(*, names: tuple[str, ...]) -> None:
    """Trust models that came without a download, such as a copied folder: check them and write them into the lock.

    A file whose digest the catalogue knows must have it; any other is taken as it lies here.

    Example: companion models lock
    """
    for entry in _here_of(names):
        lock.trust(entry, store.folder(entry))
        click.echo(f"{entry.name}: checked and locked.")


@models.command()
def path() -> None:
    """Print the folder the models lie in.

    Example: du -sh "$(companion models path)"
    """
    click.echo(paths.models_folder())


def _here_of(names: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the models of `names`, or all that are here. Raises `ModelError` for a name that is not known."""
    known = catalogue.load()
    if names:
        return tuple(known.entry(name) for name in dict.fromkeys(names))
    return tuple(entry for entry in known.models if store.has_files(entry))


def _faults(entry: Entry) -> list[str]:
    """Return what is wrong with the files of `entry`, with a bar on a terminal while they are read."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(entry.name, total=entry.size)
        return list(lock.faults(entry, store.folder(entry), lambda more: progress.advance(task, more)))


def _pull_all(wanted: tuple[Entry, ...], console: Console) -> None:
    # Only here: nothing that talks or listens may load what can reach the network.
    from companion_voice.models import download  # noqa: PLC0415

    for entry in wanted:
        was_here = store.complete(entry)
        try:
            with _meter(entry, console) as grown:
                download.pull(entry, grown)
        except KeyboardInterrupt:
            console.print(f"{entry.name}: stopped. Run the same command again to go on.")
            raise
        console.print(f"{entry.name}: {'already here' if was_here else 'downloaded'} and checked.")


@contextmanager
def _meter(entry: Entry, console: Console) -> Iterator[_Grown]:
    """Give a function that shows how much of `entry` is here: a bar on a terminal, a line every tenth elsewhere."""
    if not console.is_terminal:
        yield _Lines(entry)
        return
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(TextColumn("{task.description}"), *columns, console=console, transient=True) as progress:
        task = progress.add_task(entry.name, total=entry.size, completed=store.arrived(entry))
        yield lambda here: progress.update(task, completed=here)


class _Lines:
    """One plain line for every tenth of a model."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._shown = 10 * store.arrived(entry) // entry.size

    def __call__(self, here: int) -> None:
        tenth = 10 * here // self._entry.size
        if tenth > self._shown:
            self._shown = tenth
            click.echo(f"{self._entry.name}: {10 * tenth} % of {_size(self._entry.size)}")


def _table(entries: tuple[Entry, ...]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("languages")
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("licence")
    table.add_column("here", no_wrap=True)
    table.add_column("good for", ratio=1)
    for (kind, engine), group in groupby(entries, key=lambda entry: (entry.kind, entry.engine)):
        table.add_row(f"{_JOBS[kind]} ({engine})", style="bold")
        for entry in group:
            table.add_row(*_row(entry), style="green" if store.complete(entry) else None)
    return table


def _row(entry: Entry) -> tuple[str, ...]:
    languages = ", ".join(entry.languages)
    return f"  {entry.name}", languages, _size(entry.size), entry.licence, _here(entry), _told(entry)


def _told(entry: Entry) -> str:
    memory, speed = entry.needs.memory, entry.needs.speed
    needs = [f"{_size(memory * 10**6)} of memory"] if memory else []
    needs += [f"on two cores {speed}"] if speed else []
    return f"{entry.good_for} ({'; '.join(needs)})" if needs else entry.good_for


def _here(entry: Entry) -> str:
    if store.complete(entry):
        return "yes"
    arrived = store.arrived(entry)
    return f"{100 * arrived // entry.size} %" if arrived else "no"


def _described(entry: Entry) -> dict[str, object]:
    here = store.complete(entry)
    return {
        "name": entry.name,
        "kind": entry.kind,
        "engine": entry.engine,
        "languages": entry.languages,
        "size": entry.size,
        "licence": entry.licence,
        "tiers": entry.tiers,
        "installed": here,
        "path": str(store.opened(entry)) if here else None,
        "good_for": entry.good_for,
        "memory": entry.needs.memory or None,
        "speed": entry.needs.speed or None,
    }


def _console() -> Console:
    console = Console(markup=False, highlight=False)
    return console if console.is_terminal else Console(markup=False, highlight=False, width=_WIDE)


def _size(size: int) -> str:
    """Return bytes as people say them."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"  # noqa: PLR2004
