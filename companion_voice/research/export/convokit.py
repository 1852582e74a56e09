"""A ConvoKit corpus: `utterances.jsonl`, `speakers.json`, `conversations.json`, `corpus.json`, `index.json`.

A turn is an utterance that replies to the one before it; its columns and the behaviours found in it are its `meta`. The
companion of each participant is a speaker of its own. Format: https://convokit.cornell.edu/documentation/data_format.html
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self, TextIO

import msgspec

from companion_voice.research import rows
from companion_voice.research.tables import Batch

KINDS = {"text": "<class 'str'>", "integer": "<class 'int'>", "number": "<class 'float'>", "boolean": "<class 'bool'>"}
"""What ConvoKit's index calls a type."""

NOT_META = {"session_id", "text", "at_s", "study_id", "ppt_id", "arm"}
"""Columns of a turn that ConvoKit has a place of its own for, or that its conversation carries."""


class Corpus:
    """A corpus in `folder`, about which `about` is said. A session's turns and behaviours come in one batch."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self._folder, self._about = folder, about
        self._speakers: dict[str, Any] = {}
        self._conversations: dict[str, Any] = {}
        self._utterances: TextIO

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        self._utterances = (self._folder / "utterances.jsonl").open("w", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._utterances.close()
        self._write("speakers.json", self._speakers)
        self._write("conversations.json", self._conversations)
        self._write("corpus.json", self._about)
        self._write("index.json", _index(self._about))

    def add(self, batch: Batch) -> None:
        """Write the turns of a session, and note who speaks in it."""
        for session in batch.rows.get("sessions", ()):
            assert isinstance(session, rows.Session)
            self._conversations[session.session_id] = {"meta": msgspec.to_builtins(session), "vectors": []}
        found: dict[int, list[str]] = {}
        for one in batch.rows.get("behaviours", ()):
            assert isinstance(one, rows.Behaviour)
            found.setdefault(one.turn, []).append(f"{one.code}:{one.detector}")
        turns = [turn for turn in batch.rows.get("turns", ()) if isinstance(turn, rows.Turn)]
        for turn, before in zip(turns, (None, *turns), strict=False):
            self._speakers.setdefault(_speaker(turn), _about_speaker(turn))
            utterance = _utterance(turn, before, found.get(turn.turn, []))
            self._utterances.write(msgspec.json.encode(utterance).decode() + "\n")

    def _write(self, name: str, what: object) -> None:
        (self._folder / name).write_bytes(msgspec.json.encode(what))


def _speaker(turn: rows.Turn) -> str:
    return turn.ppt_id if turn.role == "person" else f"{turn.ppt_id}.{turn.role}"


def _about_speaker(turn: rows.Turn) -> dict[str, Any]:
    return {"meta": {"study_id": turn.study_id, "arm": turn.arm, "role": turn.role}, "vectors": []}


def _utterance(turn: rows.Turn, before: rows.Turn | None, found: list[str]) -> dict[str, Any]:
    meta = {name: value for name, value in msgspec.to_builtins(turn).items() if name not in NOT_META}
    return {
        "id": _id(turn),
        "speaker": _speaker(turn),
        "conversation_id": turn.session_id,
        "reply_to": None if before is None else _id(before),
        "timestamp": turn.at_s,
        "text": turn.text,
        "meta": {**meta, "behaviours": found},
        "vectors": [],
    }


def _id(turn: rows.Turn) -> str:
    return f"{turn.session_id}:{turn.turn}"


def _index(about: dict[str, Any]) -> dict[str, Any]:
    turn = itertools.chain(_kinds("turns"), [("behaviours", ["<class 'list'>"])])
    return {
        "utterances-index": {name: kind for name, kind in turn if name not in NOT_META},
        "speakers-index": {name: [KINDS["text"]] for name in ("study_id", "arm", "role")},
        "conversations-index": dict(_kinds("sessions")),
        "overall-index": {name: [str(type(value))] for name, value in about.items()},
        "version": 1,
        "vectors": [],
    }


def _kinds(table: str) -> Iterator[tuple[str, list[str]]]:
    return ((column.name, [KINDS[column.type]]) for column in rows.columns(table))
