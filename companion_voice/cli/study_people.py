"""`companion study enrol`, `ask`, `run`, `review` and `withdraw`: what is done with a participant at the computer."""

import secrets
import sys
from collections.abc import Sequence
from io import FileIO
from typing import get_args

import click

from companion_voice.cli.views import PlainView
from companion_voice.errors import StudyError, UsageError
from companion_voice.research import sessions
from companion_voice.research.records import Level
from companion_voice.research.study import consent, freezing, questionnaires, store, withdrawal
from companion_voice.research.study.questionnaires import Item
from companion_voice.research.study.schema import Asked, Tongue
from companion_voice.runtime import participants
from companion_voice.runtime.build import Companion
from companion_voice.runtime.conductor import Observer
from companion_voice.runtime.way import Way

_FAILED = 1


@click.command()
@click.argument("name")
@click.option("--code", help="What you know them by; it becomes the pseudonym and is not kept. Random without it.")
@click.option("--lang", "language", type=click.Choice(get_args(Tongue)), help="The study's first without it.")
@click.option("--stratum", "facets", multiple=True, metavar="FACET=VALUE", help="For each of the study's strata.")
@click.option("--consent", "levels", help="Levels they allow, with commas, where the answers were given elsewhere.")
@click.option("--spoken", is_flag=True, help="The sentences were read to them, and they answered aloud.")
def enrol(
    name: str, *, code: str | None, language: Tongue | None, facets: tuple[str, ...], levels: str | None, spoken: bool
) -> None:
    """Ask for consent, level by level, and give a pseudonym.

    Example: companion study enrol tea --lang fr
    """
    one = store.open_study(name)
    freezing.hold(one.folder, participants.present(one))
    tongue = language or one.plan.languages[0]
    given = {"language": tongue, **dict(_facet(text) for text in facets)}
    answers = _asked(one, tongue) if levels is None else _given(one, levels)
    who = one.enrol(
        code or secrets.token_hex(16), given, answers, at=participants.now(), how="spoken" if spoken else "written"
    )
    click.echo(f"{who.participant}\n  companion study run {name} {who.participant}")


@click.command()
@click.argument("name")
@click.argument("participant", metavar="PPT")
@click.option("--when", type=click.Choice(get_args(Asked)), required=True)
def ask(name: str, participant: str, when: Asked) -> None:
    """Ask the questionnaires that are due, in the terminal.

    Example: companion study ask tea p-abcdefghijkl --when after
    """
    one = store.open_study(name)
    who = one.enrolment(participant)
    names = [asking.name for asking in one.plan.questionnaires if asking.when == when]
    if not names:
        raise StudyError(f"{name} asks nothing {when} a session.", "`questionnaires` in its file says what it asks.")
    answers = {}
    for questionnaire in names:
        items = questionnaires.load(questionnaire).items
        answers[questionnaire] = {item.key: _answer(item, who.language) for item in items}
    talks = one.sessions(participant)
    participants.asked(one, who, when, talks[-1].stem if talks and when != "baseline" else "", answers)
    click.echo(f"{sum(map(len, answers.values()))} answers are kept.")


@click.command()
@click.argument("name")
@click.argument("participant", metavar="PPT")
@click.option("--text", is_flag=True, help="They type instead of speaking.")
@click.option("--mute", is_flag=True, help="Show replies without speaking them.")
def run(name: str, participant: str, *, text: bool, mute: bool) -> int:
    """Hold a session, as the participant's condition has it.

    Example: companion study run tea p-abcdefghijkl --text
    """
    one = store.open_study(name)
    freezing.hold(one.folder, participants.present(one))

    def watching(companion: Companion) -> Sequence[Observer]:
        return [PlainView(companion.persona.name, aloud=companion.setup.aloud)]

    end = participants.hold_session(
        one,
        participant,
        Way(typed=text, mute=mute),
        watching=watching,
        lines=_line if text else None,
        polite=not sys.stdin.isatty(),
    )
    click.echo(f"companion study review {name} {participant}", err=True)
    return _FAILED if end.reason == "failed" else 0


@click.command()
@click.argument("name")
@click.argument("participant", metavar="PPT")
@click.option("--session", help="The last one without it.")
@click.option("--strike", "turns", type=int, multiple=True, metavar="N", help="A turn to strike; may be repeated.")
@click.option("--nothing", is_flag=True, help="Nothing is to be struck.")
def review(name: str, participant: str, *, session: str | None, turns: tuple[int, ...], nothing: bool) -> None:
    """Show the participant their session and strike what they do not want kept; before that nothing of it is exported.

    Example: companion study review tea p-abcdefghijkl --strike 3 --strike 4
    """
    one = store.open_study(name)
    one.enrolment(participant)
    talks = {path.stem: path for path in one.sessions(participant)}
    if not talks or (session and session not in talks):
        raise StudyError(f"{participant} has no such session.", f"There are: {', '.join(talks) or 'none'}.")
    chosen = session or list(talks)[-1]
    if not turns and not nothing:
        for turn in sessions.read(talks[chosen]).turns:
            click.echo(f"{turn.turn:>4}  {turn.speaker:<10} {turn.text or f'({turn.words} words, not kept)'}")
        turns = _numbers(click.prompt("Turns to strike, with spaces; empty for none", default="", show_default=False))
    lines = one.review(participant, chosen, turns)
    click.echo(f"{chosen} is reviewed: {len(turns)} turns struck, {lines} lines of its journal without words.")


@click.command()
@click.argument("name")
@click.argument("participant", metavar="PPT")
def withdraw(name: str, participant: str) -> None:
    """Delete everything of a participant and prove it.

    Exports that were made before lie outside the study: delete those as well.

    Example: companion study withdraw tea p-abcdefghijkl
    """
    receipt = withdrawal.withdraw(store.open_study(name), participant, at=participants.now())
    click.echo(
        f"Deleted: {receipt.sessions} sessions, {receipt.files} files, {receipt.bytes:,} bytes. "
        f"Searched {receipt.searched_files} files for {receipt.searched_for} names and sentences: "
        f"{receipt.found} found."
    )


def _asked(one: store.Study, language: Tongue) -> dict[Level, bool]:
    sentences = consent.sentences()[language]
    click.echo(f"{consent.heading(one.plan, language)}\n{sentences.never_audio}")
    return {level: click.confirm(sentences.levels[level], default=False) for level in one.plan.consent.levels}


def _given(one: store.Study, levels: str) -> dict[Level, bool]:
    allowed = [level.strip() for level in levels.split(",") if level.strip()]
    if unknown := [level for level in allowed if level not in one.plan.consent.levels]:
        raise UsageError(f"The study has no level `{unknown[0]}`.", f"It has: {', '.join(one.plan.consent.levels)}.")
    return {level: level in allowed for level in one.plan.consent.levels}


def _facet(text: str) -> tuple[str, str]:
    facet, is_there, value = text.partition("=")
    if not is_there:
        raise UsageError(f"`{text}` is no stratum.", "Write it as FACET=VALUE.")
    return facet, value


def _answer(item: Item, language: Tongue) -> int:
    scale = item.scale
    click.echo(item.text[language])
    ends = f"{scale.least} {scale.low[language]} … {scale.most} {scale.high[language]}"
    return int(click.prompt(ends, type=click.IntRange(scale.least, scale.most)))


def _numbers(text: str) -> tuple[int, ...]:
    if all(part.isdecimal() for part in text.split()):
        return tuple(int(part) for part in text.split())
    raise UsageError(f"`{text}` is no list of turns.", "Write their numbers with spaces between them.")


def _line() -> str | None:
    """Return the next typed line, without holding a lock while waiting for it."""
    line = FileIO(sys.stdin.fileno(), closefd=False).readline()
    return line.decode("utf-8", errors="replace") if line else None
