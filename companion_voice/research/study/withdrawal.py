"""Withdrawing: everything of a participant is deleted, and every byte that is left is searched for them.

What is proved is that their pseudonym and the ids of their sessions stand nowhere, and their words nowhere but in what
other participants said themselves. Copies that left this computer are out of reach.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from companion_voice.errors import StudyError
from companion_voice.research import sessions
from companion_voice.research.study import store
from companion_voice.research.study.store import Study

_LEAST = 12
"""Characters from which words are somebody's own; fewer are anybody's."""


class Receipt(msgspec.Struct, frozen=True):
    """What was deleted, and the search that found nothing. It names nobody, so that it may be kept."""

    at: str
    files: int
    bytes: int
    sessions: int
    searched_files: int
    searched_for: int
    found: int


def withdraw(study: Study, participant: str, *, at: str) -> Receipt:
    """Delete all of a participant, search what is left, keep the receipt and return it.

    Raises `StudyError` after the last day for it, for somebody who does not take part, and where something was found.
    """
    until = study.plan.consent.withdrawal_until
    study.enrolment(participant)
    if date.fromisoformat(at[:10]) > date.fromisoformat(until):
        raise StudyError(f"Withdrawal was possible until {until}.", "Ask who is responsible for the study.")
    own = study.folder / "participants" / participant
    gone = [file for file in own.rglob("*") if file.is_file() and not file.is_symlink()]
    size, talks = sum(file.stat().st_size for file in gone), study.sessions(participant)
    names = {participant.encode(), *(path.stem.encode() for path in talks)}
    words = {text.encode() for path in talks for text in _said(path)}
    store.forget(study, participant)
    searched, hits = 0, []
    for file, shared in _left(study):
        searched += 1
        data = file.read_bytes()
        hits += [file for needle in (names if shared else names | words) if needle in data]
    receipt = Receipt(at, len(gone), size, len(talks), searched, len(names | words), len(hits))
    with (study.folder / "receipts.jsonl").open("ab") as kept:
        kept.write(msgspec.json.encode(receipt) + b"\n")
    if hits:
        raise StudyError(f"Something of the participant is still in {hits[0]}.", "Delete that file by hand.")
    return receipt


def _said(path: Path) -> Iterator[str]:
    """Yield what a participant said, as far as the words are anybody's own."""
    for turn in sessions.read(path).turns:
        if turn.speaker == "person" and turn.text and len(turn.text) >= _LEAST:
            yield turn.text


def _left(study: Study) -> Iterator[tuple[Path, bool]]:
    """Yield every file of the study that is left, and whether it is another participant's."""
    people = study.folder / "participants"
    for file in sorted(study.folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file, people in file.parents
