"""`companion study`: from a study file to reviewed sessions. Decides nothing; `research.study` does."""

import json
from pathlib import Path

import click

from companion_voice.cli.study_export import codebook, export, pool, report
from companion_voice.cli.study_judge import judge
from companion_voice.cli.study_people import ask, enrol, review, run, withdraw
from companion_voice.errors import StudyError
from companion_voice.research.study import checking, freezing, store
from companion_voice.research.study.schema import Plan
from companion_voice.runtime import participants


@click.group()
def study() -> None:
    """Studies of how people and companions treat each other.

    Example: companion study new tea
    """


@study.command()
@click.argument("name")
@click.option("--entity", default="", help="Who is responsible for the study.")
@click.option("--contact", default="", help="Where they can be reached.")
@click.option("--privacy-notice", default="", help="Where the privacy notice can be read.")
def new(name: str, *, entity: str, contact: str, privacy_notice: str) -> None:
    """Begin a study with two conditions: a commented file to edit.

    Example: companion study new tea --entity "Tea lab" --contact lab@example.org --privacy-notice "on the door"
    """
    file = store.begin(name, {"entity": entity, "contact": contact, "privacy_notice": privacy_notice})
    click.echo(f"{file}\n  Edit it, then: companion study check {name}; companion study simulate {name}")


@study.command()
@click.argument("name", metavar="NAME|FILE")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def check(name: str, *, as_json: bool) -> None:
    """Say all that keeps a study from being run (exit 78), with the line of each.

    Example: companion study check tea
    """
    file = Path(name) if name.endswith((".yaml", ".yml")) else store.open_folder(name) / "study.yaml"
    found = checking.faults(file)
    if as_json:
        click.echo(json.dumps([fault._asdict() for fault in found], ensure_ascii=False))
    else:
        for fault in found:
            click.echo(f"{file}:{fault.line}: {fault.sentence}")
    if found:
        count = "one thing" if len(found) == 1 else f"{len(found)} things"
        raise StudyError(f"{file} cannot be used: {count} must be mended.", "Each line above names one.")
    if not as_json:
        click.echo(f"{file} can be used.")


@study.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(*, as_json: bool) -> None:
    """Show the studies on this computer, with how many take part.

    Example: companion study list
    """
    rows = [_row(name) for name in store.names()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['study']:<20} {row['state']:<8} {row['people']:>5} people {row['simulated']:>5} simulated")


@study.command()
@click.argument("name")
def freeze(name: str) -> None:
    """Record what the study is, seal who comes into which arm, and let it begin.

    From then on a session is refused when the study file, the software, a model or a prompt differs.

    Example: companion study freeze tea
    """
    one = store.open_study(name)
    plan = _checked(one)
    frozen = participants.present(one)
    freezing.freeze(one.folder, plan, frozen)
    click.echo(f"{name} is frozen. Study file {frozen.study[:16]}, allocation {frozen.seal[:16]}.")
    click.echo("  Both stand in frozen.json: publish them with the preregistration.")


@study.command()
@click.argument("name")
def close(name: str) -> None:
    """End a study, so that another may begin. Nothing is deleted.

    Example: companion study close tea
    """
    store.close(store.open_study(name))
    click.echo(f"{name} is closed.")


@study.command()
@click.argument("name")
@click.option("--participants", "people", type=click.IntRange(1, 1000), default=20, show_default=True)
def simulate(name: str, people: int) -> None:
    """Let scripted participants take part, to see what the conditions do before anybody meets them.

    They answer questionnaires at random, and every export says that they are programs.

    Example: companion study simulate tea --participants 20
    """
    one = store.open_study(name)
    _checked(one)
    found = participants.simulate(one, people, told=click.echo)
    count = sum(len(one.sessions(who.participant)) for who in found)
    click.echo(f"{len(found)} simulated participants, {count} sessions: companion study report {name}")


def _checked(one: store.Study) -> Plan:
    return checking.checked(one.folder / "study.yaml")


def _row(name: str) -> dict[str, str | int]:
    folder = store.open_folder(name)
    running = freezing.active(folder.parent) == name
    state = "running" if running else "closed" if (folder / "frozen.json").exists() else "draft"
    known = [file.parent.name for file in folder.glob("participants/*/enrolment.json")]
    simulated = sum(one.startswith("sim-") for one in known)
    return {"study": name, "state": state, "people": len(known) - simulated, "simulated": simulated}


for verb in (enrol, ask, run, review, judge, withdraw, export, report, pool, codebook):
    study.add_command(verb)
