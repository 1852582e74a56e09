"""`companion persona history | rollback`, and `show --drift`: what changed about a persona, and taking it back.

Decides nothing: `memory.personas` keeps the history, `persona.evolution` knows what it means.
"""

import json
from datetime import date

import click
import msgspec

from companion_voice import settings
from companion_voice.cli import passphrase
from companion_voice.errors import UsageError
from companion_voice.memory.store import Memory
from companion_voice.persona import files
from companion_voice.persona.evolution import drift
from companion_voice.persona.evolution.changes import Change
from companion_voice.persona.evolution.history import forgotten, last_of


@click.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the hash that stands for the whole history.")
def history(name: str, *, as_json: bool) -> None:
    """Show every change of a persona, by default your own, why it was made and on which turns it rests.

    Example: companion persona history ada
    """
    name = _named(name)
    with _memory(read_only=True) as memory:
        changes, head = memory.personas.history(name), memory.personas.head(name)
    if as_json:
        click.echo(
            json.dumps({"persona": name, "head": head, "changes": msgspec.to_builtins(changes)}, ensure_ascii=False)
        )
        return
    void = forgotten(changes)
    for change in changes:
        click.echo(_line(change, is_void=change.number in void))
    if not changes:
        click.echo(f"Nothing has changed about {name}.")


@click.command()
@click.argument("name", default="")
@click.option("--to", required=True, metavar="DATE|ID", help="The end of a day (2026-05-03), or a change; 0 for all.")
def rollback(name: str, *, to: str) -> None:
    """Let a persona be again as it was; the way back is one more change, so it can be taken back too.

    Example: companion persona rollback ada --to 2026-05-03
    """
    name = _named(name)
    persona = files.load(name)
    with _memory(read_only=False) as memory:
        target = int(to) if to.isdecimal() else last_of(memory.personas.history(name), _day(to))
        change = memory.personas.roll_back(name, persona.traits, target)
    click.echo(f"{persona.name} is as after change {target} again. Take this back with: --to {change.number - 1}")


def show_drift(name: str, *, as_json: bool = False) -> None:
    """Print how the last seven days of a persona's speech compare with its first seven."""
    with _memory(read_only=True) as memory:
        scores = drift.drift(memory.personas.days(name))
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(scores)))
        return
    if not scores:
        click.echo(f"{name} has not spoken for two weeks yet, or on too few days: there is nothing to compare.")
        return
    click.echo(f"{'':<16} {'first week':>10} {'now':>8} {'z':>6}")
    for one in scores:
        z = "–" if one.z is None else f"{one.z:+.1f}"
        click.echo(f"{one.measure:<16} {one.first_week:>10.2f} {one.now:>8.2f} {z:>6}")


def _named(name: str) -> str:
    """Return the persona that was named, or that of the settings. Raises `PersonaError` when there is none."""
    chosen = name or settings.load().persona
    files.load(chosen)
    return chosen


def _memory(*, read_only: bool) -> Memory:
    return Memory.open(read_only=read_only, passphrase=passphrase.asked())


def _line(change: Change, *, is_void: bool) -> str:
    what = f"{change.key} {change.old} → {change.new}" if change.kind in {"trait", "mood", "address"} else change.kind
    if change.about or change.kind == "rollback":
        what = f"{change.kind}, change {change.about}"
    words = f" “{change.words.text}”" if change.words else ""
    rests = f", on {' '.join(change.evidence)}" if change.evidence else ""
    ended = " (forgotten)" if is_void else ""
    return f"{change.number:>4}  {change.at[:16]}  {what}{words}: {change.reason}, by {change.decided_by}{rests}{ended}"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageError(f"`{text}` is neither a day nor the number of a change.", "Write 2026-05-03, or 4.") from error
