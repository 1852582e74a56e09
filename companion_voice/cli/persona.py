"""`companion persona`: who the companion can be."""

import json
from pathlib import Path

import click
import msgspec

from companion_voice import documents
from companion_voice.cli import persona_cards, persona_history, persona_retire, persona_use
from companion_voice.errors import PersonaError
from companion_voice.persona import check as checks
from companion_voice.persona import files, published
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
        rows = [
            {"persona": name, "name": one.name, "role": one.role, "language": one.language, "languages": one.languages}
            for name, one in found.items()
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, one in found.items():
        about = " ".join(one.description.split()) or "(nothing is said of it)"
        click.echo(f"{name:<12} {one.name:<12} {'+'.join(one.languages):<6} {one.role:<17} {about[:60]}")


@persona.command()
@click.argument("name")
@click.option("--drift", is_flag=True, help="How far it has drifted from its own first week.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(name: str, *, drift: bool, as_json: bool) -> None:
    """Show a persona as it will be used, with every default; or how it has drifted.

    Example: companion persona show ada
    """
    if drift:
        persona_history.show_drift(name, as_json=as_json)
        return
    one = files.load(name)
    encoded = msgspec.json.encode(one) if as_json else msgspec.yaml.encode(msgspec.to_builtins(one))
    click.echo(encoded.decode().rstrip())


@persona.command()
@click.argument("name")
def new(name: str) -> None:
    """Begin a persona of your own: a commented file to edit.

    Example: companion persona new marin
    """
    file = files.begin(name)
    click.echo(f"{file}\n  Edit it, then: companion persona check {name}; companion talk --persona {name}")


@persona.command()
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(file: str, *, as_json: bool) -> None:
    """Say all that is wrong with a persona file (exit 78), or unwise about it; a name does as well.

    Example: companion persona check my-persona.yaml
    """
    place = files.names().get(file, Path(file).expanduser())
    data = documents.content(place)
    faults = documents.faults(data, Persona, name=str(place))
    where = documents.lines(data)
    one = None if faults else documents.parse(data, Persona, name=str(place))
    remarks = checks.remarks(one) if one else ()
    warnings = sorted(
        (documents.Fault(path, documents.line_of(path, where), f"`{path}`: {sentence}") for path, sentence in remarks),
        key=lambda warning: warning.line,
    )
    if as_json:
        found = {"faults": faults, "warnings": warnings}
        rows = {kind: [fault._asdict() for fault in several] for kind, several in found.items()}
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for kind, several in (("", faults), ("warning: ", warnings)):
            for fault in several:
                click.echo(f"{place}:{fault.line}: {kind}{fault.sentence}")
    if one is None:
        count = "one thing" if len(faults) == 1 else f"{len(faults)} things"
        raise PersonaError(f"{place} cannot be used: {count} must be mended.", "Each line above names one.")
    if not as_json:
        click.echo(f"{place} can be used: {one.name}, {' and '.join(one.languages)}.")


@persona.command()
def schema() -> None:
    """Print the JSON Schema of a persona file, for editors.

    Example: companion persona schema > persona.schema.json
    """
    click.echo(json.dumps(published.json_schema(), indent=2, ensure_ascii=False))


persona.add_command(persona_cards.import_)
persona.add_command(persona_cards.export)
persona.add_command(persona_history.history)
persona.add_command(persona_history.rollback)
persona.add_command(persona_retire.retire)
persona.add_command(persona_use.use)
