"""What the companion says about its changes: fixed sentences in both languages. Pure; decides nothing."""

from companion_voice.persona.evolution.changes import Change
from companion_voice.persona.evolution.history import History, forgotten
from companion_voice.persona.evolution.proposals import Proposal
from companion_voice.persona.evolution.words import phrases

MOST = 4
"""Changes told in one breath, the newest."""
TOLD = ("trait", "address", "joke", "vocabulary", "opinion")


def asked(proposal: Proposal, language: str) -> str:
    """Return the question in which a proposal is asked aloud."""
    known = phrases(language)
    count = len(proposal.evidence)
    times = known.times[count - 1] if count <= len(known.times) else known.many_times.format(count=count)
    form = known.proposals[proposal.reason]
    text, topic = (proposal.words.text, proposal.words.topic) if proposal.words else ("", "")
    line = form.once if count == 1 else form.often
    return line.format(times=times, text=text, topic=_yours(topic))


def answered(language: str, *, kept: bool) -> str:
    """Return what is said after the person's yes or no."""
    known = phrases(language).answers
    return known.kept if kept else known.left


def what_changed(history: History, language: str) -> str:
    """Return what has changed and still counts, the newest last."""
    known = phrases(language).answers
    told = [_told(change, language) for change in _counting(history)]
    if not told:
        return known.nothing
    lines = list(dict.fromkeys(told))
    rest = [known.more.format(count=len(lines) - MOST)] if len(lines) > MOST else []
    shown = lines[-MOST:]
    joined = known.joined.format(first=", ".join(shown[:-1]), last=shown[-1]) if len(shown) > 1 else shown[0]
    return known.changed.format(changes=", ".join([joined, *rest]))


def why(history: History, language: str) -> str:
    """Return when and for which reason the last change was made."""
    known = phrases(language).answers
    counting = _counting(history)
    if not counting:
        return known.why_nothing
    last = counting[-1]
    return known.why.format(
        day=_date(last.day, language), change=_told(last, language), reason=known.reasons[last.reason]
    )


def gone_back(language: str, *, changed: bool) -> str:
    """Return what is said when the person had something taken back, or there was nothing."""
    known = phrases(language).answers
    return known.gone_back if changed else known.nothing_to_undo


def _counting(history: History) -> list[Change]:
    """Return the changes that still make the persona what it is, and can be told."""
    counting: list[Change] = []
    after: list[list[Change]] = [[]]
    void = forgotten(history)
    for change in history:
        if change.kind == "rollback":
            counting = after[change.about]
        elif change.kind in TOLD and change.reason != "declined" and change.number not in void:
            counting = [*counting, change]
        after.append(counting)
    return counting


def _told(change: Change, language: str) -> str:
    forms = phrases(language).answers.changes
    if change.kind == "trait":
        return forms[f"{change.key}{'+' if float(change.new) > float(change.old) else '-'}"]
    if change.kind == "address":
        return forms[str(change.new)]
    text, topic = (change.words.text, change.words.topic) if change.words else ("…", "…")
    return forms[change.kind].format(text=text, topic=topic)


def _date(day: str, language: str) -> str:
    """Return `2026-05-03` as it is said: May 3, 3 mai."""
    known = phrases(language).answers
    _, month, number = map(int, day.split("-"))
    return known.date.format(month=known.months[month - 1], day=known.first if number == 1 else number)


def _yours(topic: str) -> str:
    """Return the person's "my car" as the companion says it back."""
    first, _, rest = topic.partition(" ")
    return f"{ {'my': 'your', 'our': 'our'}.get(first, first) } {rest}".strip()
