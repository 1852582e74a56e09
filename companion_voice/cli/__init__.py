"""The commands people type. One file per verb group; nothing here decides anything about a conversation."""

import importlib
import sys
import traceback
from pathlib import Path

import click

from companion_voice import __version__, paths
from companion_voice.errors import CompanionError

VERBS = {
    "talk": "talk in this terminal, by voice, by typing, or from a recording",
    "run": "the same without a terminal, in the background",
    "status": "how the companion in the background does",
    "hush": "let it fall silent now",
    "mute": "close its microphone",
    "unmute": "open its microphone again",
    "say": "have it say something",
    "stop": "end the companion that is talking",
    "devices": "microphones and speakers, and which would be used",
    "doctor": "what is fine on this computer, what is not, and what mends it",
    "models": "models that can be downloaded, and those that are here",
    "bench": "how quickly this computer answers, stage by stage",
    "persona": "who the companion can be",
    "memory": "what is remembered: see it, correct it, forget it",
    "boundaries": "how the companion may behave towards you, and why",
    "verify": "was this speech made by a companion?",
    "log": "journals of conversations: keep, see, check, replay, delete them",
    "study": "research: conditions, consent, sessions, export, report",
    "config": "show, find or edit the settings",
}
_TOGETHER = {"hush": "status", "mute": "status", "unmute": "status", "say": "status"}
"""Verbs that live in another's file."""


class LazyGroup(click.Group):
    """A group that imports a verb only when it is asked for, so that every command starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the verbs in the order of a person's first day."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the verb `cmd_name`, importing its room."""
        if cmd_name not in VERBS:
            return None
        room = importlib.import_module(f"companion_voice.cli.{_TOGETHER.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(room, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="companion")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.pass_context
def companion(ctx: click.Context, *, debug: bool) -> None:
    """Talk with a voice companion that lives entirely on this computer.

    Example: companion talk
    """
    ctx.obj = {"debug": debug}


def _note_down(error: Exception) -> Path:
    """Write where an error came from into the log folder and return the file."""
    file = paths.private_folder(paths.log_folder()) / "fault.log"
    file.write_text("".join(traceback.format_exception(error)))
    file.chmod(0o600)
    return file


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code. Errors are one sentence and what to do next, on stderr."""
    debug = "--debug" in (arguments if arguments is not None else sys.argv)
    try:
        result = companion.main(arguments, prog_name="companion", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CompanionError as error:
        if debug:
            raise
        click.echo(f"companion: {error.sentence}", err=True)
        if error.hint:
            click.echo(f"  {error.hint}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:  # the border of the program: a fault of ours is one sentence as well
        if debug:
            raise
        click.echo(f"companion: something inside went wrong, which is our fault ({type(error).__name__}).", err=True)
        click.echo(f"  Where it happened is written in {_note_down(error)}; a report with it helps.", err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)
