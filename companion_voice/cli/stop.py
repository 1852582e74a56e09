"""`companion stop`: end the companion that is talking."""

import click

from companion_voice.errors import NotRunningError
from companion_voice.runtime import instance
from companion_voice.runtime.control import Request, ask


@click.command()
def stop() -> int:
    """End the companion that is talking, wherever it was started.

    Example: companion stop
    """
    if instance.stop() or _in_the_background():
        return 0
    click.echo("No companion is talking.", err=True)
    return 1


def _in_the_background() -> bool:
    """End a companion that another one kept from being found; tell whether there was one."""
    try:
        return ask(Request("stop")).done
    except NotRunningError:
        return False
