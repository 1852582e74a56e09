"""Journals of conversations that are played in virtual time."""

from pathlib import Path

from companion_voice.conversation.state import begin
from companion_voice.conversation.turns import step
from companion_voice.research.journal import Journal, begun
from tests.scenarios import theatre

SCORES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
TALK = {
    "model": ["Paris is big. It has many bridges.", "Sure. The lighthouse had a keeper. He was called Anton Weber."],
    "happens": [
        {"at": 7.0, "type": "tell me about Paris please"},
        {"at": 17.0, "type": "my name is Anna Keller and I live in Lyon"},
        {"at": 35.0, "type": "goodbye"},
    ],
}
"""Two exchanges, then a goodbye."""
OFF_RECORD = {
    "setup": {"remembers": True},
    "model": ["That stays between us.", "Of course."],
    "memory": [
        {"text": "Off the record.", "operation": "off_record"},
        {"text": "On the record.", "operation": "on_record"},
    ],
    "happens": [
        {"at": 7.0, "type": "this is off the record"},
        {"at": 12.0, "type": "the treasure lies under the oak"},
        {"at": 20.0, "type": "we are back on the record"},
        {"at": 27.0, "type": "are you there now"},
    ],
    "until": 40,
}
SECRET = "the treasure lies under the oak"


def journal(path, score=TALK, **how):
    """Play a score and write its journal to `path`; return the theatre as it was left."""
    played = theatre.perform(score)
    written = opened(path, played, **how)
    observe(written, played)
    written.close()
    return played


def opened(path, played, *, level="text", label=None, **heading):
    """Begin the journal of what was played."""
    return Journal(path, begun(played.state.setup, started=theatre.WALL, level=level, **heading), label)


def observe(journal, played, *, first=0, last=None):
    """Let a journal see what was played, from one event to another."""
    state = begin(played.state.setup)
    for number, (_, event, _) in enumerate(played.log[:last]):
        state, commands = step(state, event)
        if number >= first:
            journal.observe(event, state, commands)
