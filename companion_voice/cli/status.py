"""`companion status`, `hush`, `mute`, `unmute` and `say`: control of a companion that runs in the background."""

from collections.abc import Iterator
from datetime import timedelta

import click
import msgspec

from companion_voice.errors import CompanionError, UsageError
from companion_voice.runtime.control import LONGEST_TEXT, Answer, Request, Status, ask


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def status(*, as_json: bool) -> None:
    """Show how the companion in the background does.

    Example: companion status
    """
    found = _asked(Request("status")).status
    if found is None:
        raise CompanionError("The companion in the background is of another version.", "Restart it.")
    click.echo(msgspec.json.encode(found) if as_json else "\n".join(_lines(found)))


@click.command()
def hush() -> None:
    """Let the companion fall silent now.

    Example: companion hush
    """
    _asked(Request("hush"))


@click.command()
def mute() -> None:
    """Close the companion's microphone until `companion unmute`.

    Example: companion mute
    """
    _asked(Request("mute"))


@click.command()
def unmute() -> None:
    """Open the companion's microphone again.

    Example: companion unmute
    """
    _asked(Request("unmute"))


@click.command()
@click.argument("text", nargs=-1, required=True)
def say(*, text: tuple[str, ...]) -> None:
    """Have the companion say TEXT as soon as that interrupts nobody, in the program's voice.

    Example: companion say The tea is ready.
    """
    words = " ".join(text)
    if len(words) > LONGEST_TEXT:
        raise UsageError(f"That is {len(words)} characters; at most {LONGEST_TEXT} can be said at once.")
    _asked(Request("say", words))


def _asked(request: Request) -> Answer:
    """Return the answer of the companion. Raises `CompanionError` when it refuses or there is none."""
    answer = ask(request)
    if not answer.done:
        raise CompanionError(answer.sentence)
    return answer


def _lines(found: Status) -> Iterator[str]:
    rows = {
        "state": found.state,
        "persona": f"{found.persona} ({found.language})",
        "engines": ", ".join(f"{kind}: {engine}" for kind, engine in found.engines.items()),
        "microphone": found.microphone,
        "speaker": found.speaker,
        "memory": found.memory,
        "network": found.network,
        "profile": f"{found.profile}; responsible: {found.responsible or 'you'}",
        "running": f"{timedelta(seconds=int(found.uptime))} (process {found.pid})",
    }
    if found.stuck:
        rows["stuck"] = ", ".join(found.stuck)
    return (f"{name:<11} {text}" for name, text in rows.items())
