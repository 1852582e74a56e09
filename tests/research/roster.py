"""A small study for exports: who takes part, what they allow, and the real journals of what they said."""

from companion_voice.research.deriving import Place
from companion_voice.research.records import Response, Session, SystemEvent, Turn
from companion_voice.research.sessions import Recorded
from companion_voice.research.tables import rows_of
from tests.research import playing


class Roster:
    """What an export asks of a study, answered from a folder of journals that are played when somebody enrols."""

    def __init__(self, folder, study="tea"):
        self.folder, self.study = folder, study
        self.people, self.levels, self.shifts, self.given = {}, {}, {}, {}
        self.reviewed, self.struck_turns, self.rules = set(), {}, {}

    def enrol(self, participant, *, arm="a", level="text", journal="text", shift=0, sessions=1, score=playing.TALK):
        files = []
        for number in range(sessions):
            session = f"{participant}-{number}"
            path = self.folder / f"{session}.jsonl"
            playing.journal(
                path, score, level=journal, study=self.study, participant=participant, condition=arm, session=session
            )
            files.append(path)
            self.reviewed.add(session)
        self.people[participant] = files
        self.levels[participant], self.shifts[participant] = level, shift
        return files

    def participants(self):
        return tuple(self.people)

    def sessions(self, participant):
        return self.people[participant]

    def struck(self, session):
        return self.struck_turns.get(session, frozenset())

    def shift(self, participant):
        return self.shifts[participant]

    def judged(self, session):  # noqa: ARG002
        return ()

    def allowed(self, participant):
        return self.levels[participant]

    def responses(self, participant):
        return self.given.get(participant, ())

    def exportable(self, session):
        return session in self.reviewed

    def excluded(self):
        return self.rules

    def simulated(self, participant):
        return participant.startswith("sim")


def recorded(session="s1", *, said=(), level="text", arm="a", **fields):
    """Return a session as its journal would tell it; `said` are pairs of speaker and text."""
    whole = {
        "session": session,
        "condition": arm,
        "started": "2026-03-02T10:00:00+01:00",
        "duration": 60.0,
        "end": "goodbye",
        "level": level,
        "language": "en",
        "software": "0.1.0",
        **dict.fromkeys(("persona", "persona_hash", "condition_hash", "prompt_hash", "settings_hash"), "x"),
        **dict.fromkeys(("models_hash", "stt", "llm", "tts"), "x"),
        **fields,
    }
    turns = tuple(turn(session, number, who, text) for number, (who, text) in enumerate(said, 1))
    events = (SystemEvent(session=session, at=0.1, turn=0, what="disclosure", detail="start"),)
    return Recorded(Session(**whole), turns, events)


def turn(session, number, who, text, **fields):
    whole = {
        "words": len(text.split()),
        "characters": len(text),
        "text_hash": "h",
        "language": "en",
        "interrupted": False,
        "latency": 0.5 if who == "companion" else None,
        **fields,
    }
    return Turn(session=session, turn=number, speaker=who, at=float(number), text=text, heard=text, **whole)


def place(level="text", *, participant="p1", struck=(), nth=1, shift=0, simulated=False, study="tea", excluded_by=()):
    return Place(
        study=study,
        participant=participant,
        nth=nth,
        first="2026-03-02T10:00:00+01:00",
        shift=shift,
        level=level,
        struck=frozenset(struck),
        simulated=simulated,
        excluded_by=excluded_by,
    )


def rows(said, level="text", **fields):
    """Return the rows of one session in which `said` was said."""
    return rows_of(recorded(said=said), place(level, **fields))


def answer(session, participant, value, item="tool_friend"):
    return Response(
        session=session,
        participant=participant,
        questionnaire="sliders",
        item=item,
        language="en",
        asked="after",
        value=str(value),
        at=60.0,
    )
