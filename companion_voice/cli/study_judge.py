"""`companion study judge`: what no rule can see, asked of a model on this computer."""

import click

from companion_voice import settings
from companion_voice.research.behaviours import judge as questions
from companion_voice.research.study import store
from companion_voice.runtime import judging


@click.command()
@click.argument("name")
@click.option("--code", "codes", multiple=True, type=click.Choice(questions.JUDGED), help="Only this; may be repeated.")
@click.option("--again", is_flag=True, help="Also what another model judged, whose answers are forgotten.")
def judge(name: str, *, codes: tuple[str, ...], again: bool) -> None:
    """Have a language model on this computer judge reviewed sessions.

    What it finds has the kind `judge` in every table and stands in no figure of the report. It goes on where it was
    interrupted. How far a model can be believed must be found out on sessions that people have coded.

    Example: companion study judge tea --code A18
    """
    one = store.open_study(name)
    count = judging.judged(one, settings.load(), codes=codes or questions.JUDGED, again=again, told=click.echo)
    click.echo(f"{count} answers.")
