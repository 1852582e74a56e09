"""`companion devices`: what could be heard and spoken through, and what would be."""

import json
import sys

import click
import rich.box
from rich.console import Console
from rich.table import Table

from companion_voice import settings
from companion_voice.audio.devices import Device, Kind, choose, listed
from companion_voice.errors import DeviceError

KINDS: tuple[Kind, ...] = ("microphone", "speaker")


@click.command(epilog="Example: companion devices --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def devices(*, as_json: bool) -> None:
    """Microphones and speakers, and which would be used.

    Part of a name under `audio:` in the settings chooses another one.
    """
    audio = settings.load().audio
    wanted = {"microphone": audio.microphone, "speaker": audio.speaker}
    found = {kind: listed(kind) for kind in KINDS}
    used: list[Device] = []
    notices: list[str] = []
    for kind in KINDS:
        try:
            used.append(choose(kind, wanted[kind], found[kind]))
        except DeviceError as error:
            notices.append(error.sentence)
    everything = [device for kind in KINDS for device in found[kind]]
    if as_json:
        click.echo(json.dumps(_document(everything, used, notices), ensure_ascii=False, indent=2))
        return
    _show(everything, used)
    for notice in notices:
        click.echo(notice)


def _document(everything: list[Device], used: list[Device], notices: list[str]) -> dict[str, object]:
    def rows(kind: Kind) -> list[dict[str, object]]:
        return [_row(device, used=device in used) for device in everything if device.kind == kind]

    return {"microphones": rows("microphone"), "speakers": rows("speaker"), "notices": notices}


def _row(device: Device, *, used: bool) -> dict[str, object]:
    return {
        "name": device.name,
        "host": device.host,
        "rate": device.rate,
        "channels": device.channels,
        "default": device.default,
        "used": used,
    }


def _show(everything: list[Device], used: list[Device]) -> None:
    if not sys.stdout.isatty():
        for device in everything:
            mark = "*" if device in used else " "
            click.echo(f"{mark} {device.kind}\t{device.name}\t{device.host}\t{device.rate} Hz\t{device.channels} ch")
    elif everything:
        Console().print(_table(everything, used))


def _table(everything: list[Device], used: list[Device]) -> Table:
    table = Table(box=rich.box.SIMPLE_HEAD, caption="● would be used", caption_justify="left")
    for heading in ("", "kind", "name", "through"):
        table.add_column(heading)
    table.add_column("rate", justify="right")
    table.add_column("channels", justify="right")
    for device in everything:
        mark = "●" if device in used else ""
        rate = f"{device.rate:,} Hz"
        table.add_row(mark, device.kind, device.name, device.host, rate, str(device.channels))
    return table
