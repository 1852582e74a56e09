"""An announced story inside a conversation: what is said at its ends and in between, and when it is over. Pure."""

from msgspec.structs import replace

from companion_voice.boundaries import fiction, limits
from companion_voice.boundaries.moments import at_least
from companion_voice.conversation.state import Sentence, State
from companion_voice.conversation.when import moment


def opening(state: State) -> Sentence:
    """Return what is said before a story."""
    return Sentence(fiction.words(state.language).opening, kind="story")


def closing(state: State) -> Sentence:
    """Return what is said after one."""
    return Sentence(fiction.words(state.language).closing, kind="story")


def reminder(state: State) -> tuple[Sentence, ...]:
    """Return that the story still runs, where the person's words that are to be answered make it time to say so."""
    if not state.story or state.story % fiction.REMINDED_EVERY:
        return ()
    return (Sentence(fiction.words(state.language).reminder, kind="story"),)


def after(state: State, runs: bool | None) -> State:
    """Return the state in which a story runs or not, as was decided, and none where none may."""
    if state.crisis.active or not fiction.allowed(state.boundaries):
        return replace(state, story=0)
    return state if runs is None else replace(state, story=int(runs))


def turned(state: State) -> State:
    """Count a turn of the person."""
    return replace(state, story=state.story + 1) if state.story else state


def lapsed(state: State) -> State:
    """Let a story end that nobody went on with; that it ended is said before anything else."""
    last = state.ledger.last
    if not state.story or last is None or at_least(last, moment(state)) <= limits.GAP:
        return state
    return replace(state, story=0, owed=(*state.owed, closing(state)))
