"""`companion persona`: who the companion can be."""

import json
from pathlib import Path

import click

from companion_voice import documents
from companion_voice.persona import files
from companion_voice.persona.schema import Persona


@click.group()
def persona() -> None:
    """Who the companion can be.

    Example: companion persona list
    """


@persona.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(*, as_json: bool) -> None:
    """Show every persona, yours first.

    Example: companion persona list
    """
    found = {name: documents.read(file, Persona) for name, file in files.names().items()}
    if as_json:
        rows = [{"persona": name, "name": one.name, "language": one.language} for name, one in found.items()]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, one in found.items():
        click.echo(f"{name:<12} {one.name:<12} {one.language}   {' '.join(one.description.split())[:70]}…")


@persona.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a persona as it will be used.

    Example: companion persona show ada
    """
    one = files.load(name)
    for key in one.__struct_fields__:
        click.echo(f"{key}: {getattr(one, key)}")


@persona.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say whether a persona file can be used.

    Example: companion persona check my-persona.yaml
    """
    one = documents.read(file, Persona)
    click.echo(f"{file} is fine: {one.name}, {one.language}.")
