"""`companion persona retire`: the end of a persona, with notice, a copy, and nothing that begs it to stay.

Decides nothing: `memory` erases, `persona.files` knows where files stand.
"""

from pathlib import Path

import click
import msgspec

from companion_voice import documents, paths, settings
from companion_voice.cli import passphrase
from companion_voice.cli.persona_use import choose
from companion_voice.errors import PersonaError, UsageError
from companion_voice.memory.store import Memory
from companion_voice.persona import files
from companion_voice.persona.cards import files as cards


@click.command()
@click.argument("name")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where a copy is kept; NAME-retired without it.")
@click.option("--yes", is_flag=True, help="Do not ask; a copy is kept all the same.")
def retire(*, name: str, folder: Path | None, yes: bool) -> None:
    """End a persona: a copy is kept, then its file goes, and what it became with you.

    What you said to it is yours and stays in memory (`companion memory forget` takes that away). A persona that ships
    with the program keeps its file and begins anew.

    Example: companion persona retire marin --to marin-kept
    """
    persona, place = files.load(name), files.place(name)
    if name not in files.names():
        raise PersonaError(f"{place} is a file and no persona of yours.", "Delete the file.")
    own = place.parent == paths.own_personas_folder()
    kept = folder or Path(f"{name}-retired")
    gone = f"{'its file and ' if own else ''}what it became with you"
    click.echo(f"{persona.name} ends here: {gone}. Your own words stay in memory. A copy is kept in {kept}.")
    if not yes and click.prompt(f"Type {name} to confirm", default="", show_default=False) != name:
        raise UsageError("Nothing was changed.")
    with Memory.open(passphrase=passphrase.asked()) as memory:
        _copy(name, place, memory, kept)
        changes = memory.retire_persona(name)
    if own:
        place.unlink()
        place.with_suffix(".card.json").unlink(missing_ok=True)
    count = "1 change was" if changes == 1 else f"{changes} changes were"
    told = [f"{persona.name} has ended; {count} undone and the words erased."]
    if own and settings.load().persona == name:
        choose(settings.Settings().persona)
        told.append(f"You talk with {files.load(settings.Settings().persona).name} from now on.")
    click.echo(" ".join(told))


def _copy(name: str, place: Path, memory: Memory, folder: Path) -> None:
    """Write the persona, its card and its history into a new folder. Raises `UsageError` where there is one."""
    if folder.exists():
        raise UsageError(f"{folder} is there already.", "Name another folder with --to.")
    paths.private_folder(folder)
    paths.write_private(folder / f"{name}.yaml", documents.content(place))
    if card := cards.original(name):
        paths.write_private(folder / f"{name}.card.json", card)
    history = {"persona": name, "head": memory.personas.head(name), "changes": memory.personas.history(name)}
    paths.write_private(folder / f"{name}-history.json", msgspec.json.format(msgspec.json.encode(history)))
