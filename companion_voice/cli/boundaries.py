"""`companion boundaries`: how the companion may behave towards the person, and what its rules make of a sentence."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias, get_args

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
)
from companion_voice.boundaries.settings import Boundaries, flat, known
from companion_voice.boundaries.understanding import matches
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


class Explanation(msgspec.Struct, frozen=True):
    """What the rules make of one sentence."""

    rules: tuple[Rule, ...]
    spoken: str | None
    """What is said instead; None where nothing is."""


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
    known_phrases, rules, spoken = phrases.load(language), [], ""
    if sign := crisis.screen(language).sign(text):
        _, response = protocol.step(crisis.State(), text, language=language, settings=settings)
        rules.append(Rule("U14", sign))
        spoken = " ".join(response.said)
    if matches(known_phrases.stop, text):
        rules.append(Rule("stop", "silence"))
    if identity.asked(text, language):
        rules.append(Rule("U01", "answer"))
        spoken = spoken or disclosure.text("identity", settings, language, name=settings.presentation.name or PERSONA)
    if matches(known_phrases.goodbye, text):
        rules.append(Rule("U13", "goodbye"))
        spoken = spoken or known_phrases.farewell
    if change := commands.understand(text, language):
        rules.append(Rule("U15", f"{change.key} = {change.value}"))
        spoken = spoken or change.confirmation
    if topic := topics.asked(text, settings, language):
        rules.append(Rule(topic, "refuse"))
        spoken = spoken or topics.refused(language)
    return Explanation(tuple(rules), spoken or None)


def _guarded(text: str, language: Language, settings: Boundaries) -> Explanation:
    if topic := topics.broken(text, settings, language):
        return Explanation((Rule(topic, "drop"),), "")
    plain = manner.without_sounds(text, settings, language)
    context = guard.Context(name="", person_name="", story=False, goodbye=False)
    verdict = guard.guard(plain, language=language, settings=settings, context=context)
    rules = tuple(Rule(hit.id, hit.action) for hit in verdict.rules)
    return Explanation(rules, verdict.spoken if verdict.spoken != text else None)


def _told(one: Explanation) -> str:
    rules = ", ".join(f"{rule.id} ({rule.action})" for rule in one.rules) or "no rule"
    return f"{rules}: {one.spoken}" if one.spoken else rules
