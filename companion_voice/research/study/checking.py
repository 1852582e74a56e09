"""What is wrong with a study file beyond its shape: every fault with the key it is about; nothing is mended."""

import difflib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from companion_voice import documents
from companion_voice.documents import Fault
from companion_voice.errors import CompanionError, DocumentError
from companion_voice.persona.check import remarks
from companion_voice.research.records import LEVELS
from companion_voice.research.study import conditions, exclusion, questionnaires
from companion_voice.research.study.schema import Condition, Plan, Rule


def faults(file: Path) -> tuple[Fault, ...]:
    """Return all that keeps a study file from being used, in the order of its lines.

    Raises `ConfigurationError` when it cannot be read and `DocumentError` when it is not YAML.
    """
    data = documents.content(file)
    found = documents.faults(data, Plan, name=str(file))
    if found:
        return found
    where = documents.lines(data)
    plan = documents.parse(data, Plan, name=str(file))
    meant = (Fault(path, documents.line_of(path, where), sentence) for path, sentence in _faults(plan))
    return tuple(sorted(meant, key=lambda fault: fault.line))


def checked(file: Path) -> Plan:
    """Return the study in `file`. Raises `DocumentError` with the first of its faults, and the line."""
    for fault in faults(file):
        raise DocumentError(f"{file}, line {fault.line}: {fault.sentence}")
    return documents.read(file, Plan)


def _faults(plan: Plan) -> Iterator[tuple[str, str]]:
    if len(set(plan.languages)) < len(plan.languages):
        yield "languages", "A language stands twice."
    for name in plan.conditions:
        yield from _of_condition(plan, name)
    yield from _of_consent(plan)
    yield from _of_questionnaires(plan)
    for number, rule in enumerate(plan.exclude):
        yield from _of_rule(rule, f"exclude[{number}]")


def _of_condition(plan: Plan, name: str) -> Iterator[tuple[str, str]]:
    condition, path = plan.conditions[name], f"conditions.{name}"
    refused = tuple(_refused(plan, condition))
    yield from ((f"{path}.{key}", str(error)) for key, error in refused)
    if refused:
        return
    persona = conditions.persona(condition)
    for tongue in plan.languages:
        if tongue not in persona.languages:
            yield f"{path}.persona", f"`{condition.persona}` does not speak `{tongue}`, a language of the study."
    for remark in remarks(persona):
        yield f"{path}.persona_changes.{remark.path}", f"`{remark.path}`: {remark.sentence}"


def _refused(plan: Plan, condition: Condition) -> Iterator[tuple[str, CompanionError]]:
    """Yield what cannot be done of a condition, change by change, so that each is named by its own key."""
    plain = replace(condition, persona_changes={}, settings={}, boundaries={})
    if error := _refusal(plan, plain):
        yield "persona", error
        return
    for part in ("persona_changes", "settings", "boundaries"):
        for key, value in getattr(condition, part).items():
            if error := _refusal(plan, replace(plain, **{part: {key: value}})):
                yield f"{part}.{key}", error


def _refusal(plan: Plan, condition: Condition) -> CompanionError | None:
    try:
        conditions.overrides(condition, plan.responsible, plan.languages[0])
    except CompanionError as error:
        return error
    return None


def _of_consent(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.consent.levels != LEVELS[: len(plan.consent.levels)]:
        yield "consent.levels", f"Each level contains those before it: name them in order, from {', '.join(LEVELS)}."
    try:
        date.fromisoformat(plan.consent.withdrawal_until)
    except ValueError:
        yield "consent.withdrawal_until", f"There is no day {plan.consent.withdrawal_until}."


def _of_questionnaires(plan: Plan) -> Iterator[tuple[str, str]]:
    for number, asking in enumerate(plan.questionnaires):
        path = f"questionnaires[{number}].name"
        try:
            one = questionnaires.load(asking.name)
        except CompanionError as error:
            yield path, str(error)
            continue
        for tongue in plan.languages:
            if lacking := one.lacking(tongue):
                place = questionnaires.own_folder() / f"{asking.name}.yaml"
                yield path, f"`{asking.name}` cannot be asked: {lacking}. Fill it in: {place}"
                break


def _of_rule(rule: Rule, path: str) -> Iterator[tuple[str, str]]:
    columns = exclusion.KINDS[rule.of].__struct_fields__
    if rule.column not in columns:
        near = difflib.get_close_matches(rule.column, columns, n=1)
        advice = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(columns)}."
        yield f"{path}.column", f"A {rule.of} has no column `{rule.column}`. {advice}"
    if rule.is_ in ("less", "more") and not exclusion.is_number(rule.value):
        yield f"{path}.value", f"`{rule.value}` is no number, and `{rule.is_}` compares numbers."
    if rule.item and rule.of == "session":
        yield f"{path}.item", "Only a rule about responses names an item."
