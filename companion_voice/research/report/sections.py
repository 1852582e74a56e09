"""The sections of a report: each takes what was measured and returns texts, tables and pictures. Knows no HTML."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from companion_voice.research.codebook import BehaviourEntry
from companion_voice.research.report import measures, plots
from companion_voice.research.report.measures import Data, Estimate, Unit
from companion_voice.research.report.parts import Measured, Part, Section
from companion_voice.research.report.wording import DASH

PANELS = 6
"""Behaviours that are followed over time."""

ACROSS, DOWN = 14, 12
"""Behaviours of the companion and of the person in the table of transitions: the most frequent ones."""

ACTS = ("disclosure", "guard", "crisis", "break", "cap", "off_record", "fault")
"""System events that are counted; `cue` and `memory` are seen as behaviours V and A27."""


def sections(m: Measured) -> tuple[Section, ...]:
    """Return every section, in order."""
    makers: tuple[Callable[[Measured], Section], ...] = (
        reading, people, exclusions, check, behaviours, judged, over_time, first, transitions, lengths, latencies,
        duties, answers, limits,
    )  # fmt: skip
    return tuple(make(m) for make in makers)


def reading(m: Measured) -> Section:
    """Return how to read the page."""
    return _section(
        m, "reading", (), (text.format(draws=m.say.count(measures.DRAWS)) for text in m.say["reading.text"])
    )


def people(m: Measured) -> Section:
    """Return who took part, by arm."""
    lines = [_people(m, arm) for arm in m.arms]
    struck = sum(one.n_struck for one in m.data.sessions)
    left = m.say["people.left"].format(unreviewed=m.say.count(m.data.unreviewed), struck=m.say.count(struck))
    return _section(m, "people", [Part(head=m.say["people.head"], lines=lines, words=frozenset({0}), text=left)])


def _people(m: Measured, arm: str) -> list[str]:
    some = [one for one in m.data.sessions if one.arm == arm]
    who = {one.ppt_id for one in some}
    simulated = {one.ppt_id for one in m.data.participants if one.simulated} & who
    counts = (
        len(who),
        len(simulated),
        len(some),
        sum(one.n_turns for one in some),
        sum(one.n_struck for one in some),
        sum(one.n_words_person for one in some),
        sum(one.n_words_companion for one in some),
    )
    return [m.arm(arm), *map(m.say.count, counts), m.say.number(sum(one.duration_s for one in some) / 3600)]


def exclusions(m: Measured) -> Section:
    """Return which sessions were left out by the study's own rules."""
    lines = [(rule, m.say.count(count)) for rule, count in m.excluded.items()]
    part = Part(head=m.say["exclusions.head"], lines=lines, words=frozenset({0})) if lines else Part()
    return _section(m, "exclusions", [part], [m.say["exclusions.text" if lines else "exclusions.none"]])


def check(m: Measured) -> Section:
    """Return whether the arms differ in what the companion does, in sums that say what is in them."""
    contents = {side: m.codes(side) for side in "AB"}
    text = m.say["check.text"].format(
        a=", ".join(contents["A"]) or DASH,
        b=", ".join(contents["B"]) or DASH,
    )
    lines = [
        plots.Line(m.say[f"check.{side}"], {arm: measures.rate(m.of(arm), codes) for arm in m.arms})
        for side, codes in contents.items()
        if codes
    ]
    words = _words(m, "check", x="behaviours.x")
    return _section(m, "check", _dots(m, lines, words), [text])


def behaviours(m: Measured) -> Section:
    """Return the rate of each behaviour that occurs, by side and arm, beside the quality of its detector."""
    tongues = ", ".join(m.say[f"languages.{tongue}"] for tongue in m.quality)
    parts: list[Part] = []
    for side in "ABUV":
        title = m.say[f"behaviours.{side}"]
        lines = [
            plots.Line(m.label(code), {arm: measures.rate(m.of(arm), [code]) for arm in m.arms}, _quality(m, code))
            for code in m.codes(side)
        ]
        words = _words(m, "behaviours", notes="behaviours.notes", side=title)
        parts += [part._replace(heading=title) for part in _dots(m, lines, words)]
    return _section(m, "behaviours", parts, [m.say["behaviours.text"].format(language=tongues)])


def judged(m: Measured) -> Section:
    """Return rates by rules and by a judge, side by side."""
    lines = []
    for code in m.codes("ABU"):
        for arm in m.arms:
            found = measures.rate(m.of(arm), [code])
            seen = measures.rate(m.of(arm), [code], judged=True)
            judge = m.say.estimate(seen) if seen.n else DASH
            lines.append(
                (
                    code,
                    _name(m, code),
                    m.arm(arm),
                    m.say.estimate(found),
                    judge,
                    m.say.count(found.n),
                    m.say.count(seen.n),
                )
            )
    return _section(m, "judged", [Part(head=m.say["judged.head"], lines=lines, words=frozenset({0, 1, 2}))])


def over_time(m: Measured) -> Section:
    """Return the most frequent behaviours by session."""
    often = [code for code, _ in _frequent(m.data, "ABU")[:PANELS]]
    panels = {m.label(code): {arm: _by_session(m.of(arm), code) for arm in m.arms} for code in sorted(often)}
    words = _words(m, "time", y="time.y")
    parts = [Part(svg=plots.over_time(panels, m.arms, words), keys=m.keys())] if panels else [_nothing(m)]
    return _section(m, "time", parts)


def _by_session(some: Sequence[Unit], code: str) -> list[tuple[int, Estimate]]:
    return [
        (nth, measures.rate([one for one in some if one.nth == nth], [code]))
        for nth in sorted({one.nth for one in some})
    ]


def first(m: Measured) -> Section:
    """Return when each behaviour first occurs."""
    found = {
        code: {arm: one for arm in m.arms if (one := measures.first_occurrence(m.data, code, arm))}
        for code in m.codes("ABU")
    }
    found = {code: by_arm for code, by_arm in found.items() if by_arm}
    if not found:
        return _section(m, "first", [_nothing(m)])
    words = _words(m, "first")
    picture = plots.firsts([(m.label(code), by_arm) for code, by_arm in found.items()], m.arms, words)
    lines = [
        (
            code,
            _name(m, code),
            m.arm(arm),
            m.say.count(one.sessions),
            m.say.percent(one.share),
            m.say.number(one.median, 1),
        )
        for code, by_arm in found.items()
        for arm, one in by_arm.items()
    ]
    table = Part(head=m.say["first.head"], lines=lines, words=frozenset({0, 1, 2}))
    return _section(m, "first", [Part(svg=picture, keys=m.keys()), table])


def transitions(m: Measured) -> Section:
    """Return what the companion does after what the person does."""
    user = sorted(code for code, _ in _frequent(m.data, "U")[:DOWN])
    system = sorted(code for code, _ in _frequent(m.data, "AB")[:ACROSS])
    table = measures.transitions(m.data, user, system)
    answered = [code for code, count in zip(user, table.answered, strict=True) if count]
    table = measures.transitions(m.data, answered, system)
    if not table.answered.any() or not system:
        return _section(m, "transitions", [Part(text=m.say["transitions.few"])])
    words = _words(m, "transitions", y="transitions.y", notes="transitions.base")
    return _section(m, "transitions", [Part(svg=plots.heat(table, words))])


def lengths(m: Measured) -> Section:
    """Return how long sessions were and how they ended."""
    by_arm = {arm: [one for one in m.data.sessions if one.arm == arm] for arm in m.arms}
    words = _words(m, "sessions", y="sessions.y")
    minutes = {arm: [one.duration_s / 60 for one in some] for arm, some in by_arm.items()}
    lines = []
    for arm, some in by_arm.items():
        lower, median, upper = np.percentile(minutes[arm], (25, 50, 75))
        ends = Counter(one.end_reason for one in some)
        quartiles = f"{m.say.number(lower)}{DASH}{m.say.number(upper)}"
        counted = (m.say.count(ends[end]) for end in ("goodbye", "stop", "cap", "crash", "open"))
        lines.append((m.arm(arm), m.say.number(median), quartiles, *counted))
    table = Part(head=m.say["sessions.head"], lines=lines, words=frozenset({0}))
    return _section(m, "sessions", [Part(svg=plots.shares(minutes, m.arms, words), keys=m.keys()), table])


def latencies(m: Measured) -> Section:
    """Return how long the person waited for answers."""
    by_arm = {
        arm: [one.latency_s for one in m.data.turns if one.arm == arm and one.latency_s is not None] for arm in m.arms
    }
    some = {arm: seconds for arm, seconds in by_arm.items() if seconds}
    if not some:
        return _section(m, "latency", [_nothing(m)])
    words = _words(m, "latency", y="latency.y")
    lines = [
        (m.arm(arm), m.say.count(len(one)), *(m.say.number(value) for value in np.percentile(one, (50, 90, 100))))
        for arm, one in some.items()
    ]
    table = Part(head=m.say["latency.head"], lines=lines, words=frozenset({0}))
    return _section(m, "latency", [Part(svg=plots.shares(some, m.arms, words), keys=m.keys()), table])


def duties(m: Measured) -> Section:
    """Return what the program did by rule."""
    kinds = sorted({(one.event, one.detail) for one in m.data.events if one.event in ACTS})
    lines = []
    for event, detail in kinds:
        for arm in m.arms:
            acts = [one for one in m.data.events if (one.event, one.detail, one.arm) == (event, detail, arm)]
            share = len({one.session_id for one in acts}) / len(m.of(arm))
            lines.append((event, detail, m.arm(arm), m.say.count(len(acts)), m.say.percent(share)))
    part = Part(head=m.say["duties.head"], lines=lines, words=frozenset({0, 1, 2})) if lines else _nothing(m)
    return _section(m, "duties", [part])


def answers(m: Measured) -> Section:
    """Return the mean answer to each item."""
    given = measures.answers(m.data)
    lines = [plots.Line(f"{form}: {item}", by_arm) for (form, item), by_arm in sorted(given.items())]
    return _section(m, "answers", _dots(m, lines, _words(m, "answers")))


def limits(m: Measured) -> Section:
    """Return what the page cannot say."""
    return _section(m, "limits", (), m.say["limits.text"])


def _section(m: Measured, name: str, parts: Iterable[Part], texts: Iterable[str] | None = None) -> Section:
    told = (m.say[f"{name}.text"],) if texts is None else tuple(texts)
    return Section(name, m.say[f"{name}.title"], told, tuple(parts))


def _dots(m: Measured, lines: Sequence[plots.Line], words: plots.Words) -> list[Part]:
    return [Part(svg=plots.dots(lines, m.arms, words), keys=m.keys())] if lines else [_nothing(m)]


def _words(m: Measured, name: str, *, x: str = "", y: str = "", notes: str = "", **more: str) -> plots.Words:
    """Return the words of the picture of the section `name`; `x`, `y` and `notes` say where theirs stand."""
    shows, below = m.say[f"{name}.shows"].format(**more), m.say[x or f"{name}.x"]
    return plots.Words(shows, below, m.say[y] if y else "", m.say[notes] if notes else "", m.say["number.decimal"])


def _nothing(m: Measured) -> Part:
    return Part(text=m.say["none"])


def _name(m: Measured, code: str) -> str:
    return m.detectors[code].name if code in m.detectors else ""


def _quality(m: Measured, code: str) -> str:
    """Return what the detector of a behaviour was measured at, in each language of the talks."""
    if code in m.detectors and m.detectors[code].kind == "exact":
        return str(m.say["behaviours.exact"])
    told = {tongue: _measured(m, by_code.get(code)) for tongue, by_code in m.quality.items()}
    return (
        " · ".join(f"{tongue} {text}" for tongue, text in told.items()) if len(told) > 1 else next(iter(told.values()))
    )


def _measured(m: Measured, one: BehaviourEntry | None) -> str:
    if one is None or one.precision is None or one.recall is None:
        return str(m.say["behaviours.unmeasured"])
    return f"{m.say.number(one.precision)} / {m.say.number(one.recall)}"


def _frequent(data: Data, sides: str) -> list[tuple[str, int]]:
    """Return the behaviours of `sides` that were not found by a judge, the most frequent first."""
    return Counter(
        one.code for one in data.behaviours if one.code[0] in sides and one.detector != "judge"
    ).most_common()
