"""Which part of a long conversation a model is shown. Pure; knows no model.

Half of the room is cleared whenever it is full, so that the same messages stay shown, and what was computed for them
stays good, for as long as possible.
"""

from collections.abc import Sequence

from companion_voice.events import Message

_WORDS_TO_COME = 128
"""Tokens kept free for what the person will say, so that room is made before they say it."""


def first_shown(messages: Sequence[Message], lengths: Sequence[int], room: int) -> int:
    """Return the index of the first message to show; the last one is always shown.

    `lengths` are the tokens of each message, `room` those all may take. The answer for a longer conversation that
    begins the same is the same, until there is no room.
    """
    first = total = 0
    for index, (message, length) in enumerate(zip(messages, lengths, strict=True)):
        total += length
        spare = min(_WORDS_TO_COME, room // 4) if message.who == "companion" else 0
        if total > room - spare:
            while first < index and total > room // 2:
                total -= lengths[first]
                first += 1
    return first
