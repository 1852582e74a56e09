"""`companion boundaries`: how the companion may behave towards the person, and what its rules make of a sentence."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, get_args

import click
import msgspec

from companion_voice.boundaries import (
    commands,
    crisis,
    disclosure,
    explained,
    files,
    guard,
    identity,
    limits,
    manner,
    obeyed,
    phrases,
    profiles,
    protocol,
    topics,
    understanding,
)
from companion_voice.boundaries.settings import Boundaries, flat, known
from companion_voice.conversation import requests
from companion_voice.persona.evolution import requests as evolution
from companion_voice.runtime import standing
from companion_voice.settings import Language

Speaker: TypeAlias = Literal["user", "companion"]
PERSONA = "Ada"
"""Whose name stands in an answer that is only explained."""
_language = click.option("--lang", "language", type=click.Choice(get_args(Language)), default="en", show_default=True)


class Rule(msgspec.Struct, frozen=True):
    """A rule that a sentence met."""

    id: str
    action: str


class Command(NamedTuple):
    """What a person asks to be done; empty where they ask for nothing."""

    does: str = ""
    confirmation: str = ""


class Explanation(msgspec.Struct, frozen=True):
    """What the rules make of one sentence: the person's, or one of the companion."""

    rules: tuple[Rule, ...]
    """In the order in which they are considered."""
    spoken: str | None
    """What is said instead; None where nothing is."""
    crisis: str | None = None
    """The gravest sign that somebody may be in danger."""
    identity: bool = False
    """It asks what the companion is."""
    goodbye: bool = False
    stop: bool = False
    command: str | None = None
    """What it asks to be done: `boundary KEY = VALUE`, `memory REQUEST`, `persona REQUEST` or `report`."""
    changed: bool = False
    """A sentence of the companion leaves otherwise than it was written."""


@click.group()
def boundaries() -> None:
    """How the companion may behave towards you, and why.

    Example: companion boundaries explain disclosure.periodic_minutes
    """


@boundaries.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(*, as_json: bool) -> None:
    """Show every boundary as it is now.

    Example: companion boundaries show
    """
    settings = files.load()
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(settings)))
        return
    for key, value in flat(settings).items():
        click.echo(f"{key:<42} {', '.join(value) if isinstance(value, tuple | list) else value}".rstrip())


@boundaries.command()
@_language
def report(*, language: Language) -> None:
    """Say how long you talked in the last seven days.

    Example: companion boundaries report
    """
    today = datetime.now().astimezone().date().isoformat()
    click.echo(limits.answer(standing.load().ledger, files.load(), language, today=today))


@boundaries.command("set")
@click.argument("key")
@click.argument("value")
@click.option("--guardian-key", default="", help="Opens what the profile `minor` locks.")
@_language
def set_(*, key: str, value: str, guardian_key: str, language: Language) -> None:
    """Set one boundary; a list is written with commas. What the law bounds is refused, with the reason.

    Example: companion boundaries set time.daily_cap 90
    """
    settings = profiles.moved(files.load(), key, value, guardian=guardian_key, language=language)
    settings = profiles.applied(settings)
    files.save(settings)
    click.echo(explained.sentence(key, flat(settings)[key], language))


@boundaries.command()
@click.argument("key", required=False)
@click.option("--text", help="Say what the rules make of this sentence instead.")
@click.option("--lines", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The same for every line.")
@click.option("--as", "speaker", type=click.Choice(get_args(Speaker)), default="user", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON; with --lines one object a line.")
@_language
def explain(
    *, key: str | None, text: str | None, lines: Path | None, speaker: Speaker, as_json: bool, language: Language
) -> None:
    """Say what a boundary does now, or what the rules make of a sentence.

    Example: companion boundaries explain --text "Are you a robot?" --as user --lang en --json
    """
    if sum(given is not None for given in (key, text, lines)) != 1:
        raise click.UsageError("Give one of KEY, --text or --lines.")
    settings = files.load()
    if key:
        click.echo(explained.sentence(known(settings, key), flat(settings)[key], language))
        click.echo(obeyed.sentence(key, language))
        return
    sentences = [text] if text is not None else _lines(lines)
    for sentence in sentences:
        one = _explanation(sentence, speaker, language, settings)
        click.echo(msgspec.json.encode(one).decode() if as_json else _told(one))


def _lines(file: Path | None) -> Iterable[str]:
    return file.read_text(encoding="utf-8").splitlines() if file else ()


def _explanation(text: str, speaker: Speaker, language: Language, settings: Boundaries) -> Explanation:
    return (_heard if speaker == "user" else _guarded)(text, language, settings)


def _heard(text: str, language: Language, settings: Boundaries) -> Explanation:
    """Return what is done about what a person said, in the order in which it is considered."""
    sign = crisis.sign(text, language)
    _, response = protocol.step(crisis.State(), text, language=language, settings=settings)
    known_phrases, command = phrases.load(language), _command(text, language)
    stops, leaves = understanding.stops(text), understanding.leaves(text)
    asks, topic = identity.asked(text, language), topics.asked(text, settings, language)
    name = settings.presentation.name or PERSONA
    considered = (
        (bool(sign), Rule("U14", sign or ""), " ".join(response.said)),
        (stops, Rule("stop", "silence"), ""),
        (asks, Rule("U01", "answer"), disclosure.text("identity", settings, language, name=name)),
        (leaves, Rule("U13", "goodbye"), known_phrases.farewell),
        (bool(command.does), Rule("U15", command.does), command.confirmation),
        (bool(topic), Rule(topic, "refuse"), topics.refused(language)),
    )
    spoken = next((said for met, _, said in considered if met), "")
    return Explanation(
        rules=tuple(rule for met, rule, _ in considered if met),
        spoken=spoken or None,
        crisis=sign,
        identity=asks,
        goodbye=leaves,
        stop=stops,
        command=command.does or None,
    )


def _command(text: str, language: Language) -> Command:
    """Return what a person asks to be done; what memory answers depends on what it holds, so nothing is said of it."""
    if asked := evolution.understand(text, language, PERSONA):
        return Command(f"persona {type(asked).__name__.lower()}")
    request = requests.understand(text, language, PERSONA)
    asked_for = request is not None and not isinstance(request, requests.Confirm | requests.Deny)
    if asked_for and getattr(request, "sure", True):
        return Command(f"memory {type(request).__name__.lower()}")
    if limits.asked(text, language):
        return Command("report")
    change = commands.understand(text, language)
    return Command(f"boundary {change.key} = {change.value}", change.confirmation) if change else Command()


def _guarded(text: str, language: Language, settings: Boundaries) -> Explanation:
    if topic := topics.broken(text, settings, language):
        return Explanation((Rule(topic, "drop"),), "", changed=True)
    plain = manner.without_sounds(text, settings, language)
    context = guard.Context(name="", person_name="", story=False, goodbye=False)
    verdict = guard.guard(plain, language=language, settings=settings, context=context)
    rules = tuple(Rule(hit.id, hit.action) for hit in verdict.rules)
    changed = verdict.spoken != text
    return Explanation(rules, verdict.spoken if changed else None, changed=changed)


def _told(one: Explanation) -> str:
    rules = ", ".join(f"{rule.id} ({rule.action})" for rule in one.rules) or "no rule"
    return f"{rules}: {one.spoken}" if one.spoken else rules
