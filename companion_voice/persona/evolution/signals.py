"""What in the person's own words proposes a change. Pure.

Only a whole sentence that says it counts: talk about a boss who talks too much proposes nothing, nor does a quotation.
"""

import re
from collections.abc import Iterator

import msgspec

from companion_voice.boundaries.words import plain
from companion_voice.persona.evolution.changes import LONGEST_TEXT, Reason, Words
from companion_voice.persona.evolution.words import bare, fits, phrases

LONGEST = 400
"""Characters beyond which an utterance is a tale: what it asks for is probably part of it."""
MOST_WORDS = 4
"""Words of an exclamation that may be somebody's own."""
AFTER_REPLY: frozenset[Reason] = frozenset({"laughed"})
"""What means something only as an answer to the companion."""
_QUOTED = re.compile(r"[\"«»“”„]|(?<!\w)'.*'(?!\w)")
_SENTENCE = re.compile(r"[^.!?;\n…]+[.!?;\n…]*")


class Signal(msgspec.Struct, frozen=True):
    """One sentence of the person's that speaks for a change."""

    reason: Reason
    turn: str
    """The key of the turn it stands in."""
    at: str
    """When that was said, ISO 8601 with offset."""
    clear: bool
    """Whether it asks outright, so that once is enough."""
    words: Words | None = None


class Said(msgspec.Struct, frozen=True):
    """A turn of the person's."""

    turn: str
    at: str
    text: str
    language: str
    answers_companion: bool = True
    """Whether the companion spoke just before."""


def signals(said: Said, *, name: str = "") -> tuple[Signal, ...]:
    """Return what a turn proposes, each once; `name` is the companion's, which may be said along."""
    if len(said.text) > LONGEST or _QUOTED.search(said.text):
        return ()
    found = (one for sentence in _SENTENCE.findall(said.text) for one in _in_sentence(said, sentence, name))
    return tuple({(one.reason, one.words): one for one in found}.values())


def opinion(said: Said, reply: str, *, name: str = "") -> Signal | None:
    """Return the opinion that the companion just gave when it was asked for one, in its first sentence."""
    for sentence in _SENTENCE.findall(said.text)[-1:]:
        groups = fits(phrases(said.language).opinion_asked, bare(sentence, said.language, name))
        text = next((one.strip() for one in _SENTENCE.findall(reply)), "")
        if groups and text and not text.endswith("?"):
            return Signal("opinion_given", said.turn, said.at, True, _words(text, groups["topic"]))
    return None


def _in_sentence(said: Said, sentence: str, name: str) -> Iterator[Signal]:
    known = phrases(said.language)
    heard = bare(sentence, said.language, name)
    for reason, asked in known.asked.items():
        if reason in AFTER_REPLY and not said.answers_companion:
            continue
        for patterns, clear in ((asked.clear, True), (asked.weak, False)):
            groups = fits(patterns, heard)
            if groups is not None:
                words = _words(groups["words"], groups.get("topic", "")) if "words" in groups else None
                yield Signal(reason, said.turn, said.at, clear, words)
                return
    if sentence.rstrip().endswith("!") and _is_own(heard, known.ordinary):
        yield Signal("shared_word", said.turn, said.at, False, _words(heard))


def _is_own(heard: str, ordinary: tuple[str, ...]) -> bool:
    return bool(heard) and len(heard.split()) <= MOST_WORDS and fits(ordinary, heard) is None


def _words(text: str, topic: str = "") -> Words:
    return Words(text[:LONGEST_TEXT], plain(topic)[:LONGEST_TEXT])
