"""Looking at what is remembered: list, search, why, rules, stats."""

from pathlib import Path

import click
import msgspec

from companion_voice.cli.memory.common import JSON, OF, SHOWN, fact_line, memory, opened, print_json, turn_line
from companion_voice.memory import health, moments
from companion_voice.memory.health import Protection
from companion_voice.memory.places import Place
from companion_voice.memory.records import Fact, Recollection


@memory.command("list")
@click.option("--facts", "only_facts", is_flag=True, help="What is known, rather than what was said.")
@click.option("--last", default=SHOWN, show_default=True, type=click.IntRange(1), help="Only the latest so many turns.")
@OF
@JSON
def list_(*, only_facts: bool, last: int, who: str, as_json: bool) -> None:
    """Show what was said, or what is known.

    Example: companion memory list --facts
    """
    with opened(read_only=True) as store:
        person = store.person(who).id
        found = store.facts(person=person, past=True) if only_facts else store.turns(person=person, last=last)
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(fact_line(one) if isinstance(one, Fact) else turn_line(one))
    if not found:
        click.echo("Nothing is remembered yet.")


@memory.command()
@click.argument("query", required=False)
@click.option("--queries", type=click.Path(path_type=Path), help="Answer every line of this file, one list a line.")
@click.option("-k", "most", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many finds.")
@OF
@JSON
def search(*, query: str | None, queries: Path | None, most: int, who: str, as_json: bool) -> None:
    """Show what answers a question, best first.

    Example: companion memory search "Where does my sister live?" -k 5
    """
    if (query is None) == (queries is None):
        raise click.UsageError("Give a question, or a file of them with --queries.")
    with opened(read_only=True) as store:
        person = store.person(who).id
        for line in [query] if query is not None else _read_lines(queries):
            found = store.recall(line or "", person=person, k=most)
            if as_json or queries:
                click.echo(msgspec.json.encode([_described(item) for item in found.items]))
            else:
                _show(found)


@memory.command()
@click.argument("key", metavar="ID")
@JSON
def why(*, key: str, as_json: bool) -> None:
    """Show where a fact comes from: the quote and the day.

    Example: companion memory why f3
    """
    with opened(read_only=True) as store:
        fact, turn = store.why(key)
    if as_json:
        print_json({"fact": fact, "turn": turn})
        return
    click.echo(f"{fact.subject}: {fact.slot}: {fact.value}")
    click.echo(f"You said on {turn.time[:10]}: “{fact.quote}” ({turn.key})")
    if fact.origin == "model":
        click.echo("A language model took it from these words.")
    if fact.origin == "person":
        click.echo(f"You corrected it on {moments.moment(fact.made_us):%Y-%m-%d}.")


@memory.command()
@OF
@JSON
def rules(*, who: str, as_json: bool) -> None:
    """Show what is never to be remembered.

    Example: companion memory rules
    """
    with opened(read_only=True) as store:
        found = store.rules(person=store.person(who).id)
    if as_json:
        print_json(found)
        return
    for rule in found:
        click.echo(f"never: {rule.topic} (since {moments.moment(rule.made_us):%Y-%m-%d})")
    if not found:
        click.echo("There is no rule: anything you say may be remembered.")


@memory.command()
@JSON
def stats(*, as_json: bool) -> None:
    """Show how much is remembered, how much room it takes and what protects it.

    Example: companion memory stats
    """
    with opened(read_only=True) as store:
        found = msgspec.structs.asdict(store.statistics())
    protection = health.protection(Place().folder)
    if as_json:
        print_json(found | msgspec.structs.asdict(protection))
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):<16} {value}")
    click.echo(_protects(protection))


def _read_lines(file: Path | None) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be read as text.") from error


def _described(item: object) -> dict[str, object]:
    found: dict[str, object] = msgspec.to_builtins(item)
    return {"id": found.pop("key")} | found


def _show(found: Recollection) -> None:
    if not found.sure:
        click.echo("Nothing that surely answers this is remembered." + (" The nearest:" if found.items else ""))
    for item in found.items:
        click.echo(f"{item.key:<8} {item.time[:16]}  {item.score:5.2f}  {item.text}")


def _protects(protection: Protection) -> str:
    """Return in words what keeps others from reading the memory, and what does not."""
    if protection.encrypted_file:
        return "The memory and its backups are encrypted with a passphrase. Exports and journals are not."
    others = (
        "Other users of this computer cannot read it."
        if protection.private
        else f"Other users of this computer may read it: chmod -R go= {Place().folder}"
    )
    disk = {
        True: "The disk it lies on is encrypted.",
        False: "The disk it lies on is not encrypted either: whoever has the disk can read it.",
        None: "Whether the disk it lies on is encrypted cannot be told from here.",
    }[protection.encrypted_disk]
    return f"The memory is not encrypted (companion memory encrypt). {others} {disk}"
