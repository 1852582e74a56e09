"""Records become rows: pure arithmetic on one session, and the one place where a level is enforced.

A struck turn keeps its measure and loses its words, its hash and its labels. Below level `redacted` no word is left;
at level `metrics` nothing is left that was read from words. Knows no file, no study, no format.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from companion_voice.research import records, rows
from companion_voice.research.records import LEVELS, Level
from companion_voice.research.redaction import redact

DIGITS = 4
"""Of a second: what a clock of a conversation can tell."""


class Place(NamedTuple):
    """Where a session stands among those of its participant, and what may leave of it."""

    study: str
    participant: str
    nth: int
    """Counts the exported sessions of the participant from 1."""
    first: str
    """When the first of them began."""
    shift: int
    """Days by which dates are moved."""
    level: Level
    struck: frozenset[int]
    simulated: bool
    excluded_by: tuple[str, ...] = ()
    """Exclusion rules of the study that the session meets."""

    def key(self, arm: str) -> dict[str, str]:
        """Return what every row begins with."""
        return {"study_id": self.study, "ppt_id": self.participant, "arm": arm}


def lowest(*levels: Level) -> Level:
    """Return the level that keeps least."""
    return min(levels, key=LEVELS.index)


def session(
    one: records.Session, turns: Sequence[records.Turn], events: Sequence[records.SystemEvent], place: Place
) -> rows.Session:
    """Return the row of a session; `day` and `week` count from 1 at the participant's first."""
    day = (datetime.fromisoformat(one.started).date() - datetime.fromisoformat(place.first).date()).days
    return rows.Session(
        **place.key(one.condition),
        session_id=one.session,
        session_index=place.nth,
        week=day // 7 + 1,
        day=day + 1,
        started_at=shifted(one.started, place.shift),
        duration_s=round(one.duration, DIGITS),
        end_reason=one.end,
        excluded_by="; ".join(place.excluded_by) or None,
        level=place.level,
        lang=one.language,
        n_turns=len(turns),
        n_words_person=_words(turns, {"person"}, place),
        n_words_companion=_words(turns, {"companion", "system"}, place),
        n_interruptions=sum(turn.interrupted for turn in turns),
        n_struck=sum(_struck(turn, place) for turn in turns),
        n_events=len(events),
        persona_id=one.persona,
        persona_hash=one.persona_hash,
        condition_hash=one.condition_hash,
        prompt_hash=one.prompt_hash,
        config_hash=one.settings_hash,
        models_hash=one.models_hash,
        software_version=one.software,
        stt_id=one.stt,
        model_id=one.llm,
        tts_id=one.tts,
    )


def shifted(moment: str, days: int) -> str:
    """Return an ISO 8601 moment `days` later."""
    return (datetime.fromisoformat(moment) + timedelta(days=days)).isoformat()


def turn(one: records.Turn, arm: str, kept: Level, place: Place) -> rows.Turn:
    """Return the row of a turn; `kept` is the level its journal has."""
    struck = _struck(one, place)
    return rows.Turn(
        **place.key(arm),
        session_id=one.session,
        turn=one.turn,
        role=one.speaker,
        at_s=round(one.at, DIGITS),
        text=None if struck else _words_left(one.text, one.language, kept, place.level),
        text_heard=None if struck else _words_left(one.heard, one.language, kept, place.level),
        text_hash=None if struck or not one.text_hash else one.text_hash,
        n_words=one.words,
        n_characters=one.characters,
        lang=one.language,
        interrupted=one.interrupted,
        latency_s=None if one.latency is None else round(one.latency, DIGITS),
        stt_confidence=one.confidence,
        source=one.source,
        n_recalled=one.recalled,
        struck=struck,
        synthetic=place.simulated or one.speaker != "person",
    )


def event(one: records.SystemEvent, arm: str, place: Place) -> rows.Event:
    """Return the row of a system event, which holds no word that anybody said."""
    return rows.Event(
        **place.key(arm),
        session_id=one.session,
        turn=one.turn,
        at_s=round(one.at, DIGITS),
        event=one.what,
        detail=one.detail,
    )


def behaviours(
    found: Sequence[records.Behaviour], arm: str, kept: Level, place: Place, struck: frozenset[int]
) -> list[rows.Behaviour]:
    """Return the rows of what was found, as far as the level goes; `struck` are the turns that lose their labels.

    Where each stands in the text is told only where that text leaves as it is kept.
    """
    left = (one for one in found if one.turn not in struck and (place.level != "metrics" or _counted(one)))
    spans = place.level == kept and LEVELS.index(kept) >= LEVELS.index("redacted")
    return [_behaviour(one, arm, place, spans=spans) for one in left]


def response(one: records.Response, arm: str, study: str, participant: str) -> rows.Response:
    """Return the row of an answer."""
    return rows.Response(
        study_id=study,
        ppt_id=participant,
        arm=arm,
        session_id=one.session or None,
        questionnaire=one.questionnaire,
        item=one.item,
        lang=one.language,
        timepoint=one.asked,
        value=one.value,
        at_s=round(one.at, DIGITS),
    )


def struck_turns(turns: Sequence[records.Turn], place: Place) -> frozenset[int]:
    """Return the turns that the participant struck, in the journal or in the review."""
    return frozenset(one.turn for one in turns if _struck(one, place))


def _behaviour(one: records.Behaviour, arm: str, place: Place, *, spans: bool) -> rows.Behaviour:
    return rows.Behaviour(
        **place.key(arm),
        session_id=one.session,
        turn=one.turn,
        code=one.code,
        side=rows.SIDES[one.code[0]],
        detector=one.kind,
        rule=one.rule,
        start=one.start if spans and one.end else None,
        end=one.end if spans and one.end else None,
    )


def _counted(one: records.Behaviour) -> bool:
    """Whether a behaviour is the program's own act, which no word has to be read for."""
    return one.kind == "exact" and rows.SIDES[one.code[0]] != "user"


def _struck(one: records.Turn, place: Place) -> bool:
    return one.struck or one.turn in place.struck


def _words(turns: Sequence[records.Turn], speakers: set[records.Speaker], place: Place) -> int:
    return sum(one.words for one in turns if one.speaker in speakers and not _struck(one, place))


def _words_left(text: str | None, language: str, kept: Level, level: Level) -> str | None:
    if text is None or level in {"metrics", "labels"}:
        return None
    return redact(text, language) if level == "redacted" and kept == "text" else text
