"""`companion config`: the settings."""

import click
import msgspec

from companion_voice import paths, settings


@click.group()
def config() -> None:
    """Show, find or edit the settings.

    Example: companion config edit
    """


@config.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(*, as_json: bool) -> None:
    """Show the settings in force, defaults included.

    Example: companion config show
    """
    current = msgspec.to_builtins(settings.load())
    encoded = msgspec.json.encode(current) if as_json else msgspec.yaml.encode(current)
    click.echo(encoded.decode().rstrip())


@config.command()
def path() -> None:
    """Print where the settings file lies.

    Example: companion config path
    """
    click.echo(paths.settings_file())


@config.command()
def edit() -> None:
    """Open the settings in your editor; a new file begins with every default, commented.

    Example: companion config edit
    """
    file = paths.settings_file()
    if not file.exists():
        paths.private_folder(file.parent)
        file.touch(mode=0o600)
        file.write_text(settings.DEFAULT_TEXT)
    click.edit(filename=str(file))
    settings.load(file)
