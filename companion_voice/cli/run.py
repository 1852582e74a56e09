"""`companion run`: the companion without a terminal, as a service manager starts it."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from msgspec.structs import replace

from companion_voice.cli.views import JsonView
from companion_voice.runtime import confinement, gates, instance, selection
from companion_voice.runtime.build import Companion
from companion_voice.runtime.service import Service
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings, load

_FAILED = 1


@click.command()
@click.option("--persona", metavar="NAME", help="Who to talk with (`companion persona list`), or a persona file.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings to use instead of yours.")
@click.option("--mute", is_flag=True, help="Show replies without speaking them (with --json).")
@click.option("--typed", is_flag=True, help="Use no microphone.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, for programs; it tells all that is said.")
def run(*, persona: str | None, config: Path | None, mute: bool, typed: bool, as_json: bool) -> int:
    """Run the companion in the background, as a service.

    It closes the network to itself first, but for the servers of remote engines in the settings.
    `companion status`, hush, mute, unmute, say and stop reach it.
    Nothing that is said appears in its output without --json.

    Example: companion run
    """
    settings = load(config)
    if persona:
        settings = replace(settings, persona=persona)
    way = Way(typed=typed, mute=mute, patient=True)
    with _ended_by_signals(), gates.opened(settings, way.kinds) as (reached, names):
        open_because = confinement.confine()
        return _serve(reached, way, network=_network(open_because, names), as_json=as_json)


def _serve(settings: Settings, way: Way, *, network: str, as_json: bool) -> int:
    with instance.announced():
        companion = Companion(settings, way)
        service = Service(companion, again=lambda: Companion(settings, replace(way, waits=True)), network=network)
        for line in (selection.describe(companion.chosen), companion.notice, f"the network is {network}"):
            if line:
                click.echo(line, err=True)
        view = JsonView(aloud=companion.setup.aloud) if as_json else None
        end = service.run([view] if view else [])
        if view:
            view.ended(end.reason, companion.overflows, companion.underflows)
    return _FAILED if end.reason == "failed" else 0


def _network(open_because: str, names: str) -> str:
    """Return how far the network is open."""
    if open_because:
        return f"open: {open_because}"
    return f"open for {names} alone" if names else "closed"


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGINT end the conversation in order; before it has begun, they just end the program."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(0)
