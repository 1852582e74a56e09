"""`companion doctor`: what is fine on this computer, what is not, and the command that mends it."""

import os
import sys

import click
import msgspec
from rich.console import Console
from rich.text import Text

from companion_voice.runtime.doctor.gathering import gather, lingers
from companion_voice.runtime.doctor.judging import Finding, findings, is_fit

_MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "fault": ("FAULT", "bold red")}
_WIDE = 200
"""Columns where the output is not a terminal, so that every line stays one."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
@click.option(
    "--patience",
    default=8.0,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="Seconds that it may take in all.",
)
def doctor(*, as_json: bool, patience: float) -> int:
    """Check this computer: sound, engines, models, memory, service, what protects it all.

    One line for each, and under it the command that mends it. Exit code 1 when something is at fault. It changes no
    setting, opens no microphone, uses no network, and ends within ten seconds.

    Example: companion doctor
    """
    found = findings(gather(patience))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode({"fit": is_fit(found), "findings": found})))
    else:
        _show(found)
    code = int(not is_fit(found))
    if lingers():  # a C library that hangs would crash the process on its way out
        sys.stdout.flush()
        os._exit(code)
    return code


def _show(found: tuple[Finding, ...]) -> None:
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console = Console(markup=False, highlight=False, width=_WIDE)
    for one in found:
        mark, style = _MARKS[one.state]
        console.print(Text.assemble((f"{mark:<8}", style), f"{one.name}: {one.sentence}"), soft_wrap=True)
        if one.mend:
            console.print(f"{'':<8}→ {one.mend}", style="dim", soft_wrap=True)
