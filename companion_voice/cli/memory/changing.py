"""Having a say over what is remembered: add, edit, forget, never, allow, people."""

from datetime import datetime, timedelta

import click

from companion_voice.cli.memory.common import (
    JSON,
    OF,
    check_struck,
    confirm,
    fact_line,
    memory,
    opened,
    print_json,
    turn_line,
)
from companion_voice.memory import moments

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@memory.command()
@click.argument("text")
@click.option("--lang", default="en", show_default=True, type=click.Choice(["en", "fr"]), help="What it is said in.")
@OF
@JSON
def add(*, text: str, lang: str, who: str, as_json: bool) -> None:
    """Tell it something, as though you had said it.

    Example: companion memory add "J'habite à Lyon." --lang fr
    """
    with opened() as store:
        session = store.begin_session(f"typed-{moments.now():%Y%m%dT%H%M%S%f}", persona="", person=store.person(who).id)
        turn = store.add_turn(session, "user", text, language=lang)
        told = [fact for fact in store.facts(person=session.person) if turn and fact.turn == turn.id]
    if as_json:
        print_json({"turn": turn, "facts": told})
        return
    click.echo(turn_line(turn) if turn else "Nothing was written: it is off the record, or never to be remembered.")
    for fact in told:
        click.echo(fact_line(fact))


@memory.command()
@click.argument("key", metavar="ID")
@click.argument("value")
@JSON
def edit(*, key: str, value: str, as_json: bool) -> None:
    """Correct a fact. What was said stays as it was said; the wrong value is kept as past.

    Example: companion memory edit f3 Marie
    """
    with opened() as store:
        fact = store.correct(key, value)
    if as_json:
        print_json(fact)
    else:
        click.echo(fact_line(fact))


@memory.command()
@click.argument("key", metavar="[ID]", required=False)
@click.option("--about", metavar="WORDS", help="Whatever mentions a name, a thing, or a topic such as health.")
@click.option("--since", metavar="TIME", help="All since a time (2026-05-03T14:00) or so long ago (10m, 2h, 3d).")
@click.option("--all", "everything", is_flag=True, help="Everything.")
@click.option("--lang", default="en", show_default=True, type=click.Choice(["en", "fr"]), help="Of --about's words.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@OF
@JSON
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
    with opened() as store:
        person = store.person(who).id
        if key is not None:
            choice = store.choose_key(key, person=person)
        elif about is not None:
            choice = store.choose_about(about, person=person, language=lang)
        elif since is not None:
            choice = store.choose_since(_start(since), person=person)
        else:
            choice = store.choose_everything(person=person)
        confirm(choice, yes=yes)
        receipt = store.forget(choice)
    if as_json:
        print_json(receipt)
    else:
        click.echo(
            f"Forgotten: {len(receipt.turns)} turns, {len(receipt.facts)} facts, {receipt.summaries} summaries; "
            f"{receipt.journals} lines of journals lost their words; "
            f"{receipt.backups} backups and damaged files that could hold them were deleted."
        )
    check_struck(receipt)


@memory.command()
@click.argument("topic")
@OF
def never(*, topic: str, who: str) -> None:
    """Never remember anything about a topic; what is there already is not read any more.

    Example: companion memory never "my health"
    """
    with opened() as store:
        rule = store.never(topic, person=store.person(who).id)
    click.echo(f"Nothing about {rule.topic} is remembered from now on. What is there: forget --about {rule.topic!r}.")


@memory.command()
@click.argument("topic")
@OF
def allow(*, topic: str, who: str) -> None:
    """Take such a rule away.

    Example: companion memory allow "my health"
    """
    with opened() as store:
        was_there = store.allow(topic, person=store.person(who).id)
    click.echo(f"{topic} may be remembered again." if was_there else f"There was no rule about {topic}.")


@memory.command()
@click.option("--add", "name", metavar="NAME", help="Give somebody a memory of their own.")
@click.option("--guest", is_flag=True, help="With --add: it ends after twelve hours.")
@click.option("--forget", "gone", metavar="WHO", help="Forget all of somebody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def people(*, name: str | None, guest: bool, gone: str | None, yes: bool, as_json: bool) -> None:
    """Show whose memories there are; add somebody, or forget somebody.

    Example: companion memory people --add Anna
    """
    if name is not None or gone is not None:
        with opened() as store:
            if name is not None:
                store.add_person(name, guest=guest)
            if gone is not None:
                confirm(store.choose_everything(person=store.person(gone).id), yes=yes)
                check_struck(store.forget_person(gone))
    with opened(read_only=True) as store:
        found = store.people()
    if as_json:
        print_json(found)
        return
    for one in found:
        until = f"   guest until {moments.moment(one.expires_us):%Y-%m-%d %H:%M}" if one.expires_us else ""
        click.echo(f"{one.id:<16} {one.name}{until}")


def _start(since: str) -> datetime:
    """Return the moment that `since` means: a time, or so long ago."""
    if since[:-1].isdigit() and since[-1:] in _UNITS:
        return moments.now() - timedelta(**{_UNITS[since[-1]]: int(since[:-1])})
    try:
        return moments.read(since)
    except ValueError as error:
        raise click.UsageError(f"{since} is not a time: say 2026-05-03T14:00, 10m, 2h or 3d.") from error
