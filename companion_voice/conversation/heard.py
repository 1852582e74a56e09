"""What a person really heard of a reply that was cut short. Pure."""

from collections.abc import Sequence

from companion_voice.conversation.alignment import words_heard


def heard(sentences: Sequence[str], index: int, fraction: float, ends: Sequence[float] = ()) -> str:
    """Return the words of `sentences` that were spoken: all before `index`, and `fraction` (0 to 1) of that one.

    `ends` tells where the words of that one end in its sound. Without them the share of sound is taken as the share of
    letters. A word that was cut is left out.
    """
    whole = list(sentences[:index])
    if index < len(sentences):
        whole.append(_begun(sentences[index], fraction, ends))
    return " ".join(part for part in whole if part)


def _begun(sentence: str, fraction: float, ends: Sequence[float]) -> str:
    if fraction >= 1:
        return sentence
    if ends:
        return words_heard(sentence, ends, fraction)
    reached = int(len(sentence) * max(fraction, 0))
    return sentence[:reached] if sentence[reached : reached + 1].isspace() else sentence[:reached].rpartition(" ")[0]
