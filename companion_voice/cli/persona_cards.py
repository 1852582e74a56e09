"""`companion persona import` and `export`: characters from elsewhere, and characters that go elsewhere."""

from pathlib import Path

import click
import msgspec

from companion_voice.errors import CardError
from companion_voice.persona import files as personas
from companion_voice.persona.cards import carrier, files
from companion_voice.persona.cards.exporting import Format, exported
from companion_voice.persona.cards.importing import imported


@click.command("import")
@click.argument("card", type=click.Path(path_type=Path))
@click.option("--name", help="What the persona is called in commands; else made of the character's name.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def import_(*, card: Path, name: str | None, as_json: bool) -> None:
    """Make a persona of a character card: JSON, PNG or .charx; V1, V2 or V3.

    The report says what was taken, changed, dropped, or kept in the card without being used, and why.

    Example: companion persona import Aria.png --name aria
    """
    payload = carrier.payload(files.read(card))
    found = imported(payload)
    called = files.free_name(name, found.persona.name)
    file, persona = files.write(called, found, payload)
    if as_json:
        report = {"persona": called, "file": str(file), "name": persona.name, "languages": persona.languages}
        click.echo(msgspec.json.encode({**report, "version": found.version, "notes": found.notes}))
        return
    for note in found.notes:
        click.echo(str(note))
    click.echo(f"{persona.name} is in {file}. Talk: companion talk --persona {called}")


@click.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["v2", "v3"]), default="v3", show_default=True, help="Of the card.")
@click.option("--png", "picture", type=click.Path(path_type=Path), help="A PNG to carry the card; FILE is one then.")
def export(*, name: str, file: Path, form: Format, picture: Path | None) -> None:
    """Write a persona as a character card: JSON, or a PNG with the picture that you give.

    What an imported card held is in it again, with what you changed.

    Example: companion persona export aria aria.png --format v2 --png portrait.png
    """
    if picture is None and file.suffix.lower() == ".png":
        raise CardError("A card in a PNG needs a picture to be in.", "Give one with --png.")
    card = exported(personas.load(name), files.original(name), form)
    data = carrier.in_picture(card, files.read(picture), form) if picture else card
    files.write_card(file, data)
    click.echo(f"{file} is written: {form.upper()}, {'PNG' if picture else 'JSON'}, {len(data)} bytes.")
