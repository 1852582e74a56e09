"""Words taken through all that looks at words, before any that matter: patterns are compiled when first used. Pure."""

from companion_voice.conversation import consider
from companion_voice.conversation.state import State

LINE = "la la la"
"""Says nothing in any language."""


def rehearse(state: State) -> None:
    """Let everything look at a line that says nothing, as at one of the person's and at one of the companion's.

    Compiling takes more than half a second, which somebody would otherwise wait for in mid-sentence.
    """
    consider.consider(state, LINE)
    consider.is_backchannel(state, LINE)
    consider.guarded(state, LINE)
