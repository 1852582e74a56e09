"""Answers begun on a guess: dropped, set aside while the person goes on, taken back when that was a breath. Pure.

What is set aside is `kept`: one at a time, under its own epoch, behind the door.
"""

from msgspec.structs import replace

from companion_voice.boundaries.words import plain
from companion_voice.conversation import consider, duties, replies
from companion_voice.conversation.state import Reply, Result, State
from companion_voice.events import Hush


def withdraw(state: State) -> Result:
    """Drop the guess, which the person's next words will not be. What was typed is no guess."""
    state, commands = replies.drop_kept(state)
    guess = state.guess
    if guess is None or guess.stage == "interrupting":
        return state, commands
    state = replace(state, guess=None, owed=state.owed + replies.owed(guess))
    if guess.stage in ("hearing", "understood"):
        return state, commands
    return replace(state, epoch=state.epoch + 1), (*commands, Hush(epoch=state.epoch + 1))


def set_aside(state: State) -> Result:
    """Keep the guess for later: the person went on, but perhaps only to breathe. What was typed is no guess."""
    guess = state.guess
    if guess is None or guess.stage == "interrupting":
        return state, ()
    if guess.stage in ("hearing", "understood"):
        return replace(state, guess=None), ()
    state, commands = replies.drop_kept(state)
    return replace(state, guess=None, kept=guess), commands


def begin_kept(state: State, said: str) -> Result:
    """Begin an answer that is kept until it is known whether `said` is all the person says."""
    if duties.due(state) or consider.consider(state, said) != consider.Ask():
        return state, ()
    epoch = state.epoch + 1
    kept, asked = replies.ask(state, Reply(epoch=epoch, stage="recalling", said=said))
    return replace(state, epoch=epoch, kept=kept), asked


def take_back(state: State, guess: Reply) -> Result:
    """Take up what was kept, if it answers the words of `guess`; else drop it, and go on with `guess`."""
    kept = state.kept
    if kept is None:
        return replace(state, guess=guess), ()
    if plain(kept.said) != plain(guess.said):
        state, commands = replies.drop_kept(state)
        epoch = state.epoch + 1  # what was kept may be younger than the guess, and all as old as it is dropped
        return replace(state, epoch=epoch, guess=replace(guess, epoch=epoch)), commands
    back = replace(
        kept,
        asked=guess.asked,
        said=guess.said,
        wall=guess.wall,
        confirmed=guess.confirmed,
        sounds_complete=guess.sounds_complete,
    )
    return replace(state, guess=back, kept=None), ()
