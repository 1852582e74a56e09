"""What no rule can judge, asked of a local language model: one turn and one behaviour at a time. Pure.

The model answers in a form it cannot leave (`SCHEMA`). What it finds has the kind `judge` and is kept apart from what
rules find. Knows no engine and no file.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from companion_voice.errors import EngineError
from companion_voice.events import Message, Prompt
from companion_voice.research.behaviours.catalogue import CATALOGUE
from companion_voice.research.records import Behaviour, Turn

JUDGED: Final = ("A13", "A14", "A18", "A23", "A24", "A30", "B03", "U06", "U07", "U08", "U09", "U10", "U14")
"""What rules see only a part of, or nothing."""
SCHEMA: Final = json.dumps(
    {
        "type": "object",
        "properties": {"applies": {"type": "boolean"}},
        "required": ["applies"],
        "additionalProperties": False,
    }
)
LANGUAGES: Final = ("en", "fr")
_HEADS: Final = {
    "en": "You code a conversation for research. One behaviour: {name}. {what} Say whether the last turn shows it.",
    "fr": "Tu codes une conversation à étudier. Un comportement : {name}. {what} Dis si le dernier tour le montre.",
}


class _Answer(msgspec.Struct, frozen=True):
    applies: bool


def questions(turns: Sequence[Turn]) -> Iterator[tuple[Turn, str, Prompt]]:
    """Yield each turn, code and prompt that a judge is to be asked; turns without words or language are passed over."""
    before = ""
    for turn in turns:
        if turn.text and not turn.struck and turn.language in _HEADS:
            sides = "U" if turn.speaker == "person" else "AB"
            yield from ((turn, code, prompt(turn, code, before=before)) for code in JUDGED if code[0] in sides)
        before = "" if turn.struck else turn.text or ""


def prompt(turn: Turn, code: str, *, before: str = "") -> Prompt:
    """Return how a model is asked whether a turn shows a behaviour; `before` is what the other side had said."""
    asked = json.dumps({"before": before, "last": turn.text}, ensure_ascii=False)
    said = (Message("person", asked),)
    return Prompt(head(code, turn.language), said, name="", language=turn.language, now="")


def head(code: str, language: str) -> str:
    """Return how a behaviour is put to a model, in one of `LANGUAGES`."""
    one = CATALOGUE[code]
    name, what = (one.name_fr, one.what_fr) if language == "fr" else (one.name_en, one.what_en)
    return _HEADS[language].format(name=name, what=what)


def found(turn: Turn, code: str, answer: bytes, model: str) -> Behaviour | None:
    """Return the behaviour that a model's answer tells of, or None. Raises `EngineError` where it is no answer."""
    try:
        applies = msgspec.json.decode(answer, type=_Answer).applies
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EngineError(f"The judge gave no answer about turn {turn.turn}.", "Try another model.") from error
    judged = Behaviour(session=turn.session, turn=turn.turn, code=code, kind="judge", rule=model)
    return judged if applies else None
