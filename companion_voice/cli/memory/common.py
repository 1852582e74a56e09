"""What the verbs of `companion memory` share: the group, its options, the door to memory, how a find is shown."""

import shlex

import click
import msgspec

from companion_voice.boundaries import files
from companion_voice.cli import passphrase
from companion_voice.errors import JournalError
from companion_voice.memory import keeping, moments
from companion_voice.memory.forget import Choice
from companion_voice.memory.records import Fact, Receipt, Turn
from companion_voice.memory.store import Memory
from companion_voice.runtime import journals

JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
OF = click.option("--person", "who", default="owner", show_default=True, help="Whose memory: a name or id.")
SHOWN = 20
"""Items that are shown before something is forgotten."""


@click.group()
def memory() -> None:
    """See what is remembered, and have your say over it.

    Looking works while the companion runs; changing waits until it is stopped, or is said aloud to it.

    Example: companion memory search "my sister"
    """


def opened(*, read_only: bool = False) -> Memory:
    """Return the memory, asking for its passphrase where it has one. Raises what `Memory.open` does."""
    chosen = keeping.asked(files.load())
    return Memory.open(
        read_only=read_only,
        passphrase=passphrase.asked(),
        elsewhere=journals.strike,
        keeping=lambda: chosen,
    )


def check_struck(receipt: Receipt) -> None:
    """Make sure that no journal kept forgotten words. Raises `JournalError`, naming those that may have."""
    if receipt.unstruck:
        raise JournalError(
            f"It is forgotten, but these journals cannot be read and may still hold it: {', '.join(receipt.unstruck)}.",
            f"Delete them: companion log delete {shlex.join(receipt.unstruck)}",
        )


def confirm(choice: Choice, *, yes: bool) -> None:
    """Show what was chosen for forgetting and ask, unless that was answered beforehand. Raises `Abort`."""
    if yes:
        return
    for turn in choice.turns[:SHOWN]:
        click.echo(turn_line(turn), err=True)
    if len(choice.turns) > SHOWN:
        click.echo(f"… and {len(choice.turns) - SHOWN} more", err=True)
    question = f"Forget {len(choice.turns)} turns and {len(choice.facts)} facts for good?"
    click.confirm(question, abort=True, err=True)


def turn_line(turn: Turn) -> str:
    """Return a turn as one line."""
    return f"{turn.key:<8} {turn.time[:16]}  {turn.name or turn.who:<10} {turn.text}"


def fact_line(fact: Fact) -> str:
    """Return a fact as one line."""
    until = f"  (until {moments.moment(fact.valid_until_us):%Y-%m-%d})" if fact.valid_until_us is not None else ""
    return f"{fact.key:<8} {fact.subject}: {fact.slot}: {fact.value}{until}"


def print_json(value: object) -> None:
    """Print something for programs."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)))
