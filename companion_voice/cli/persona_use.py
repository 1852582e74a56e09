"""`companion persona use`: whom one talks with from now on."""

import json
import re
from contextlib import suppress
from pathlib import Path

import click

from companion_voice import documents, paths, settings
from companion_voice.errors import NotRunningError
from companion_voice.persona import files
from companion_voice.runtime import control

_SETTING = re.compile(r"^persona:[ \t]*(?:\"[^\"]*\"|'[^']*'|[^\s#]*)", re.MULTILINE)
_PLAIN = re.compile(r"[\w./~-]+")


@click.command()
@click.argument("name")
def use(name: str) -> None:
    """Make a persona the one you talk with; your settings keep everything else, comments included.

    Example: companion persona use colette
    """
    one = files.load(name)
    file = choose(name)
    click.echo(f"You talk with {one.name} from now on. It is written in {file}.")
    with suppress(NotRunningError):
        runs = control.ask(control.Request("status")).status
        if runs and runs.persona != one.name:
            click.echo(
                f"The companion that runs in the background is {runs.persona} until it starts again, or until you tell "
                f"it: let me talk to {one.name}."
            )


def choose(name: str) -> Path:
    """Write into the settings that `name` is talked with, and return their file. Raises `DocumentError`."""
    file = paths.settings_file()
    text = file.read_text() if file.exists() else settings.DEFAULT_TEXT
    line = f"persona: {name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)}"
    changed, found = _SETTING.subn(lambda _: line, text, count=1)
    data = (changed if found else f"{line}\n{text}").encode()
    documents.parse(data, settings.Settings, name=str(file))
    paths.write_private(file, data)
    return file
