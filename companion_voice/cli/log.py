"""`companion log`: the journal of a conversation."""

import sys
from pathlib import Path

import click

from companion_voice.research import journal


@click.group()
def log() -> None:
    """Work with the journal that `companion talk --journal FILE` keeps.

    Example: companion log replay FILE
    """


@log.command()
@click.argument("file", type=click.Path(path_type=Path))
def replay(file: Path) -> None:
    """Feed a journal through the conversation again and report every command that differs.

    Example: companion log replay monday.jsonl
    """
    count, differences = journal.replay(file)
    for difference in differences:
        click.echo(f"line {difference.line}: recorded {difference.recorded}, replayed {difference.replayed}")
    click.echo(f"{count} events replayed, {len(differences)} differences.")
    sys.exit(1 if differences else 0)
