"""`companion memory`: what is remembered: see it, search it, correct it, forget it, take it along."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import click
import msgspec

from companion_voice.memory import health, moments
from companion_voice.memory.forget import Choice
from companion_voice.memory.places import Place
from companion_voice.memory.records import Fact, Recollection, Turn
from companion_voice.memory.store import Memory

_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")
_OF = click.option("--person", "who", default="owner", show_default=True, help="Whose memory: a name or id.")
_SHOWN = 20
"""Items that are shown before something is forgotten."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@click.group()
def memory() -> None:
    """See what is remembered, and have your say over it.

    Looking works while the companion runs; changing waits until it is stopped, or is said aloud to it.

    Example: companion memory search "my sister"
    """


@memory.command("list")
@click.option("--facts", "only_facts", is_flag=True, help="What is known, rather than what was said.")
@click.option(
    "--last", default=_SHOWN, show_default=True, type=click.IntRange(1), help="Only the latest so many turns."
)
@_OF
@_JSON
def list_(*, only_facts: bool, last: int, who: str, as_json: bool) -> None:
    """Show what was said, or what is known.

    Example: companion memory list --facts
    """
    with _reading() as store:
        person = store.person(who).id
        found = store.facts(person=person, past=True) if only_facts else store.turns(person=person, last=last)
    if as_json:
        _print_json(found)
        return
    for one in found:
        click.echo(_fact(one) if isinstance(one, Fact) else _turn(one))
    if not found:
        click.echo("Nothing is remembered yet.")


@memory.command()
@click.argument("query", required=False)
@click.option("--queries", type=click.Path(path_type=Path), help="Answer every line of this file, one list a line.")
@click.option("-k", "most", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many finds.")
@_OF
@_JSON
def search(*, query: str | None, queries: Path | None, most: int, who: str, as_json: bool) -> None:
    """Show what answers a question, best first.

    Example: companion memory search "Where does my sister live?" -k 5
    """
    if (query is None) == (queries is None):
        raise click.UsageError("Give a question, or a file of them with --queries.")
    with _reading() as store:
        person = store.person(who).id
        for line in [query] if query is not None else _read_lines(queries):
            found = store.recall(line or "", person=person, k=most)
            if as_json or queries:
                click.echo(msgspec.json.encode([_described(item) for item in found.items]))
            else:
                _show(found)


@memory.command()
@click.argument("key", metavar="ID")
@_JSON
def why(*, key: str, as_json: bool) -> None:
    """Show where a fact comes from: the quote and the day.

    Example: companion memory why f3
    """
    with _reading() as store:
        fact, turn = store.why(key)
    if as_json:
        _print_json({"fact": fact, "turn": turn})
        return
    click.echo(f"{fact.subject}: {fact.slot}: {fact.value}")
    click.echo(f"You said on {turn.time[:10]}: “{fact.quote}” ({turn.key})")
    if fact.origin == "person":
        click.echo(f"You corrected it on {moments.moment(fact.made_us):%Y-%m-%d}.")


@memory.command()
@click.argument("text")
@_OF
@_JSON
def add(*, text: str, who: str, as_json: bool) -> None:
    """Tell it something, as though you had said it.

    Example: companion memory add "My sister's name is Mary."
    """
    with Memory.open() as store:
        session = store.begin_session(f"typed-{moments.now():%Y%m%dT%H%M%S%f}", persona="", person=store.person(who).id)
        turn = store.add_turn(session, "user", text)
        told = [fact for fact in store.facts(person=session.person) if turn and fact.turn == turn.id]
    if as_json:
        _print_json({"turn": turn, "facts": told})
        return
    click.echo(_turn(turn) if turn else "Nothing was written: it is off the record, or never to be remembered.")
    for fact in told:
        click.echo(_fact(fact))


@memory.command()
@click.argument("key", metavar="ID")
@click.argument("value")
@_JSON
def edit(*, key: str, value: str, as_json: bool) -> None:
    """Correct a fact. What was said stays as it was said; the wrong value is kept as past.

    Example: companion memory edit f3 Marie
    """
    with Memory.open() as store:
        fact = store.correct(key, value)
    if as_json:
        _print_json(fact)
    else:
        click.echo(_fact(fact))


@memory.command()
@click.argument("key", metavar="[ID]", required=False)
@click.option("--about", metavar="WORDS", help="Whatever mentions a name, a thing, or a topic such as health.")
@click.option("--since", metavar="TIME", help="All since a time (2026-05-03T14:00) or so long ago (10m, 2h, 3d).")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--lang", default="en", show_default=True, type=click.Choice(["en", "fr"]), help="Of --about's words.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_OF
@_JSON
def forget(
    *,
    key: str | None,
    about: str | None,
    since: str | None,
    everything: bool,
    lang: str,
    yes: bool,
    who: str,
    as_json: bool,
) -> None:
    """Forget a turn or fact, a subject, a time, or everything, down to the last byte; prints a receipt.

    Example: companion memory forget --about Mary
    """
    if sum(one is not None for one in (key, about, since)) + everything != 1:
        raise click.UsageError("Give one of: an ID, --about, --since, --all.")
    with Memory.open() as store:
        person = store.person(who).id
        if key is not None:
            choice = store.choose_key(key, person=person)
        elif about is not None:
            choice = store.choose_about(about, person=person, language=lang)
        elif since is not None:
            choice = store.choose_since(_start(since), person=person)
        else:
            choice = store.choose_everything(person=person)
        _confirm(choice, yes=yes)
        receipt = store.forget(choice)
    if as_json:
        _print_json(receipt)
        return
    click.echo(
        f"Forgotten: {len(receipt.turns)} turns, {len(receipt.facts)} facts, {receipt.summaries} summaries; "
        f"{receipt.backups} backups and damaged files that could hold them were deleted."
    )


@memory.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--markdown", is_flag=True, help="For reading, rather than to be imported again.")
@_OF
def export(*, file: Path | None, markdown: bool, who: str) -> None:
    """Write everything as JSON (for everybody), or as Markdown (for one person), to a file or the terminal.

    Example: companion memory export memory.json
    """
    with _reading() as store:
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
@_OF
@_JSON
def import_(*, file: Path, who: str, as_json: bool) -> None:
    """Read conversations, one turn a line, or what `export` wrote: all of it or nothing.

    A line: {"id": "D1:3", "session": "s1", "time": "2023-05-08T13:56:00", "who": "user", "name": "Anna", "text": "…"}

    Example: companion memory import conversations.jsonl
    """
    with Memory.open() as store:
        brought = store.bring(file, person=store.person(who).id)
    if as_json:
        _print_json(brought)
        return
    left_out = f" {brought.forbidden} were left out: never to be remembered." if brought.forbidden else ""
    click.echo(f"Imported {brought.turns} turns; they tell {brought.facts} facts.{left_out}")


@memory.command()
@_JSON
def stats(*, as_json: bool) -> None:
    """Show how much is remembered, how much room it takes and what protects it.

    Example: companion memory stats
    """
    with _reading() as store:
        found = msgspec.structs.asdict(store.statistics())
    found |= msgspec.structs.asdict(health.protection(Place().folder))
    if as_json:
        _print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):<16} {'not known' if value is None else value}")


@memory.command()
@_OF
@_JSON
def rules(*, who: str, as_json: bool) -> None:
    """Show what is never to be remembered.

    Example: companion memory rules
    """
    with _reading() as store:
        found = store.rules(person=store.person(who).id)
    if as_json:
        _print_json(found)
        return
    for rule in found:
        click.echo(f"never: {rule.topic} (since {moments.moment(rule.made_us):%Y-%m-%d})")
    if not found:
        click.echo("There is no rule: anything you say may be remembered.")


@memory.command()
@click.argument("topic")
@_OF
def never(*, topic: str, who: str) -> None:
    """Never remember anything about a topic; what is there already is not read any more.

    Example: companion memory never "my health"
    """
    with Memory.open() as store:
        rule = store.never(topic, person=store.person(who).id)
    click.echo(f"Nothing about {rule.topic} is remembered from now on. What is there: forget --about {rule.topic!r}.")


@memory.command()
@click.argument("topic")
@_OF
def allow(*, topic: str, who: str) -> None:
    """Take such a rule away.

    Example: companion memory allow "my health"
    """
    with Memory.open() as store:
        was_there = store.allow(topic, person=store.person(who).id)
    click.echo(f"{topic} may be remembered again." if was_there else f"There was no rule about {topic}.")


@memory.command()
@click.option("--add", "name", metavar="NAME", help="Give somebody a memory of their own.")
@click.option("--guest", is_flag=True, help="With --add: it ends after twelve hours.")
@click.option("--forget", "gone", metavar="WHO", help="Forget all of somebody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_JSON
def people(*, name: str | None, guest: bool, gone: str | None, yes: bool, as_json: bool) -> None:
    """Show whose memories there are; add somebody, or forget somebody.

    Example: companion memory people --add Anna
    """
    if name is not None or gone is not None:
        with Memory.open() as store:
            if name is not None:
                store.add_person(name, guest=guest)
            if gone is not None:
                _confirm(store.choose_everything(person=store.person(gone).id), yes=yes)
                store.forget_person(gone)
    with _reading() as store:
        found = store.people()
    if as_json:
        _print_json(found)
        return
    for one in found:
        until = f"   guest until {moments.moment(one.expires_us):%Y-%m-%d %H:%M}" if one.expires_us else ""
        click.echo(f"{one.id:<16} {one.name}{until}")


@memory.command()
@click.option("--empty", is_flag=True, help="Begin an empty memory instead; damaged files and backups stay.")
def restore(*, empty: bool) -> None:
    """After damage: take the last good backup as the memory.

    Example: companion memory restore
    """
    place = Place()
    unlock = place.lock()
    try:
        click.echo("An empty memory begins." if empty else f"Restored from {health.restore(place)}.")
        if empty:
            health.begin_empty(place)
    finally:
        unlock()


@contextmanager
def _reading() -> Iterator[Memory]:
    with Memory.open(read_only=True) as store:
        yield store


def _read_lines(file: Path | None) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be read as text.") from error


def _start(since: str) -> datetime:
    """Return the moment that `since` means: a time, or so long ago."""
    if since[:-1].isdigit() and since[-1:] in _UNITS:
        return moments.now() - timedelta(**{_UNITS[since[-1]]: int(since[:-1])})
    try:
        return moments.read(since)
    except ValueError as error:
        raise click.UsageError(f"{since} is not a time: say 2026-05-03T14:00, 10m, 2h or 3d.") from error


def _confirm(choice: Choice, *, yes: bool) -> None:
    if yes:
        return
    for turn in choice.turns[:_SHOWN]:
        click.echo(_turn(turn), err=True)
    if len(choice.turns) > _SHOWN:
        click.echo(f"… and {len(choice.turns) - _SHOWN} more", err=True)
    question = f"Forget {len(choice.turns)} turns and {len(choice.facts)} facts for good?"
    click.confirm(question, abort=True, err=True)


def _described(item: object) -> dict[str, object]:
    found: dict[str, object] = msgspec.to_builtins(item)
    return {"id": found.pop("key")} | found


def _show(found: Recollection) -> None:
    if not found.sure:
        click.echo("Nothing that surely answers this is remembered." + (" The nearest:" if found.items else ""))
    for item in found.items:
        click.echo(f"{item.key:<8} {item.time[:16]}  {item.score:5.2f}  {item.text}")


def _turn(turn: Turn) -> str:
    return f"{turn.key:<8} {turn.time[:16]}  {turn.name or turn.who:<10} {turn.text}"


def _fact(fact: Fact) -> str:
    until = f"  (until {moments.moment(fact.valid_until_us):%Y-%m-%d})" if fact.valid_until_us is not None else ""
    return f"{fact.key:<8} {fact.subject}: {fact.slot}: {fact.value}{until}"


def _print_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value)))
