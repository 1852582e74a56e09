"""`companion bench`: how quickly this computer answers, stage by stage."""

from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from companion_voice.runtime import bench as bench_
from companion_voice.runtime import selection
from companion_voice.settings import load

_WORDS = {
    "prepared": "work began, after the soft pause",
    "heard": "the words were known",
    "first_token": "the first word of the answer was written",
    "first_clause": "something could be spoken",
    "turn_taken": "it was certain that the turn was over",
}


@click.command()
@click.option("--turns", default=10, show_default=True, help="How many questions to ask.")
@click.option("--stt", metavar="ENGINE[:MODEL]", help="What hears.")
@click.option("--llm", metavar="ENGINE[:MODEL]", help="What answers.")
@click.option("--tts", metavar="ENGINE[:MODEL]", help="What speaks.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings to use instead of yours.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def bench(*, turns: int, stt: str | None, llm: str | None, tts: str | None, config: Path | None, as_json: bool) -> None:
    """Measure end of speech → first sound on this computer with these models, the wait for the end included.

    Questions are spoken in real time into the companion as it really runs, without the sound card.

    Example: companion bench --turns 20
    """
    given = {"stt": stt, "llm": llm, "tts": tts}
    settings = replace(load(config), **{kind: selection.parse(text) for kind, text in given.items() if text})
    figures = bench_.summary(bench_.measure(settings, turns))
    if as_json:
        click.echo(msgspec.json.encode(figures))
        return
    total, stages = figures.voice_to_voice_ms, figures.stages
    click.echo("  ".join(f"{kind}: {model}" for kind, model in figures.models.items()))
    click.echo(f"\n{'milliseconds after the end of speech':<46}{'p50':>6}{'p95':>7}")
    for name, words in _WORDS.items():
        click.echo(f"  {words:<44}{stages[name].p50:>6}{stages[name].p95:>7}")
    click.echo(f"  {'the first sound was heard':<44}{total.p50:>6}{total.p95:>7}")
    if figures.tiers_ms:
        click.echo("\nreckoned: " + ", ".join(f"{tier} about {ms} ms" for tier, ms in figures.tiers_ms.items()))
        best = bench_.affordable(figures.tiers_ms)
        click.echo(
            f"This computer can afford the tier `{best}`." if best else "Even `small` models would be late here."
        )
