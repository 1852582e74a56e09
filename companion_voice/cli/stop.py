"""`companion stop`: end the companion that is talking."""

import click

from companion_voice.runtime import instance


@click.command()
def stop() -> int:
    """End the companion that is talking, wherever it was started.

    Example: companion stop
    """
    if instance.stop():
        return 0
    click.echo("No companion is talking.", err=True)
    return 1
