"""Whether words that were heard are the companion's own, come back through the microphone. Pure; knows no language.

Echo cancellation does the real work; this looks at what got past it. It must only be asked about an utterance that
began while the companion was audible, and told only what was really played: a person may well answer in the
companion's words once it is silent. In doubt the words are the person's, because being ignored is worse than a
false stop.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from companion_voice.boundaries.words import plain

FEWEST_WORDS = 3
FEWEST_LETTERS = 10
"""What is shorter is never an echo: "stop", "no", "thank you", a word that is quoted."""

LIKENESS = 0.85
"""How like what was played an echo is, 0 to 1: people who take up the companion's words came to 0.82."""

WORD_LIKENESS = 0.7
"""How like a played word the first and the last word of an echo are; a cut-off word still is."""


def is_echo(heard: str, spoken: Sequence[str]) -> bool:
    """Tell whether `heard`, a recogniser's words, is a piece of `spoken`: what was just played, in order."""
    said = plain(heard).split()
    played = [word for text in spoken for word in plain(text).split()]
    if len(said) < FEWEST_WORDS or len("".join(said)) < FEWEST_LETTERS:
        return False
    passage = _likeliest(said, played)
    return bool(passage) and all(_resembles(edge, passage) for edge in (said[0], said[-1]))


def _likeliest(said: list[str], played: list[str]) -> list[str]:
    """Return the passage of `played` that `said` is as good as equal to; nothing where there is none.

    Compared by letters, so that "light house" is "lighthouse".
    """
    best, passage = LIKENESS, list[str]()
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(" ".join(said))
    for start in range(max(1, len(played) - len(said) + 1)):
        window = played[start : start + len(said)]
        matcher.set_seq1(" ".join(window))
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best and (here := matcher.ratio()) >= best:
            best, passage = here, window
    return passage


def _resembles(word: str, passage: list[str]) -> bool:
    return any(SequenceMatcher(None, word, other, autojunk=False).ratio() >= WORD_LIKENESS for other in passage)
