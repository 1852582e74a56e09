"""The protocol of a crisis as the person wants it: who they trust is shown, or only the number is offered. Pure."""

from msgspec.structs import replace

from companion_voice.boundaries import crisis
from companion_voice.boundaries.crisis import Response, Sign, State
from companion_voice.boundaries.settings import Boundaries


def step(state: State, text: str, *, language: str, settings: Boundaries) -> tuple[State, Response]:
    """Return what `crisis.step` does, in the measure of `crisis.detect` and with `crisis.contact` on the screen."""
    wanted = settings.crisis
    after, response = crisis.step(state, text, language=language, country=wanted.country)
    if response.shown and wanted.contact:
        response = replace(response, shown=f"{response.shown}   ·   {wanted.contact}")
    if wanted.detect == "on" or not after.sign:
        return after, response
    return State(episodes=after.episodes), replace(response, said=_numbers(response, after.sign, language))


def _numbers(response: Response, sign: Sign, language: str) -> tuple[str, ...]:
    """Return the sentences of a first answer that say whom to call."""
    words = crisis.screen(language).said
    others = (words.acknowledge[sign], words.program, words.person, words.ask[sign])
    return tuple(sentence for sentence in response.said if sentence not in others)
