"""Asks for the passphrase of an encrypted memory where one can be typed. Knows of memory only whether it is locked."""

import sys

import click

from companion_voice.errors import MemoryLockedError
from companion_voice.memory import cipher
from companion_voice.memory.places import Place

_TRIES = 3


def asked() -> str | None:
    """Return the passphrase of the memory; None where it needs none, or where nobody can type it.

    Raises `MemoryLockedError` when it was wrong three times.
    """
    place = Place()
    if not cipher.is_encrypted(place) or cipher.found(place) is not None or not sys.stdin.isatty():
        return None
    for left in reversed(range(_TRIES)):
        passphrase: str = click.prompt("Passphrase of the memory", hide_input=True, err=True)
        try:
            cipher.unlock(place, passphrase)
        except MemoryLockedError as error:
            if not left:
                raise
            click.echo(error.sentence, err=True)
        else:
            break
    return passphrase


def chosen() -> str:
    """Return the passphrase that a memory is to be encrypted with. Raises `UsageError` where nobody can type it."""
    found = cipher.found(Place())
    if found is not None:
        return found
    if not sys.stdin.isatty():
        raise click.UsageError(f"Type it in a terminal, or name a file on another device in {cipher.KEY_FILE}.")
    click.echo("Nobody can read the memory without it, you included: there is no other way in.", err=True)
    said: str = click.prompt("A passphrase", hide_input=True, confirmation_prompt="The same again", err=True)
    return said
