"""The memory as files: export, import, restore, encrypt, decrypt."""

from pathlib import Path

import click

from companion_voice.cli import passphrase
from companion_voice.cli.memory.common import JSON, OF, memory, opened, print_json
from companion_voice.memory import cipher, encryption, health, moments
from companion_voice.memory.places import Place


@memory.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--markdown", is_flag=True, help="For reading, rather than to be imported again.")
@OF
def export(*, file: Path | None, markdown: bool, who: str) -> None:
    """Write everything as JSON (for everybody), or as Markdown (for one person), to a file or the terminal.

    Example: companion memory export memory.json
    """
    with opened(read_only=True) as store:
        person = store.person(who).id
        data = store.to_markdown(person=person).encode() if markdown else store.to_json()
    if file is None:
        click.echo(data, nl=False)
        return
    try:
        file.touch(mode=0o600)
        file.write_bytes(data)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written: {error.strerror}.") from error


@memory.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@OF
@JSON
def import_(*, file: Path, who: str, as_json: bool) -> None:
    """Read conversations, one turn a line, or what `export` wrote: all of it or nothing.

    A line: {"id": "D1:3", "session": "s1", "time": "2023-05-08T13:56:00", "who": "user", "name": "Anna", "text": "…"}

    Example: companion memory import conversations.jsonl
    """
    with opened() as store:
        brought = store.bring(file, person=store.person(who).id)
    if as_json:
        print_json(brought)
        return
    left_out = f" {brought.forbidden} were left out: never to be remembered." if brought.forbidden else ""
    click.echo(f"Imported {brought.turns} turns; they tell {brought.facts} facts.{left_out}")


@memory.command()
@click.option("--empty", is_flag=True, help="Begin an empty memory instead; damaged files and backups stay.")
def restore(*, empty: bool) -> None:
    """After damage: take the last good backup as the memory.

    Example: companion memory restore
    """
    place = Place()
    cipher.unlock(place, passphrase.asked())
    unlock = place.lock()
    try:
        click.echo("An empty memory begins." if empty else f"Restored from {health.restore(place)}.")
        if empty:
            health.begin_empty(place)
    finally:
        unlock()


@memory.command()
def encrypt() -> None:
    """Encrypt the memory and its backups with a passphrase, which is kept nowhere on this computer.

    It is asked for at every start, or read from a file on another device (COMPANION_VOICE_KEY_FILE) or from systemd
    (LoadCredentialEncrypted=companion-memory:…). Exports and journals are not encrypted.

    Example: companion memory encrypt
    """
    encryption.encrypt(Place(), passphrase.chosen(), moments.now())
    click.echo("The memory and its backups are encrypted. What was deleted for it may still lie on the disk unread.")


@memory.command()
def decrypt() -> None:
    """Store the memory in the clear again.

    Example: companion memory decrypt
    """
    encryption.decrypt(Place(), passphrase.asked(), moments.now())
    click.echo("The memory is not encrypted any more.")
